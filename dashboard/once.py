"""What is computed of a picture, kept while it is the newest: all who look at a place look at the same picture."""

from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Once:
    """The last answer for each key. Threads may at worst compute an answer twice; they never get another picture's."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Any, Any]] = {}

    def of(self, picture: Any, key: str, make: Callable[[], Answer]) -> Answer:
        """``make()``, or what it gave before for this very picture (the same object)."""
        kept = self._kept.get(key)
        if kept is None or kept[0] is not picture:
            kept = self._kept[key] = picture, make()
        answer: Answer = kept[1]
        return answer
