"""Looking for garbage: records live long and have no cycles, so a process that makes many of them at once, a worker's
batch or a page's components, spends a quarter of its time on looking for what is not there."""

import gc


def collect_seldom() -> None:
    """What stands by now is never looked at again, and what comes seldom."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
