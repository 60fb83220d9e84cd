"""The back-test against the same rules over pictures of the past that are made in another way."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec import structs
from past_history import DAY, NETWORK, START, WORKING, keep
from small_network import names
from sqlalchemy import Engine

from dashboard.alert_changes import members, toml
from dashboard.alert_rules import Rule, Ruleset
from dashboard.alerts import Memory, Transition, step
from data_sources import alert_replay
from data_sources.checkpoints import Checkpoints
from data_sources.history import History, open_engine, upgrade
from data_sources.past import Past
from data_sources.rule_book import RuleBook

CUT = START + 6.3 * DAY
"""The line of the working centre is cut for three hours, at noon."""
SILENT = Rule(
    "silent",
    names("S"),
    "freshness",
    "centre",
    "above",
    300,
    60,
    300.0,
    120.0,
    True,
    "act",
    ("director",),
    900.0,
    ("it",),
)
BUSY = structs.replace(
    SILENT, id="busy", metric="queue.waiting", scope="branch", threshold=1, clear=0, for_s=0.0, escalate_s=None
)
LATE = structs.replace(SILENT, id="open", metric="sla.open", threshold=1, clear=0, for_s=0.0, opening_hours=False)
RULES = Ruleset((SILENT, BUSY, LATE))
SINCE, UNTIL = CUT - 2400, CUT + 1800


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('past')}/history.db")
    upgrade(engine)
    keep(engine, Checkpoints(400, 0.0), [WORKING])
    yield engine
    engine.dispose()


def test_the_back_test_is_the_rules_over_the_past(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    past, memory, wanted = Past(History(engine), NETWORK), Memory(), list[Transition]()
    moments = list(alert_replay.moments(NETWORK, SINCE, UNTIL))
    assert len(moments) == (UNTIL - SINCE) / alert_replay.OPEN_S
    for now in moments:
        memory, steps = step(memory, RULES.rules, NETWORK, past.picture(now), now)
        wanted += steps
    fired = {each.alarm.id: each.at for each in wanted if each.kind == "fired"}
    assert {id_.partition("/")[0] for id_ in fired} == {"silent", "busy", "open"}

    with monkeypatch.context() as patch:
        for name in ("IDLE_S", "SLOW_S"):
            patch.setattr(alert_replay, name, 0.0)
        exact = alert_replay.replay(engine, NETWORK, RULES, SINCE, UNTIL)
    assert {each.alarm.id: each.fired for each in exact.raised} == fired
    assert {each.alarm.id: each.ended for each in exact.raised if each.ended} == {
        each.alarm.id: each.at for each in wanted if each.kind == "resolved"
    }
    assert [
        each.alarm.rule
        for each in exact.raised
        if each.escalated and each.alarm.centre == WORKING and each.alarm.rule == "silent"
    ] == ["silent"]
    assert set(exact.notices) == {"director", "it"}

    quick = alert_replay.replay(engine, NETWORK, RULES, SINCE, UNTIL)
    (silent,) = [each for each in quick.raised if (each.alarm.rule, each.alarm.centre) == ("silent", WORKING)]
    assert 0 <= silent.fired - (CUT + 600) <= 2 * alert_replay.IDLE_S + 60


def test_the_command_takes_the_rules_in_force_with_those_that_are_tried(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = RuleBook(engine, structs.replace(RULES, rules=(BUSY, LATE)), lambda: CUT)
    book.change("busy", {**members(BUSY), "threshold": 2}, 0, "it-admin", "order 7")
    book.switch("open", False, 0, "it-admin", "order 7")
    (tried := tmp_path / "try.toml").write_text(toml({**members(LATE), "id": "tried", "threshold": 3}))
    day = date.fromordinal(NETWORK.local.day(CUT)).isoformat()
    now = NETWORK.local.day_start(NETWORK.local.day(CUT)) + 1800
    services = SimpleNamespace(network=NETWORK, engine=engine, clock=lambda: now, rules=book)
    alert_replay.run(services, day, day, tried)
    rows = re.findall(r"│ (\w+) +│ +≥ (\d+) │", capsys.readouterr().out)
    assert rows == [("busy", "2"), ("tried", "3")]
    assert book.read().number() == 2


def test_at_night_it_looks_seldom_and_once_more_when_the_doors_have_closed() -> None:
    day = NETWORK.local.day_start(NETWORK.local.day(CUT))
    moments = list(alert_replay.moments(NETWORK, day, day + DAY))
    steps = {b - a for a, b in pairwise(moments)}
    assert steps <= {alert_replay.OPEN_S, *(alert_replay.OPEN_S * n for n in range(1, 21))}
    assert len(moments) < DAY / alert_replay.OPEN_S / 2


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("x", "2026-11-01", "is not a day"),
        ("2026-11-02", "2026-11-01", "is after"),
        ("2026-11-02", "2026-11-03", "still to come"),
    ],
)
def test_days_that_are_none_are_told(first: str, last: str, said: str) -> None:
    with pytest.raises(alert_replay.ReplayError, match=said):
        alert_replay.period(NETWORK, first, last, START)


def test_a_period_ends_now_at_the_latest() -> None:
    since, until = alert_replay.period(NETWORK, "2026-10-01", "2026-10-09", START + DAY)
    assert (NETWORK.local.day(since), until) == (NETWORK.local.day(START), START + DAY)
