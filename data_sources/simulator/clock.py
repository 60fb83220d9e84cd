"""The demo's clock: a fixed offset from UTC that makes it a working morning now, wherever and whenever that is."""

from typing import Final

_DAY_MINUTES: Final = 1440
_MORNING: Final = 10 * 60 + 30
_GRID: Final = 30


def demo_offset(now: float) -> int:
    """Minutes east of UTC, a multiple of 30 from -720 to 840, by which it is 10:15 to 10:45 at ``now``."""
    utc = now / 60 % _DAY_MINUTES
    offset = round((_MORNING - utc) / _GRID) * _GRID
    return offset + _DAY_MINUTES if offset < -720 else offset
