"""Making anew, from the events, what history keeps beside them: rollups, documents and state of a centre.

A worker does it at its start for every centre whose rollups are of an older version; ``check`` computes the same and
compares.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import structlog
from sqlalchemy import Connection, Table, delete

from dashboard.calendars import LocalTime
from dashboard.documents_fold import merge
from dashboard.facts import Facts
from dashboard.network import Network
from dashboard.state import new_state
from data_sources import history_tables as t
from data_sources.history import History, rollup_rows
from data_sources.kept_documents import document_row

log = structlog.get_logger()


def kept_rows(centre: str, facts: Facts, local: LocalTime) -> dict[Table, Mapping[tuple[Any, ...], tuple[Any, ...]]]:
    """Each table that is kept beside the events, as a whole history's facts make it: key to the rest of the row."""
    tables: dict[Table, Mapping[tuple[Any, ...], tuple[Any, ...]]] = {
        table: {(centre, *key): tuple(counts) for key, counts in rows.items()}
        for table, rows in rollup_rows(facts, local).items()
    }
    merged = {code: reduce(merge, each) for code, each in facts.applications.items()}
    rows = (document_row(centre, code, each) for code, each in merged.items())
    return tables | {t.DOCUMENTS: {row[:2]: row[2:] for row in rows}}


def make_anew(history: History, network: Network, centres: list[str], fence: int = 0) -> None:
    """Make anew what is of an older version. One transaction a centre: killed in between, the next start goes on."""
    outdated = history.outdated(centres)
    for place, centre in enumerate(outdated, start=1):
        with history.engine.begin() as connection:
            events = _make_anew(history, connection, network, centre, fence)
        log.info("rollups made anew", centre=centre, events=events, done=place, of=len(outdated))


def _make_anew(history: History, connection: Connection, network: Network, centre: str, fence: int) -> int:
    state, facts, stored = new_state(centre), Facts(), history.position(connection, centre)
    events = history.fold_on(connection, state, facts, network, 0, stored)
    for table in (*t.ROLLUPS, t.DOCUMENTS, t.CHECKPOINTS):
        connection.execute(delete(table).where(table.c.centre == centre))
    history.add_facts(connection, centre, facts, network.local)
    history.store_state(connection, state, stored)
    history.move(connection, centre, stored, fence, day=state.day, revised=True)
    return events
