"""Comparing what the screen shows with what history gives: every number, by its path."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct


class Difference(Struct, frozen=True):
    """One number that is not what it should be; ``path`` is for instance ``branches.main.sla.open``."""

    path: str
    shown: Any
    recomputed: Any


MEMORY = frozenset({"level", "levels", "position", "trend"})
"""Members that are not a function of history and the moment alone; ``check`` proves the levels by their rules."""


def differences(shown: Any, recomputed: Any, path: str = "") -> Iterator[Difference]:
    """Every leaf where two snapshot objects differ; lists of objects with an ``id`` are paired by it."""
    if isinstance(shown, Mapping) and isinstance(recomputed, Mapping):
        for key in [*recomputed, *(key for key in shown if key not in recomputed)]:
            if key not in MEMORY:
                yield from differences(shown.get(key), recomputed.get(key), f"{path}.{key}" if path else str(key))
    elif _named(shown) and _named(recomputed):
        yield from differences(_by_id(shown), _by_id(recomputed), path)
    elif shown != recomputed:
        yield Difference(path, shown, recomputed)


def leaves(value: Any) -> int:
    """How many numbers and words an object has: what a check has looked at."""
    if isinstance(value, Mapping):
        return sum(leaves(each) for key, each in value.items() if key not in MEMORY)
    if isinstance(value, list):
        return sum(leaves(each) for each in value)
    return 1


def _named(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) and "id" in each for each in value)


def _by_id(value: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {each["id"]: each for each in value}
