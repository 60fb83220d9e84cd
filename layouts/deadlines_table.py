"""Tables that a phone shows as a list: each row a block, each cell with the name of its column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

Row = tuple[Sequence[Any], dict[str, str]]
"""Cells, the first of which heads the row, and ``data-`` attributes."""


@dataclass(frozen=True)
class Column:
    name: str
    number: bool = False
    """Numbers stand on the right."""
    group: str = ""
    """A head over several columns that stand side by side."""


def stacked(caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> html.Table:
    """A table with a hidden caption.

    Roles are said out loud: where a table is laid out as blocks, browsers forget that it is one.
    """
    return html.Table(
        [
            html.Caption(caption, className="aside-only"),
            html.Thead(_heads(columns), role="rowgroup"),
            html.Tbody([_row(columns, *row) for row in rows], role="rowgroup"),
        ],
        className="table stacked",
        role="table",
    )


def _heads(columns: Sequence[Column]) -> list[html.Tr]:
    groups: list[tuple[str, int]] = []
    for each in columns:
        if groups and groups[-1][0] == each.group:
            groups[-1] = (each.group, groups[-1][1] + 1)
        else:
            groups.append((each.group, 1))
    over = [
        html.Th(name, colSpan=span, scope="colgroup", role="columnheader")
        if name
        else html.Td(colSpan=span, role="cell")
        for name, span in groups
    ]
    names = [html.Th(each.name, scope="col", role="columnheader", **_number(each)) for each in columns]
    return [*([html.Tr(over, role="row")] if len(groups) > 1 else []), html.Tr(names, role="row")]


def _row(columns: Sequence[Column], cells: Sequence[Any], data: dict[str, str]) -> html.Tr:
    found = [html.Th(cells[0], scope="row", role="rowheader")]
    for column, cell in zip(columns[1:], cells[1:], strict=True):
        found.append(html.Td(cell, role="cell", **{"data-label": column.name}, **_number(column)))
    return html.Tr(found, role="row", **data)


def _number(column: Column) -> dict[str, str]:
    return {"className": "count"} if column.number else {}
