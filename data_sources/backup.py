"""Backup and restore: all of history, accounts, tokens and logs, and what the streams hold that history has not yet.

A backup is made while everything runs: the tables are read in one transaction, which sees one moment, and then the
streams from the positions of that moment on. It is put into an empty database and an empty Redis only.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import redis
from sqlalchemy import Connection, Engine, MetaData, Table, inspect, text

from dashboard.network import Network
from dashboard.settings import Settings
from data_sources.audit import Audit, at_console
from data_sources.backup_file import BackupError, Manifest, Reader, Writer
from data_sources.migrations import is_known, upgrade
from data_sources.stream import GROUP, entry_id, events_key, refused_key

STEP: Final = 5000
"""Rows of a piece."""
REVISION: Final = "alembic_version"
LEFT_OUT: Final = frozenset({REVISION, "sessions"})
"""The revision stands in the manifest; who was signed in signs in again."""
Progress = Callable[[str, int], None]
"""Told of each piece: the table or stream, and its rows."""


class BackupServices(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def network(self) -> Network: ...
    @property
    def redis(self) -> redis.Redis: ...
    @property
    def audit(self) -> Audit: ...
    def clock(self) -> float: ...


def make(services: BackupServices, path: Path, progress: Progress = lambda *_: None) -> tuple[Manifest, str]:
    """Write a backup; what is in it, and the file's SHA-256, which also stands in the audit log."""
    made = datetime.fromtimestamp(services.clock(), UTC).isoformat(timespec="seconds")
    with Writer(path) as writer:
        schema, positions = _write_tables(services.engine, writer, progress)
        for centre in services.network.centres:
            for key, after in ((events_key(centre.id), positions.get(centre.id, 0)), (refused_key(centre.id), 0)):
                pieces = _told(key, _entries(services.redis, key, entry_id(after)), progress)
                writer.add(f"streams/{key}", ("id", "fields"), pieces)
        offset = services.settings.demo_offset_minutes
        manifest = Manifest(services.network.id, schema, made, writer.members, offset)
        digest = writer.finish(manifest)
        services.audit.record("backup", at_console(), file=path.name, sha256=digest)
        writer.name()
    return manifest, digest


def put_in_place(
    reader: Reader, engine: Engine, client: redis.Redis, network: Network, progress: Progress = lambda *_: None
) -> None:
    """Put a verified backup into an empty database and Redis. :class:`BackupError` when they are not empty, or the
    backup is of another network or of a later version than this one."""
    manifest = reader.manifest
    _check_place(manifest, engine, client, network)
    upgrade(engine, manifest.schema)
    with engine.begin() as connection:
        tables = _tables(connection)
        for table in tables:
            name = f"tables/{table.name}"
            if name in manifest.members:
                connection.execute(table.delete())  # of what a migration put there
                pieces = _told(table.name, reader.pieces(name), progress)
                _insert(connection, table, manifest.members[name].columns, pieces)
        unknown = {each.removeprefix("tables/") for each in manifest.members if each.startswith("tables/")}
        if unknown := unknown - {each.name for each in tables}:
            raise BackupError(f"the backup has tables that this version has not: {', '.join(sorted(unknown))}")
        _go_on_counting(connection, tables)
        positions = _positions(connection)
    upgrade(engine)
    for centre in network.centres:
        _restore_streams(reader, client, centre.id, positions.get(centre.id, 0), progress)


def _write_tables(engine: Engine, writer: Writer, progress: Progress) -> tuple[str, dict[str, int]]:
    """Every table as of one moment; the revision of the tables, and the positions of then."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        schema = connection.execute(text(f"SELECT version_num FROM {REVISION}")).scalar_one()
        positions = _positions(connection)
        for table in _tables(connection):
            columns = tuple(str(column.name) for column in table.columns)
            writer.add(f"tables/{table.name}", columns, _told(table.name, _rows(connection, table, columns), progress))
    return schema, positions


def _positions(connection: Connection) -> dict[str, int]:
    return {row.centre: row.position for row in connection.execute(text("SELECT centre, position FROM positions"))}


def _tables(connection: Connection) -> list[Table]:
    """Those that the database has, each after the ones that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [each for each in found.sorted_tables if each.name not in LEFT_OUT]


def _rows(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[list[Any]]:
    query = text(f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(table.name)}")
    result = connection.execute(query, execution_options={"yield_per": STEP})
    for piece in result.partitions():
        yield [tuple(row) for row in piece]


def _insert(connection: Connection, table: Table, columns: Sequence[str], pieces: Iterable[list[Any]]) -> None:
    names = ", ".join(map(_quoted, columns))
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(table.name)} ({names}) FROM STDIN") as copy:
            for piece in pieces:
                for row in piece:
                    copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    for piece in pieces:
        statement = f"INSERT INTO {_quoted(table.name)} ({names}) VALUES ({marks})"
        connection.exec_driver_sql(statement, [tuple(row) for row in piece])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _go_on_counting(connection: Connection, tables: list[Table]) -> None:
    """PostgreSQL's counters go on from the highest number that was put in; SQLite's do so by themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if column.autoincrement is True or column.server_default is not None:
                highest = f"(SELECT max({_quoted(column.name)}) FROM {_quoted(table.name)})"
                sequence = text(f"SELECT setval(pg_get_serial_sequence(:table, :column), {highest})")
                connection.execute(sequence, {"table": table.name, "column": column.name})


def _entries(client: redis.Redis, key: str, after: str) -> Iterator[list[Any]]:
    """A stream's entries after one, as (id, {field: value}), in bytes."""
    while found := client.xrange(key, min=f"({after}", count=STEP):
        entries: Any = found
        yield [(id_, fields) for id_, fields in entries]
        after = entries[-1][0].decode()


def _restore_streams(reader: Reader, client: redis.Redis, centre: str, position: int, progress: Progress) -> None:
    """What a stream held that history had not; a later entry of it must get a later id, whatever the clock says."""
    for key in (events_key(centre), refused_key(centre)):
        name = f"streams/{key}"
        if name not in reader.manifest.members:
            continue
        if key == events_key(centre) and position:
            client.xgroup_create(key, GROUP, id=entry_id(position), mkstream=True)
            client.execute_command("XSETID", key, entry_id(position))  # type: ignore[no-untyped-call]
        for piece in _told(key, reader.pieces(name), progress):
            pipe = client.pipeline(transaction=False)
            for id_, fields in piece:
                pipe.xadd(key, fields, id=id_)
            pipe.execute()


def _check_place(manifest: Manifest, engine: Engine, client: redis.Redis, network: Network) -> None:
    if manifest.network != network.id:
        raise BackupError(
            f"the backup is of the network {manifest.network!r}, and this is {network.id!r}: "
            "set TENDAYS_NETWORK to the file of the backup's"
        )
    if not is_known(manifest.schema):
        raise BackupError(f"the backup was made by a later version (tables {manifest.schema}): update this one first")
    if tables := inspect(engine).get_table_names():
        raise BackupError(
            f"the database is not empty ({len(tables)} tables): restore into a new data folder (TENDAYS_DATA_DIR) or "
            "an empty database (TENDAYS_DATABASE_URL)"
        )
    keys = [events_key(each.id) for each in network.centres]
    if kept := [each for each in keys if client.exists(each)]:
        raise BackupError(f"the Redis server is not empty: it has {len(kept)} streams of centres; name an empty one")


def _told(what: str, pieces: Iterable[list[Any]], progress: Progress) -> Iterator[list[Any]]:
    for piece in pieces:
        yield piece
        progress(what, len(piece))
