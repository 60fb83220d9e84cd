"""Accounts, passwords and sessions, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import new_database
from desk_app import Clock
from msgspec import structs
from sqlalchemy import Engine, select

from dashboard.settings import Settings, SettingsError, read
from data_sources import carried, user_command
from data_sources.accounts import ACCOUNTS, AccountError, Accounts
from data_sources.audit import Audit
from data_sources.history import open_engine, upgrade
from data_sources.passwords import problem_of
from data_sources.screens import Screens
from data_sources.secret import kept_secret, refuse_unsafe
from data_sources.services import records
from data_sources.sessions import ABSOLUTE_S, IDLE_S, SESSIONS, Sessions

GOOD = "three green camels walk"


BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    is_said = hasattr(request, "param")
    engine = open_engine(new_database(request, tmp_path) if is_said else f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock(1_795_000_000.0)


@pytest.fixture
def accounts(engine: Engine, clock: Clock) -> Accounts:
    return Accounts(engine, frozenset(("kulsary", "makat")), clock)


@pytest.fixture
def sessions(engine: Engine, accounts: Accounts, clock: Clock) -> Sessions:
    return Sessions(engine, accounts, clock)


@BOTH
def test_an_account_begins_with_a_password_of_one_time_and_no_password_is_kept(
    accounts: Accounts, engine: Engine
) -> None:
    made, password = accounts.make("Admin@Akimat ", "administrator")
    assert (made.login, made.must_change, made.role) == ("admin@akimat", True, "administrator")
    assert accounts.check("ADMIN@akimat", password) == made
    assert accounts.check("admin@akimat", "wrong") is None
    assert accounts.check("nobody", password) is None
    with engine.connect() as connection:
        (row,) = connection.execute(select(ACCOUNTS)).all()
    assert row.hash.startswith("$argon2id$")
    assert password not in str(row)


def test_one_chooses_an_own_password_and_the_old_one_is_no_good(accounts: Accounts) -> None:
    made, password = accounts.make("it-1", "it")
    accounts.set_password(made.id, GOOD)
    assert accounts.check("it-1", password) is None
    found = accounts.check("it-1", GOOD)
    assert found is not None
    assert not found.must_change
    again, third = accounts.reset("it-1")
    assert again.must_change
    assert accounts.check("it-1", GOOD) is None
    assert accounts.check("it-1", third) is not None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "password_short"),
        ("x" * 257, "password_long"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("123456789012", "password_common"),
        ("password1234", "password_common"),
        ("Qwertyuiop12!", "password_common"),
        ("парольпароль", "password_common"),
        ("казахстан2026", "password_common"),
        ("director-7director-7", "password_login"),
        ("DIRECTOR-7!!!!", "password_login"),
        (GOOD, None),
        ("он екі боз торғай", None),
        ("kT9-vvw2-pq4z", None),
    ],
)
def test_what_a_password_must_be(password: str, problem: str | None) -> None:
    assert problem_of(password, "director-7@akimat", "Director") == problem


@pytest.mark.parametrize(
    ("login", "role", "centre", "kind"),
    [
        ("", "akim", None, "bad_login"),
        ("two words", "akim", None, "bad_login"),
        ("a", "king", None, "bad_role"),
        ("a", "screen", None, "bad_role"),
        ("a", "director", None, "bad_centre"),
        ("a", "director", "nowhere", "bad_centre"),
        ("a", "akim", "makat", "bad_centre"),
        ("taken", "akim", None, "login_taken"),
    ],
)
def test_an_account_that_cannot_be(accounts: Accounts, login: str, role: str, centre: str | None, kind: str) -> None:
    accounts.make("taken", "it")
    with pytest.raises(AccountError) as problem:
        accounts.make(login, role, centre=centre)
    assert problem.value.kind == kind


def test_the_last_administrator_can_neither_be_closed_nor_changed(accounts: Accounts) -> None:
    accounts.make("one", "administrator")
    for change in (lambda: accounts.disable("one"), lambda: accounts.set_role("one", "akim")):
        with pytest.raises(AccountError, match="last administrator"):
            change()
    accounts.make("two", "administrator")
    accounts.disable("one")
    assert accounts.has_administrator()
    with pytest.raises(AccountError):
        accounts.set_role("two", "director", "makat")
    accounts.disable("one", disabled=False)
    assert accounts.set_role("two", "director", "makat").centre == "makat"


@BOTH
def test_a_session_is_known_by_its_token_and_the_database_holds_none(
    accounts: Accounts, sessions: Sessions, engine: Engine
) -> None:
    made, _ = accounts.make("it-1", "it")
    token = sessions.begin(made)
    assert sessions.find(token) == made
    assert sessions.find(token + "x") is None
    assert sessions.find("") is None
    with engine.connect() as connection:
        assert token not in str(connection.execute(select(SESSIONS)).all())


def test_a_session_that_nobody_uses_ends_and_one_that_is_used_goes_on(
    accounts: Accounts, sessions: Sessions, clock: Clock
) -> None:
    made, _ = accounts.make("it-1", "it")
    token = sessions.begin(made)
    for _ in range(4):
        clock.now += IDLE_S - 1
        assert sessions.find(token) is not None
    clock.now += IDLE_S
    assert sessions.find(token) is None


def test_what_a_page_does_by_itself_does_not_keep_a_session(
    accounts: Accounts, sessions: Sessions, clock: Clock
) -> None:
    made, _ = accounts.make("it-1", "it")
    token = sessions.begin(made)
    clock.now += IDLE_S - 1
    assert sessions.find(token, is_asking=False) is not None
    clock.now += 1
    assert sessions.find(token, is_asking=False) is None


def test_no_session_outlasts_the_day(accounts: Accounts, sessions: Sessions, clock: Clock) -> None:
    made, _ = accounts.make("it-1", "it")
    token = sessions.begin(made)
    until = clock.now + ABSOLUTE_S
    while clock.now + IDLE_S / 2 < until:
        clock.now += IDLE_S / 2
        assert sessions.find(token) is not None
    clock.now = until
    assert sessions.find(token) is None


@BOTH
def test_ending_all_ends_those_of_this_account_but_the_one_that_is_kept(accounts: Accounts, sessions: Sessions) -> None:
    one, other = accounts.make("one", "it")[0], accounts.make("other", "it")[0]
    tokens = [sessions.begin(one) for _ in range(3)]
    others = sessions.begin(other)
    assert sessions.count(one.id) == 3
    assert sessions.end_all(one.id, but=tokens[0]) == 2
    assert [sessions.find(each) is not None for each in tokens] == [True, False, False]
    sessions.end(tokens[0])
    assert sessions.count(one.id) == 0
    assert sessions.find(others) == other


def test_a_closed_account_has_no_session(accounts: Accounts, sessions: Sessions) -> None:
    made, _ = accounts.make("it-1", "it")
    token = sessions.begin(made)
    accounts.disable("it-1")
    assert sessions.find(token) is None


# starting


def settings(**said: str) -> Settings:
    return read({f"TENDAYS_{name}": value for name, value in said.items()})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_on_loopback_nothing_is_asked_for(accounts: Accounts, host: str) -> None:
    refuse_unsafe(settings(HOST=host), accounts)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "tendays.example.kz"])
def test_where_others_can_come_a_key_and_an_administrator_are_needed(accounts: Accounts, host: str) -> None:
    with pytest.raises(SettingsError, match="set TENDAYS_SECRET_KEY"):
        refuse_unsafe(settings(HOST=host), accounts)
    reached = structs.replace(settings(HOST=host), secret_key="x" * 32)
    with pytest.raises(SettingsError, match=r"app\.py user LOGIN --make --role administrator"):
        refuse_unsafe(reached, accounts)
    accounts.make("admin", "administrator")
    refuse_unsafe(reached, accounts)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "new")
    assert len(first) >= 32
    assert kept_secret(tmp_path / "new") == first
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"OIDC_ISSUER": "https://id.example.kz"}, "OIDC_CLIENT_ID and TENDAYS_OIDC_CLIENT_SECRET must be set too"),
        ({"OIDC_ISSUER": "http://id.example.kz", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "https://"),
    ],
)
def test_the_akimats_sign_in_is_set_whole_or_not_at_all(said: dict[str, str], text: str) -> None:
    with pytest.raises(SettingsError, match=text):
        settings(**said)


def test_history_made_anew_keeps_who_may_sign_in_screens_and_the_audit_log(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/history.db"
    old = open_engine(url)
    upgrade(old)
    made, password = Accounts(old, frozenset(), clock).make("admin", "administrator")
    waits = Screens(old, clock).pair_begin()
    Screens(old, clock).confirm(waits.code, "Hall", "admin")
    for number in range(3):
        Audit(old, clock).record("login", f"admin-{number}")
    old.dispose()
    rows = carried.read(url)
    for each in tmp_path.glob("history.db*"):
        each.unlink()
    carried.write(url, rows)
    new = open_engine(url)
    assert Accounts(new, frozenset(), clock).check("admin", password) == made
    assert Screens(new, clock).find(waits.token) is not None
    Audit(new, clock).record("logout", "admin-0")
    assert [each.who for each in Audit(new, clock).read()] == ["admin-0", "admin-2", "admin-1", "admin-0"]
    assert Audit(new, clock).verify().problem == ""
    new.dispose()


def test_the_command_works_beside_whatever_runs_and_starts_no_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = records(settings(DATA_DIR=str(tmp_path)))
    user_command.make(services, "admin", "administrator", None, "")
    password = capsys.readouterr().out.strip().splitlines()[-1]
    beside = records(settings(DATA_DIR=str(tmp_path)))
    found = beside.accounts.check("admin", password)
    assert found is not None
    token = beside.sessions.begin(found)
    user_command.make(beside, "other", "administrator", None, "")
    user_command.set_role(services, "admin", "director", "kulsary")
    assert beside.sessions.find(token) is None  # no page of the old role stays open
    assert not (tmp_path / "valkey").exists()
    assert [each.action for each in beside.audit.read()] == ["account_changed"] * 3
