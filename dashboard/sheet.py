"""A table to be downloaded, as plain data: what it is of, and typed rows. data_sources.export writes it to bytes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

Cell = str | int | float | datetime | date | None
"""Moments are without a zone: wall-clock time of the network. None is an empty cell."""
CellKind = Literal["text", "moment", "day", "whole", "tenths"]


class Heading(Struct, frozen=True):
    text: str
    kind: CellKind = "text"


class Sheet(Struct, frozen=True):
    """``facts`` say what the table is, as (name, value)."""

    title: str
    about: str
    """The name of the XLSX file's first sheet, which has the facts."""
    facts: Sequence[tuple[str, Cell]]
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Cell]]
    """Read once."""
    separator: str = ","
    """Of a CSV file."""
    decimal: str = "."
    date_pattern: str = "dd/MM/y"
    """CLDR's, of ``dd``, ``MM`` and ``y``."""
