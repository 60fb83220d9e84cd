"""The audit log is only added to, by the database's own rule, and a row that was changed all the same shows."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from desk_app import BUSY, DeskApp
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from callbacks import create_app, desk
from callbacks.viewing import current
from data_sources import audit_command
from data_sources.audit import ACTIONS, LONGEST, Audit

DOCS = Path(__file__).parent.parent / "docs"
OFF = {
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    "postgresql": ["ALTER TABLE audit DISABLE TRIGGER USER"],
}
"""What somebody with the database's password would do first."""


@pytest.fixture
def audit(engine: Engine) -> Audit:
    return Audit(engine, lambda: 1_800_000_000.25)


def filled(audit: Audit) -> Audit:
    audit.record("login", "akim", "10.0.0.1")
    audit.record("export", "akim", "10.0.0.1", file="waiting.csv", staff=0)
    audit.record("logout", "akim", "10.0.0.1")
    return audit


def test_entries_come_back_the_newest_first_and_follow_one_from_the_other(audit: Audit) -> None:
    filled(audit)
    found = audit.read()
    assert [each.action for each in found] == ["logout", "export", "login"]
    assert found[1].about == {"file": "waiting.csv", "staff": 0}
    assert (found[1].number, found[1].at, found[1].who, found[1].address) == (2, 1_800_000_000.25, "akim", "10.0.0.1")
    assert [each.number for each in audit.read(before=3, limit=1)] == [2]
    assert [each.number for each in audit.read(action="login")] == [1]
    assert audit.read(who="nobody") == []
    assert audit.verify().entries == 3
    assert audit.verify().problem == ""


def test_the_database_itself_refuses_to_change_or_remove_an_entry(audit: Audit, engine: Engine) -> None:
    filled(audit)
    statements = ["UPDATE audit SET who = 'x'", "DELETE FROM audit WHERE number = 2", "DELETE FROM audit"]
    if engine.dialect.name == "postgresql":
        statements.append("TRUNCATE audit")
    else:
        statements.append(
            "INSERT OR REPLACE INTO audit SELECT number, at, 'login', who, address, about, hash FROM audit"
        )
    for each in statements:
        with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
            connection.execute(text(each))
    assert audit.verify().entries == 3


@pytest.mark.parametrize(
    ("change", "good", "said"),
    [
        ("UPDATE audit SET who = 'director' WHERE number = 2", 1, "entry 2 is not what was written"),
        ("UPDATE audit SET about = '{}' WHERE number = 2", 1, "entry 2 is not what was written"),
        ("UPDATE audit SET at = at + 1 WHERE number = 3", 2, "entry 3 is not what was written"),
        ("DELETE FROM audit WHERE number = 2", 1, "entry 2 is missing"),
        ("DELETE FROM audit WHERE number = 3", 2, "the newest entry was number 3"),
    ],
)
def test_an_entry_that_was_changed_all_the_same_shows(
    audit: Audit, engine: Engine, change: str, good: int, said: str
) -> None:
    filled(audit)
    with engine.begin() as connection:
        for each in [*OFF[engine.dialect.name], change]:
            connection.execute(text(each))
    verdict = audit.verify()
    assert verdict.entries == good
    assert said in verdict.problem


def test_writers_at_the_same_time_make_one_chain(audit: Audit) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audit.record("export", f"user{n}", file="x.csv"), range(24)))
    assert audit.verify().problem == ""
    assert sorted(each.number for each in audit.read()) == list(range(1, 25))


def test_what_came_from_outside_is_kept_short_and_storable(audit: Audit) -> None:
    audit.record("login_failed", "a\0b\ud800" + "x" * 5000, tried="\0")
    (entry,) = audit.read()
    assert entry.who.startswith("a\ufffdb?xxx")
    assert len(entry.who) == LONGEST
    assert entry.about == {"tried": "\ufffd"}
    assert audit.verify().problem == ""


def test_an_action_that_is_not_in_the_table_is_a_mistake_of_ours(audit: Audit) -> None:
    with pytest.raises(KeyError, match="ACTIONS"):
        audit.record("looked", "akim")


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_is_documented(action: str) -> None:
    assert f"| `{action}` |" in (DOCS / "security.md").read_text()


def test_the_command_shows_the_log_and_says_whether_it_is_whole(
    audit: Audit, engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    filled(audit).record("login_failed", "evil\x1b[2Jline\n[red]two")
    assert audit_command.run(audit, 10, None) == 0
    said = capsys.readouterr().out
    assert "file=waiting.csv" in said
    assert r"evil\x1b[2Jline\x0a[red]two" in said
    assert "4 entries, each as it was written" in said
    with engine.begin() as connection:
        for each in [*OFF[engine.dialect.name], "UPDATE audit SET who = '' WHERE number = 1"]:
            connection.execute(text(each))
    assert audit_command.run(audit, 10, None) == 1
    assert "entry 1 is not what was written" in capsys.readouterr().out


def draw_panel(desk_app: DeskApp, number: str) -> None:
    """What the browser asks for when somebody opens a number on the centre's page."""
    with create_app(desk_app.services).server.test_request_context("/_dash-update-component"):
        desk.draw(current(), "centre", f"/centre/{BUSY}", {"number": number}, centre=BUSY)


def test_who_takes_a_file_or_sees_rows_of_staff_is_recorded(desk_app: DeskApp) -> None:
    audit = desk_app.services.audit
    client = create_app(desk_app.services).server.test_client()
    assert client.get(f"/export/turnover.rate_12m.csv?of={BUSY}").status_code == 200
    (entry,) = audit.read(limit=1)
    assert (entry.action, entry.address) == ("export", "127.0.0.1")
    assert entry.about | {"at": ""} == {"file": "turnover.rate_12m.csv", "of": BUSY, "staff": 1, "at": ""}
    assert client.get("/export/nothing.csv").status_code == 404
    assert audit.read(limit=1) == [entry], "what was refused was not taken"
    for number in ("queue.waiting", "turnover.left_90d"):
        draw_panel(desk_app, number)
    seen = audit.read(before=None, limit=2)
    assert [each.action for each in seen] == ["staff_rows_seen", "export"], "a ticket is nobody's"
    assert (seen[0].about["number"], seen[0].about["of"]) == ("turnover.left_90d", BUSY)
    assert audit.verify().problem == ""
