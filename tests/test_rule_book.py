"""Changes of alarm rules: what one may say, what is in force, and what the runner makes of it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alert_samples import BAD, GOOD, RULE, snapshot
from alert_servers import services_at
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from small_network import MONDAY_10
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from app import main
from dashboard import alert_file
from dashboard.alert_changes import RuleChangeError, checked, laid_over, members, toml
from dashboard.alert_file import RuleError
from dashboard.alert_rules import Rule, Ruleset
from data_sources import alert_replay
from data_sources.alert_runner import AlertRunner
from data_sources.alert_store import AlertStore
from data_sources.rule_book import RULE_CHANGES, RuleBook

FILE = Ruleset((structs.replace(RULE, for_s=0.0, escalate_s=None, escalate_roles=()),))
(OF_FILE,) = FILE.rules
MORE = {
    **members(OF_FILE),
    "id": "crowd",
    "metric": "queue.waiting",
    "scope": "branch",
    "threshold": "30",
    "clear": "9",
}


def book_at(engine: Engine) -> RuleBook:
    return RuleBook(engine, FILE, lambda: MONDAY_10)


def said(**others: Any) -> dict[str, Any]:
    return {**members(OF_FILE), **others}


# what a change may say


@pytest.mark.parametrize("rule", alert_file.load(alert_file.DEFAULT).rules, ids=lambda rule: rule.id)
def test_a_rule_written_as_a_file_is_the_same_rule(rule: Rule) -> None:
    assert checked(members(rule)) == rule
    assert alert_file.parse(toml(members(rule)), "x").rules == (rule,)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"threshold": "many"}, "rule_threshold"),
        ({"threshold": "nan"}, "rule_threshold"),
        ({"threshold": "1e999"}, "rule_threshold"),
        ({"threshold": '20\nid = "other"'}, "rule_threshold"),
        ({"clear": "25"}, "rule_clear"),
        ({"minutes": "-1"}, "rule_minutes"),
        ({"minutes": "nan"}, "rule_minutes"),
        ({"clear_minutes": "99999"}, "rule_clear_minutes"),
        ({"roles": []}, "rule_roles"),
        ({"roles": ["boss"]}, "rule_roles"),
        ({"scope": "network"}, "rule_roles"),
        ({"escalate_minutes": "0"}, "rule_escalate_minutes"),
        ({"escalate_minutes": "5", "escalate_roles": []}, "rule_escalate_minutes"),
        ({"severity": "panic"}, "rule_severity"),
        ({"opening_hours": "perhaps"}, "rule_opening_hours"),
        ({"names": {"ru": "Р", "kk": "", "en": "E"}}, "rule_names"),
        ({"names": {"ru": "Р" * 121, "kk": "Қ", "en": "E"}}, "rule_names"),
        ({"metric": "sla.overdu"}, "rule_metric"),
        ({"metric": "queue.within_norm"}, "rule_threshold"),
        ({"metric": "sla.open", "worse": "sideways"}, "rule_worse"),
        ({"metric": "freshness", "scope": "branch"}, "rule_scope"),
        ({"id": "With Space"}, "rule_id"),
        ({"id": '"]\n[[rules]]\nid = "x'}, "rule_id"),
    ],
)
def test_what_no_file_may_say_no_change_may_and_its_kind_names_the_member(wrong: Mapping[str, Any], kind: str) -> None:
    with pytest.raises(RuleError) as caught:
        checked(said(**wrong))
    assert caught.value.kind == kind


@pytest.mark.parametrize("missing", ["id", "names", "metric", "scope", "threshold", "roles"])
def test_what_is_missing_is_named_too(missing: str) -> None:
    with pytest.raises(RuleError) as caught:
        checked({name: value for name, value in said().items() if name != missing})
    assert caught.value.kind == f"rule_{missing}"


def test_which_way_is_worse_is_asked_where_the_number_does_not_say() -> None:
    with pytest.raises(RuleError) as caught:
        checked({name: value for name, value in said(metric="sla.open").items() if name != "worse"})
    assert caught.value.kind == "rule_worse"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(lambda text: text.strip()))
def test_whatever_a_name_is_made_of_it_stays_a_name(name: str) -> None:
    rule = checked(said(names={"ru": name, "kk": '"] }\nid = "x"', "en": "<b>&"}))
    assert (rule.names.ru, rule.names.kk, rule.id) == (name, '"] }\nid = "x"', OF_FILE.id)
    assert rule == structs.replace(OF_FILE, names=rule.names)


# what is in force


def test_changes_are_laid_over_the_file_and_kept_for_ever(engine: Engine) -> None:
    book, other = book_at(engine), book_at(engine)
    assert book.read().ruleset == FILE
    first = book.change("overdue", said(threshold="25", clear="18"), 0, "it-admin", " order\n7 ")
    assert (first.number, first.made, first.why) == (1, MONDAY_10, "order 7")
    (rule,) = other.read().ruleset.rules
    assert rule == structs.replace(OF_FILE, threshold=25, clear=18)
    book.add(MORE, "it-admin", "order 8")
    book.switch("overdue", False, 1, "it-admin", "order 9")
    held = other.read()
    assert [each.id for each in held.ruleset.rules] == ["crowd"]
    assert set(held.known) == {"overdue", "crowd"}
    book.as_in_file("overdue", 3, "it-admin", "order 10")
    assert not other.read().held["overdue"].is_on
    book.switch("overdue", True, 4, "it-admin", "order 11")
    assert other.read().ruleset.rules[0] == OF_FILE
    assert [(each.kind, each.rule, each.who) for each in other.read().changes] == [
        ("set", "overdue", "it-admin"),
        ("add", "crowd", "it-admin"),
        ("off", "overdue", "it-admin"),
        ("file", "overdue", "it-admin"),
        ("on", "overdue", "it-admin"),
    ]
    for statement in (update(RULE_CHANGES).values(why="another"), delete(RULE_CHANGES)):
        with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
            connection.execute(statement)


def test_what_changes_nothing_or_has_no_reason_is_refused_by_kind(engine: Engine) -> None:
    book = book_at(engine)
    tries: list[tuple[str, Any]] = [
        ("rule_same", lambda: book.change("overdue", said(), 0, "x", "why")),
        ("rule_same", lambda: book.switch("overdue", True, 0, "x", "why")),
        ("rule_same", lambda: book.as_in_file("overdue", 0, "x", "why")),
        ("rule_gone", lambda: book.switch("nothing", False, 0, "x", "why")),
        ("rule_gone", lambda: book.change("nothing", said(), 0, "x", "why")),
        ("rule_taken", lambda: book.add(said(threshold=99), "x", "why")),
        ("rule_why", lambda: book.switch("overdue", False, 0, "x", "  ")),
        ("rule_why", lambda: book.switch("overdue", False, 0, "x", "nul \x00")),
        ("rule_why", lambda: book.switch("overdue", False, 0, "x", "w" * 301)),
    ]
    for kind, attempt in tries:
        with pytest.raises(RuleChangeError) as caught:
            attempt()
        assert caught.value.kind == kind
    assert book.read().changes == ()


def test_what_a_rule_watches_stays_what_it_is(engine: Engine) -> None:
    book = book_at(engine)
    book.change("overdue", {**MORE, "threshold": 40, "worse": "below"}, 0, "x", "why")
    rule = book.read().known["overdue"]
    assert (rule.id, rule.metric, rule.scope, rule.worse, rule.threshold) == (
        "overdue", "sla.overdue", "centre", "above", 40,
    )  # fmt: skip


def test_of_two_who_change_one_rule_the_second_is_told(engine: Engine) -> None:
    book_at(engine).change("overdue", said(threshold=25), 0, "first", "order 7")
    for attempt in (
        lambda: book_at(engine).change("overdue", said(threshold=30), 0, "second", "order 8"),
        lambda: book_at(engine).switch("overdue", False, 0, "second", "order 8"),
    ):
        with pytest.raises(RuleChangeError, match="first changed it meanwhile") as caught:
            attempt()
        assert caught.value.kind == "rule_conflict"
    book_at(engine).change("overdue", said(threshold=30), 1, "second", "order 8")
    assert book_at(engine).read().known["overdue"].threshold == 30


def test_many_at_once_are_one_after_the_other(engine: Engine) -> None:
    def attempt(number: int) -> str:
        try:
            book_at(engine).change("overdue", said(threshold=30 + number), 0, f"admin-{number}", "order 7")
        except RuleChangeError as error:
            return error.kind
        return "done"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(attempt, range(4)))
    assert found == ["done", *["rule_conflict"] * 3]


def test_a_row_that_this_version_cannot_read_changes_nothing(engine: Engine) -> None:
    row = {"number": 1, "rule": "overdue", "made": 0.0, "who": "x", "why": "y", "kind": "set"}
    what = msgspec.json.encode(said(metric="sla.of_tomorrow")).decode()
    with engine.begin() as connection:
        connection.execute(RULE_CHANGES.insert(), row | {"what": what})
    assert book_at(engine).read().ruleset == FILE


def test_a_new_file_keeps_the_changes_over_it(engine: Engine) -> None:
    book_at(engine).change("overdue", said(threshold=25), 0, "x", "why")
    book_at(engine).add(MORE, "x", "why")
    file = Ruleset((structs.replace(OF_FILE, threshold=10, clear=10), structs.replace(OF_FILE, id="new")))
    found = laid_over(file, book_at(engine).read().changes)
    assert [(each.id, each.threshold) for each in found.ruleset.rules] == [("overdue", 25), ("new", 20), ("crowd", 30)]
    # what the file has no more is gone with its changes; what was added stays
    assert [each.id for each in laid_over(Ruleset(()), found.changes).ruleset.rules] == ["crowd"]


# the runner


def tick(engine: Engine, folder: Path, fence: int, at: float, value: float | None = BAD) -> list[str]:
    """A tick of a runner that knows only what was stored; the kinds of what happened."""
    now = MONDAY_10 + at
    services = services_at(engine, folder, msgspec.json.encode(snapshot(now, value)))
    return [each.kind for each in AlertRunner(services, FILE, fence).tick(now)]


def test_the_next_tick_judges_what_stands_by_the_changed_rule(engine: Engine, tmp_path: Path) -> None:
    store, book = AlertStore(engine), book_at(engine)
    fence = store.take(MONDAY_10)
    assert fence is not None
    assert tick(engine, tmp_path, fence, 0) == ["pending", "fired"]
    (alarm,) = store.standing()
    book.change("overdue", said(threshold=25, clear=15, severity="watch"), 0, "it-admin", "order 7")
    assert tick(engine, tmp_path, fence, 5) == ["changed"]
    assert tick(engine, tmp_path, fence, 10) == []
    (still,) = store.standing()
    assert (still.id, still.state, still.threshold, still.severity) == (alarm.id, "firing", 25, "watch")
    # between the new thresholds nothing changes; past the new one for good it is over
    book.change("overdue", said(threshold=40, clear=28), 1, "it-admin", "order 8")
    assert tick(engine, tmp_path, fence, 15) == ["changed"]
    book.change("overdue", said(threshold=60, clear=50, clear_minutes=0), 2, "it-admin", "order 9")
    assert tick(engine, tmp_path, fence, 20) == ["changed", "recovering", "resolved"]
    (over,) = store.over(1)
    assert (over.id, over.why, over.threshold) == (alarm.id, "good", 60)
    assert [each.kind for each in store.steps(alarm.id)[alarm.id]] == [
        "fired", "changed", "changed", "changed", "recovering", "resolved",
    ]  # fmt: skip


def test_a_rule_that_is_switched_off_ends_its_alarms_and_one_that_is_added_raises_its_own(
    engine: Engine, tmp_path: Path
) -> None:
    store, book = AlertStore(engine), book_at(engine)
    fence = store.take(MONDAY_10)
    assert fence is not None
    tick(engine, tmp_path, fence, 0)
    book.switch("overdue", False, 0, "it-admin", "order 7")
    book.add(said(id="worse", threshold=29), "it-admin", "order 7")
    assert sorted(tick(engine, tmp_path, fence, 5)) == ["fired", "pending", "resolved"]
    (over,) = store.over(1)
    assert (over.rule, over.why) == ("overdue", "withdrawn")
    assert [(each.rule, each.threshold) for each in store.standing()] == [("worse", 29)]
    book.switch("overdue", True, 1, "it-admin", "order 8")
    assert sorted(tick(engine, tmp_path, fence, 10)) == ["fired", "pending"]
    assert tick(engine, tmp_path, fence, 15, GOOD).count("changed") == 0


def test_what_is_pending_goes_on_counting_by_the_changed_rule(engine: Engine, tmp_path: Path) -> None:
    book = book_at(engine)
    fence = AlertStore(engine).take(MONDAY_10)
    assert fence is not None
    book.change("overdue", said(minutes=10), 0, "it-admin", "order 7")
    kinds = [tick(engine, tmp_path, fence, 60.0 * minute) for minute in range(5)]
    assert kinds == [["pending"], [], [], [], []]
    book.change("overdue", said(minutes=5), 1, "it-admin", "order 8")
    assert tick(engine, tmp_path, fence, 300) == ["fired"]


# the back-test


def test_rules_that_are_tried_stand_in_the_place_of_those_in_force_or_beside_them() -> None:
    other, more = structs.replace(OF_FILE, threshold=99), structs.replace(OF_FILE, id="more")
    found = alert_replay.with_tried(FILE, Ruleset((more, other)))
    assert found == structs.replace(FILE, rules=(other, more))


def test_trying_a_file_is_for_the_back_test_alone(tmp_path: Path) -> None:
    (tmp_path / "try.toml").write_text(toml(members(OF_FILE)))
    found = CliRunner().invoke(main, ["alerts", "--with", str(tmp_path / "try.toml")])
    assert found.exit_code == 2
    assert "--with is for --replay FROM TO" in found.output
