"""What is carried over when a demo's history is made anew: who may sign in, screens, tokens, and the audit log. An
administrator who was made before the first start must be there at the second."""

from typing import Any, Final

import structlog
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import SQLAlchemyError

from data_sources.accounts import ACCOUNTS
from data_sources.audit import AUDIT, AUDIT_HEAD
from data_sources.history import open_engine, upgrade
from data_sources.screens import SCREENS
from data_sources.tokens import TOKENS

log = structlog.get_logger()

CARRIED: Final = (ACCOUNTS, SCREENS, TOKENS, AUDIT)
Rows = dict[Table, list[dict[str, Any]]]


def read(url: str) -> Rows:
    """The rows of a database that is about to be made anew; none of one that cannot be read."""
    engine = open_engine(url)
    try:
        upgrade(engine)
        with engine.connect() as connection:
            tables = (*CARRIED, AUDIT_HEAD)
            return {each: [dict(row) for row in connection.execute(select(each)).mappings()] for each in tables}
    except SQLAlchemyError as error:
        log.warning("accounts, screens and tokens of the old history cannot be read", error=str(error))
        return {}
    finally:
        engine.dispose()


def write(url: str, rows: Rows) -> None:
    """Put them into the new database."""
    if not any(rows.get(each) for each in CARRIED):
        return
    engine = open_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        for each in CARRIED:
            if rows[each]:
                connection.execute(insert(each), rows[each])
        connection.execute(AUDIT_HEAD.update().values(rows[AUDIT_HEAD][0]))
    engine.dispose()
