"""What people see, as pure functions from data to components. :data:`PAGES` is the table of all pages."""

from typing import Final, NamedTuple


def message(text: str) -> str:
    """Marks a message id where it stands as data, so that the extraction finds it."""
    return text


class Page(NamedTuple):
    """One page: ``name`` is that of its twins ``layouts/<name>.py`` and ``callbacks/<name>.py``."""

    name: str
    paths: tuple[str, ...]
    """With ``<centre>`` and ``<branch>`` where a path names one."""
    title: str
    """Message id of the browser tab's title."""
    figures: bool = False
    """A page with figures: its document has plotly.js fetched early, which the others never load."""


PAGES: Final = (
    Page("wall", ("/", "/wall"), message("Ten Days: the network now")),
    Page("centre", ("/centre/<centre>",), message("Ten Days: a centre"), figures=True),
    Page("branch", ("/branch/<centre>/<branch>", "/branch/<branch>"), message("Ten Days: a branch"), figures=True),
    Page("deadlines", ("/deadlines",), message("Ten Days: deadlines"), figures=True),
    Page("staff", ("/staff",), message("Ten Days: staff"), figures=True),
    Page("oversight", ("/oversight",), message("Ten Days: oversight"), figures=True),
    Page("search", ("/search",), message("Ten Days: search")),
    Page("feeds", ("/feeds",), message("Ten Days: feeds")),
    Page("alerts", ("/alerts",), message("Ten Days: alarms")),
)
PAGE_BY_NAME: Final = {page.name: page for page in PAGES}
