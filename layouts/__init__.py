"""What people see, as pure functions from data to components. :data:`PAGES` is the table of all pages."""

from typing import Final, NamedTuple


def message(text: str) -> str:
    """Marks a message id where it stands as data, so that the extraction finds it."""
    return text


class Page(NamedTuple):
    """One page: ``name`` is that of its twins ``layouts/<name>.py`` and ``callbacks/<name>.py``."""

    name: str
    paths: tuple[str, ...]
    title: str
    """Message id of the browser tab's title."""


PAGES: Final = (
    Page("wall", ("/", "/wall"), message("Ten Days: the network now")),
    Page("feeds", ("/feeds",), message("Ten Days: feeds")),
)
