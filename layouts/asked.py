"""What a page was asked for: the parts of its path and its query, and links that keep the thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from dashboard.calendars import LocalTime
from dashboard.period import AddressError, Period, PeriodKey, parse_at, read_period

THREAD: Final = ("at", "period", "from", "to", "compare")
"""Members of a query that go on from page to page."""
FILTERS: Final = (
    "ticket",
    "issued",
    "document",
    "operator",
    "window",
    "service",
    "stage",
    "holder",
    "of",
    "group",
    "hour",
    "heat",
    "q",
    "sort",
    "load",
    "state",
    "marked",
)
"""Members that belong to one page; a value is at most :data:`LONGEST` characters."""
LONGEST: Final = 128
NARROWED: Final = ("/deadlines", "/staff", "/oversight")
"""Pages that ``of`` narrows to a centre; elsewhere it says only whose number is open."""


@dataclass(frozen=True)
class Asked:
    """``query`` holds what was understood, as text; ``problems`` what was not (kind of error, value)."""

    path: str
    period: Period
    at: float | None = None
    centre: str | None = None
    branch: str | None = None
    number: str | None = None
    """The metric whose rows are open beside the page."""
    compare: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()

    def href(self, path: str | None = None, **changes: str | None) -> str:
        """An address: on another page the thread goes on, on this one all does; ``changes`` set or remove members.

        ``from_`` stands for ``from``.
        """
        kept = {key: value for key, value in self.query.items() if path is None or key in THREAD}
        for key, value in changes.items():
            kept[key.rstrip("_")] = value or ""
        said = {key: value for key, value in kept.items() if value}
        return (path or self.path) + (f"?{urlencode(said, quote_via=quote, safe=':,/')}" if said else "")

    def centre_href(self, centre: str, **changes: str | None) -> str:
        return self.href(f"/centre/{quote(centre, safe='')}", **changes)

    def branch_href(self, centre: str, branch: str, **changes: str | None) -> str:
        return self.href(f"/branch/{quote(centre, safe='')}/{quote(branch, safe='')}", **changes)

    def number_href(self, key: str, centre: str | None = None, branch: str | None = None) -> str:
        """The page with a number's rows open; of a centre or branch other than the page's own by ``of``."""
        own = (centre, branch) == (self.centre, self.branch)
        of = None if own or centre is None else f"{centre}/{branch}" if branch else centre
        return self.href(number=key, of=of)

    def closed_href(self) -> str:
        """The page without the number's rows."""
        return self.href(number=None) if self.path in NARROWED else self.href(number=None, of=None)

    def ticket_href(self, centre: str, branch: str, ticket: str, issued: float | None = None) -> str:
        """One ticket on its branch's page; ``issued`` (epoch s) tells two tickets of one number apart."""
        return self.branch_href(centre, branch, ticket=ticket, issued=None if issued is None else f"{issued:.3f}")

    def document_href(self, code: str) -> str:
        return self.href("/deadlines", document=code)


def read_asked(
    path: str,
    query: Mapping[str, str | None],
    local: LocalTime,
    now: float,
    *,
    default: PeriodKey = "today",
    centre: str | None = None,
    branch: str | None = None,
) -> Asked:
    """An address understood as far as it can be: what is wrong is left out and told of in ``problems``."""
    said = {key: value for key, value in query.items() if value and len(value) <= LONGEST}
    problems = [("too_long", key) for key, value in query.items() if value and len(value) > LONGEST]
    at = None
    try:
        at = parse_at(said["at"], local, now) if "at" in said else None
    except AddressError as error:
        problems.append((error.kind, error.value))
        del said["at"]
    today = local.day(now if at is None else at)
    try:
        period = read_period(said.get("period"), said.get("from"), said.get("to"), today, default)
    except AddressError as error:
        problems.append((error.kind, error.value))
        period = read_period(None, None, None, today, default)
        said = {key: value for key, value in said.items() if key not in ("period", "from", "to")}
    known: dict[str, str] = {key: said[key] for key in (*THREAD, "number", *FILTERS) if key in said}
    return Asked(
        path=path,
        period=period,
        at=at,
        centre=centre,
        branch=branch,
        number=known.get("number"),
        compare=known.get("compare") == "before",
        filters={key: known[key] for key in FILTERS if key in known},
        query=known,
        problems=tuple(problems),
    )
