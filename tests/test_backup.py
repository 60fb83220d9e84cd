"""A backup is of one moment, made while all runs; what is restored from it is the same to the last number."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from conftest import new_database
from desk_app import BUSY, DeskApp
from sqlalchemy import Engine, MetaData, select

from data_sources import backup, check
from data_sources.audit import Audit
from data_sources.backup_file import BackupError, reading
from data_sources.history import History, open_engine, upgrade
from data_sources.stream import events_key, position_of, refused_key
from data_sources.tokens import Tokens
from data_sources.worker import Worker


class Kept:
    """A backup of the running whole, with a token, changes of norms and rules, an entry that waits and one that was
    refused; and what it was of."""

    def __init__(self, app: DeskApp, folder: Path) -> None:
        self.app, self.path = app, folder / "all.backup"
        self.token, _ = Tokens(app.services.engine, app.clock).make(BUSY, "for the backup", 30)
        change = app.services.norms.make({"wait_s": "900"}, None, "it-admin", "order 7")
        app.services.norms.take_back(change.number, "it-admin", "order 8")
        seen = app.services.rules.read().held["turnover"].seen
        off = app.services.rules.switch("turnover", False, seen, "it-admin", "order 9")
        app.services.rules.switch("turnover", True, off.number, "it-admin", "order 10")
        app.services.redis.xadd(refused_key(BUSY), {"event": b"\xff\x00<b>", "reason": "not_json"})
        app.catch_up()
        with app._lock:  # nothing is read meanwhile
            self.waiting = app.services.redis.xadd(events_key(BUSY), {"event": b"waits"})
            self.manifest, self.digest = backup.make(app.services, self.path)
            self.rows = rows_of(app.services.engine)


@pytest.fixture(scope="module")
def kept(desk_app: DeskApp, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(desk_app, tmp_path_factory.mktemp("backup"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, valkey: redis.Redis) -> Iterator[tuple[Engine, redis.Redis]]:
    engine = open_engine(new_database(request, tmp_path))
    yield engine, valkey
    engine.dispose()


@pytest.fixture
def empty(tmp_path: Path, valkey: redis.Redis) -> Iterator[tuple[Engine, redis.Redis]]:
    engine = open_engine(f"sqlite:///{tmp_path}/empty.db")
    yield engine, valkey
    engine.dispose()


def rows_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table; the backup's own entry in the audit log came after it was read."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in found.sorted_tables
            if table.name not in ("sessions", "audit", "audit_head")
        }


def test_what_is_restored_is_the_same_to_the_last_row_and_number(kept: Kept, place: tuple[Engine, redis.Redis]) -> None:
    engine, client = place
    with reading(kept.path) as reader:
        reader.verify()
        backup.put_in_place(reader, engine, client, kept.app.network)
    assert rows_of(engine) == kept.rows
    found = check.check(History(engine), kept.app.network, None, kept.app.clock())  # nothing is shown there yet
    assert sum(row.events for row in found) > 10_000
    assert [difference for row in found for difference in row.found] == []
    assert Audit(engine).verify().problem == ""
    assert Audit(engine).record("restore", "console:tests").number > 0
    assert Tokens(engine, kept.app.clock).find(kept.token) is not None


def test_what_history_had_not_taken_waits_again_and_what_comes_later_is_later(
    kept: Kept, empty: tuple[Engine, redis.Redis]
) -> None:
    engine, client = empty
    with reading(kept.path) as reader:
        backup.put_in_place(reader, engine, client, kept.app.network)
    assert client.xrange(events_key(BUSY)) == [(kept.waiting, {b"event": b"waits"})]
    assert [entry[1][b"event"] for entry in client.xrange(refused_key(BUSY))][-1] == b"\xff\x00<b>"
    for centre, position in History(engine).positions().items():
        with pytest.raises(redis.ResponseError, match="equal or smaller"):
            client.xadd(events_key(centre), {"event": "x"}, id="1-1")
        assert position_of(client.xadd(events_key(centre), {"event": "x"})) > position
    services = type("Restored", (), {"redis": client, "engine": engine, "network": kept.app.network})()
    services.settings = kept.app.services.settings
    worker = Worker(services, kept.app.clock)
    while worker.step(block_ms=0):
        pass
    worker.close()
    refused = History(engine).counters()[BUSY]["refused"]
    assert refused.get("not_json", 0) >= 2, "the one that waited, and the one of this test, were read"


def test_the_audit_log_has_the_very_file(kept: Kept) -> None:
    entry = kept.app.services.audit.read(action="backup", limit=1)[0]
    assert entry.about == {"file": "all.backup", "sha256": kept.digest}
    assert kept.path.stat().st_mode & 0o777 == 0o600


def test_no_setting_and_no_session_is_in_it(kept: Kept) -> None:
    with zipfile.ZipFile(kept.path) as archive:
        assert not any("sessions" in name for name in archive.namelist())
        manifest = archive.read("manifest.json").decode()
    assert "redis" not in manifest.replace("tendays:", "")
    assert kept.token.split("_")[2] not in kept.path.read_bytes().decode("latin-1")


def test_it_is_put_into_an_empty_place_only(kept: Kept, empty: tuple[Engine, redis.Redis]) -> None:
    engine, client = empty
    client.xadd(events_key(BUSY), {"event": "x"})
    with reading(kept.path) as reader:
        with pytest.raises(BackupError, match="Redis server is not empty"):
            backup.put_in_place(reader, engine, client, kept.app.network)
        client.flushall()
        upgrade(engine)
        with pytest.raises(BackupError, match="database is not empty"):
            backup.put_in_place(reader, engine, client, kept.app.network)


def test_a_file_is_not_written_over(kept: Kept) -> None:
    with pytest.raises(BackupError, match="there already"):
        backup.make(kept.app.services, kept.path)


def changed(kept: Kept, to: Path, name: str, edit: Any) -> Path:
    """The backup with one of its parts as ``edit`` makes it, and all checks of the zip itself right."""
    with zipfile.ZipFile(kept.path) as source, zipfile.ZipFile(to, "w") as target:
        for each in source.namelist():
            raw = source.read(each)
            target.writestr(each, edit(raw) if each == name else raw)
    return to


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("tables/tokens", lambda raw: raw.replace(b"for the backup", b"for the thief!")),
        ("tables/events", lambda raw: raw[:-1]),
        ("tables/events", lambda raw: b""),
        (f"streams/{events_key(BUSY)}", lambda raw: raw + raw),
        ("manifest.json", lambda raw: raw.replace(b'"tables/memory"', b'"tables/nothing"')),
        ("manifest.json", lambda raw: b"{}"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(kept: Kept, tmp_path: Path, name: str, edit: Any) -> None:
    with pytest.raises(BackupError), reading(changed(kept, tmp_path / "changed", name, edit)) as reader:
        reader.verify()


def test_what_is_no_backup_or_of_something_else_is_refused(
    kept: Kept, empty: tuple[Engine, redis.Redis], tmp_path: Path
) -> None:
    engine, client = empty
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(BackupError, match="is no backup"), reading(tmp_path / "text"):
        pass
    for old, new, said in (
        (b'"atyrau"', b'"mangystau"', "mangystau"),
        (b'"schema": "', b'"schema": "9', "later version"),
    ):
        path = changed(kept, tmp_path / said, "manifest.json", lambda raw, old=old, new=new: raw.replace(old, new))
        with reading(path) as reader, pytest.raises(BackupError, match=said):
            backup.put_in_place(reader, engine, client, kept.app.network)
