"""The rows behind every number: which rows make it, what columns they have, and how the number follows from them.

:data:`BEHIND` has a row for each metric of :data:`dashboard.metrics.METRICS`. ``recompute`` of the rows of a place is
the number that the snapshot shows for it, to the last digit: at a branch, at a centre and in the network.
"""

from typing import Any, Final

from dashboard import rows_documents, rows_load, rows_queue, rows_staff
from dashboard.rows_base import Behind, Column, Kind, Row, Rows, Scope, in_order

__all__ = [
    "BEHIND",
    "PERSONAL",
    "Behind",
    "Column",
    "Kind",
    "Row",
    "Rows",
    "Scope",
    "columns",
    "recompute",
    "rows_behind",
]

BEHIND: Final[dict[str, Behind]] = {
    each.key: each for each in (*rows_queue.BEHIND, *rows_load.BEHIND, *rows_staff.BEHIND, *rows_documents.BEHIND)
}

PERSONAL: Final = frozenset(
    key for key, behind in BEHIND.items() if any(column.key == "employee" for column in behind.columns)
)
"""Numbers whose rows are of people, by their staff codes: who joined, who left and why. Who sees them is recorded."""


def rows_behind(key: str, scope: Scope) -> list[Row] | None:
    """The rows that make a number, the worst first; None where the number cannot be known."""
    behind = BEHIND[key]
    found = None if scope.is_planned else behind.rows(scope)
    return None if found is None else in_order(found, behind.worst)


def recompute(key: str, rows: Rows | None) -> Any:
    """The number from its rows."""
    return None if rows is None else BEHIND[key].follows(rows)


def columns(key: str, scope: Scope) -> tuple[Column, ...]:
    """The columns of a number's rows that say something at a place: its own name need not be said in each row."""
    known = {"centre"} if scope.centre else set()
    known |= {"branch"} if scope.branch else set()
    return tuple(each for each in BEHIND[key].columns if each.key not in known)
