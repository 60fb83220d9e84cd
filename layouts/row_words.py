"""Rows behind a number in words: the headings of their columns, and their values as screen and files say them."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from dashboard.deadlines import CENTRE
from dashboard.rows_base import Column, Kind, Row
from layouts import message
from layouts.view import View

Value = str | int | float | None
"""Of a cell: text, or a raw number in the unit of its heading. A moment is epoch seconds, a day a local ordinal."""

HEADINGS: Final = {
    "accepted": message("Accepted on"),
    "branch": message("Branch"),
    "busy_s": message("Serving, min"),
    "called": message("Called at"),
    "came": message("How it came"),
    "centre": message("Centre"),
    "delay": message("Delay of"),
    "document": message("Document code"),
    "done": message("Finished on"),
    "due": message("Due day"),
    "employee": message("Employee"),
    "ended": message("Ended at"),
    "headcount": message("Headcount"),
    "history_days": message("Days of history"),
    "holder": message("Held by"),
    "is_late": message("Over the norm"),
    "is_short": message("Under half a year"),
    "issued": message("Issued at"),
    "issued_today": message("Issued today"),
    "joined": message("Joined on"),
    "late_days": message("Days late"),
    "late_since": message("Late since"),
    "left": message("Left on"),
    "left_today": message("Left without service today"),
    "moment": message("On the day"),
    "on_time": message("Ready on time"),
    "open_s": message("Open, min"),
    "operator": message("Operator code"),
    "over_days": message("Days over the allowance"),
    "posts": message("Posts held"),
    "priority": message("Priority"),
    "reason": message("Reason given"),
    "said": message("Said by"),
    "served_days": message("Days of service"),
    "service": message("Service asked for"),
    "share": message("Load, %"),
    "since": message("Since when"),
    "staff": message("People on the staff"),
    "stage": message("State then"),
    "state": message("State of the window"),
    "ticket": message("Ticket number"),
    "used": message("Days by party"),
    "vacancies": message("Vacant"),
    "wait_s": message("Wait, min"),
    "waited_s": message("Waiting for, min"),
    "what": message("What is counted"),
    "window": message("Window number"),
    "within": message("Within the norm"),
}
"""By the column's key."""

WORDS: Final = {
    ("came", "issued"): message("took a ticket"),
    ("came", "transferred"): message("sent from another queue"),
    ("priority", "none"): message("no priority"),
    ("priority", "benefit"): message("benefit holder"),
    ("priority", "booked"): message("booked ahead"),
    ("reason", "pay"): message("the pay"),
    ("reason", "workload"): message("the workload"),
    ("reason", "dismissed"): message("was dismissed"),
    ("reason", "moved"): message("moved elsewhere"),
    ("reason", "other"): message("another reason"),
    ("said", "event"): message("the centre itself"),
    ("said", "file"): message("the network file"),
    ("stage", "waiting"): message("is waiting"),
    ("stage", "at_window"): message("is at the window"),
    ("stage", "served"): message("was served"),
    ("stage", "refused"): message("was refused"),
    ("stage", "incomplete"): message("came with papers missing"),
    ("stage", "left"): message("left the queue"),
    ("stage", "no_show"): message("did not come when called"),
    ("stage", "transferred"): message("was sent on"),
    ("stage", "centre"): message("is at the centre"),
    ("stage", "agency"): message("is at an agency"),
    ("stage", "ready"): message("is ready"),
    ("stage", "issued"): message("was issued"),
    ("stage", "rejected"): message("was rejected"),
    ("stage", "withdrawn"): message("was withdrawn"),
    ("state", "serving"): message("is serving"),
    ("state", "free"): message("is open and free"),
    ("state", "paused"): message("is paused"),
    ("state", "closed"): message("is closed"),
    ("what", "headcount"): message("headcount on a day"),
    ("what", "left"): message("someone who left"),
    ("what", "waiting"): message("a waiting visitor"),
    ("what", "window"): message("an open window"),
}
"""By the column's key and the value. What is not here, an empty value, is not known."""


def heading(view: View, column: Column) -> str:
    return view.catalogue.gettext(HEADINGS[column.key])


def word(view: View, key: str, value: str) -> str:
    """One of a column's words; empty for a value that says nothing, itself for one that has no word."""
    found = WORDS.get((key, value))
    return view.catalogue.gettext(found) if found else value


def party(view: View, of: str) -> str:
    """The name of who holds a document: the centre, or an agency."""
    return view.catalogue.gettext("the centre") if of == CENTRE else view.agency_name(of) if of else ""


def reader(view: View, column: Column) -> Callable[[Row], Value]:
    """What reads a column's cell of a row: seconds are in minutes, shares in percent; None is what is not known."""
    key, per, write = column.key, _UNITS.get(column.kind), _TEXTS.get(column.kind)
    if column.kind == "parties":
        return lambda row: _parties(view, getattr(row, key)) or None
    if write is not None:
        return _text_reader(view, column, write)
    if per is not None:
        return lambda row: None if (raw := getattr(row, key)) is None else raw / per
    return lambda row: None if (raw := getattr(row, key)) == "" else raw


def _text_reader(view: View, column: Column, write: "Write") -> Callable[[Row], Value]:
    key = column.key

    @cache  # names and words come again and again
    def said(centre: str, raw: Any) -> Value:
        return write(view, column, centre, raw) or None

    def read(row: Row) -> Value:
        raw = getattr(row, key)
        return None if raw is None or raw == "" else said(row.centre, raw)

    return read


def _parties(view: View, days: Mapping[str, float]) -> str:
    """``centre 12,5; cadastre 8,0``: the most days first."""
    sign = str(view.catalogue.locale.number_symbols["latn"]["decimal"])
    most_first = sorted(days.items(), key=lambda each: -each[1])
    return "; ".join(f"{party(view, of)} {f'{used:.1f}'.replace('.', sign)}" for of, used in most_first)


def _service(view: View, code: str) -> str:
    found = view.network.service_by_id.get(code)
    return found.names.get(view.catalogue.language) if found else code


def _flag(view: View, raw: bool) -> str:
    return view.catalogue.gettext("yes") if raw else view.catalogue.gettext("no")


Write = Callable[[View, Column, str, Any], str]
"""Of a column's value in a centre, its text."""
_TEXTS: Final[dict[Kind, Write]] = {
    "centre": lambda view, _column, _centre, raw: view.name(raw),
    "branch": lambda view, _column, centre, raw: view.branch_name(centre, raw),
    "service": lambda view, _column, _centre, raw: _service(view, raw),
    "party": lambda view, _column, _centre, raw: party(view, raw),
    "word": lambda view, column, _centre, raw: word(view, column.key, raw),
    "flag": lambda view, _column, _centre, raw: _flag(view, raw),
}
_UNITS: Final[dict[Kind, float]] = {"seconds": 60, "share": 0.01}
