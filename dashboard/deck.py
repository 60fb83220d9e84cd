"""The weekly deck as plain data: what is on each slide, in words and numbers, whatever it is then written as.

layouts.week_deck makes it of a report; the page, PPTX, PDF and XLSX (data_sources.decks) all write this one, so that
a number is the same in each.
"""

from typing import Literal

from msgspec import Struct

from dashboard.sheet import Sheet

Mark = Literal["", "ok", "watch", "act"]
"""How a line or a number stands: shown by colour, shape and word."""


class Card(Struct, frozen=True):
    """One of the four numbers of a place, on its slide."""

    key: str
    label: str
    value: float | None
    text: str
    """The value as it is set in large type."""
    word: str
    """What became of it, in a word or two: ``worse``, ``within chance``."""
    mark: Mark
    sentence: str
    norm: str
    series: tuple[float | None, ...]
    """The weeks before, the oldest first, and the week itself. Shares, or of turnover how many left in each."""
    is_share: bool
    level: float | None
    """The norm on the scale of ``series``; None where the series is of another thing."""
    drawn: str
    """What the series is, for its chart."""


class Column(Struct, frozen=True):
    text: str
    is_number: bool = False


class Row(Struct, frozen=True):
    cells: tuple[str, ...]
    mark: Mark = ""


class Table(Struct, frozen=True):
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: str = ""
    """How many rows were left out, in words."""


class Line(Struct, frozen=True):
    text: str
    mark: Mark = ""


class Slide(Struct, frozen=True):
    id: str
    """Stands in the address: ``title``, ``standing``, a centre's id, ``agencies`` …"""
    kind: Literal["title", "centre", "lines", "table"]
    title: str
    minutes: int
    lead: str = ""
    cards: tuple[Card, ...] = ()
    lines: tuple[Line, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    """For the presenter."""
    centre: str | None = None
    mark: Mark = ""


class Deck(Struct, frozen=True):
    label: str
    language: str
    network: str
    title: str
    """``Week 47, 16–22 November 2026``."""
    state: str
    """In words whether these numbers can still change."""
    is_final: bool
    slides: tuple[Slide, ...]
    weeks: tuple[str, ...]
    """The names of the weeks of each series, in order."""
    norm: str
    """The word for a norm."""
    is_known: bool = True
    """Whether the whole is known: else the week can be neither closed nor sent (dashboard.week.Unknown)."""
    tables: tuple[Sheet, ...] = ()
    """The numbers as typed tables."""

    @property
    def minutes(self) -> int:
        return sum(each.minutes for each in self.slides)
