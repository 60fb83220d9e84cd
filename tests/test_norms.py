"""Norms change from a day on: what is of the days before stays what it was, and every process knows of it in time."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from callbacks import create_app
from dashboard import day_counts
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.i18n import Catalogue
from dashboard.levels import centre_levels
from dashboard.metrics import no_figures
from dashboard.network import Network, Threshold
from dashboard.norm_checks import NormError, changed, earliest
from dashboard.norms import NormChange, NormChanges
from dashboard.picture import rebuilt_centre
from dashboard.snapshot import centre_snapshot, iso
from dashboard.ticket_life import visits
from data_sources.check import check
from data_sources.history import History, open_engine, upgrade
from data_sources.norm_book import NORMS, NormBook
from data_sources.recompute import make_anew
from data_sources.worker import Worker
from layouts import behind_words
from layouts.view import View
from tests.past_weeks import Past, past_of, store
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker
from tests.test_wall_page import World

T = MONDAY_10
TODAY = NETWORK.local.day(T)


def change(first_day: int, number: int = 1, takes_back: int | None = None, **norms: float) -> NormChange:
    return NormChange(number, first_day, T, "it-admin", "order 7", norms, takes_back=takes_back)


def network(*changes: NormChange) -> Network:
    return structs.replace(NETWORK, changes=NormChanges(changes))


def always(**norms: float) -> Network:
    """The network of a file that says so."""
    return structs.replace(network(), norms=structs.replace(NETWORK.norms, **norms))


def test_a_network_without_changes_is_itself_on_any_day_and_with_some_the_same_one_between_two_of_them() -> None:
    assert network().on(TODAY) is not NETWORK
    plain = network()
    assert plain.on(TODAY) is plain
    found = network(change(TODAY + 1, wait_s=900), change(TODAY + 5, 2, wait_s=600, overdue=3))
    waits = [found.on(TODAY + ahead).norms.wait_s for ahead in range(7)]
    assert waits == [1200, 900, 900, 900, 900, 600, 600]
    assert found.on(TODAY) is found
    assert found.on(TODAY + 1) is found.on(TODAY + 4)
    assert found.on(TODAY + 9).on(TODAY + 2) is found.on(TODAY + 2)
    assert found.on(TODAY + 9).on(TODAY) is found
    assert found.on(TODAY + 9).local is found.local


def test_a_copy_made_before_sees_a_change_and_what_is_taken_back_holds_for_no_day() -> None:
    whole = network()
    copy = structs.replace(whole, centres=whole.centres[:1])
    whole.changes.put([change(TODAY, wait_s=900)])
    held = copy.on(TODAY)
    assert (held.norms.wait_s, len(held.centres)) == (900, 1)
    whole.changes.put([change(TODAY, wait_s=900), change(TODAY, 2, takes_back=1)])
    assert held.on(TODAY).norms.wait_s == copy.on(TODAY).norms.wait_s == 1200
    assert len(whole.changes.known.every) == 2


@pytest.fixture(scope="module")
def past() -> Past:
    return past_of(network(), weeks=2)


def folded(past: Past, network: Network, centre: str = "one") -> tuple[Any, Facts]:
    state, facts = new_state(centre), Facts()
    for event in past.events[centre]:
        fold(state, event, network, facts)
    return state, facts


def by_day(facts: Facts) -> dict[int, dict[Any, list[int]]]:
    found: dict[int, dict[Any, list[int]]] = {}
    for (branch, start), row in facts.branches.items():
        found.setdefault(NETWORK.local.day(start), {})[branch, start] = row
    for key, row in facts.services.items():
        found.setdefault(key[-1], {})[key] = row
    return found


@settings(max_examples=8, deadline=None)
@given(ago=st.integers(1, 12), wait=st.sampled_from([60.0, 240.0, 600.0, 3600.0]), risk=st.integers(0, 9))
def test_days_before_a_change_are_those_without_it_and_days_after_those_of_a_norm_that_always_was(
    past: Past, ago: int, wait: float, risk: int
) -> None:
    first = TODAY - ago
    changing, new = network(change(first, wait_s=wait, at_risk_days=risk)), always(wait_s=wait, at_risk_days=risk)
    (state, facts), (old_state, old_facts), (new_state_, new_facts) = (
        folded(past, each) for each in (changing, network(), new)
    )
    found, before, after = by_day(facts), by_day(old_facts), by_day(new_facts)
    assert {day: row for day, row in found.items() if day < first} == {d: r for d, r in before.items() if d < first}
    assert {day: row for day, row in found.items() if day >= first} == {d: r for d, r in after.items() if d >= first}
    if wait == 60.0:
        assert found != before, "a change that changes nothing proves nothing"
        assert found != after
    for code, each in state.applications.items():
        accepted = NETWORK.local.day(each.accepted or 0)
        assert each.risk == (new_state_ if accepted >= first else old_state).applications[code].risk
    for unit, branch in state.branches.items():
        for day in branch.days:
            held, there = (new, new_state_) if day >= first else (network(), old_state)
            assert day_counts.hourly(branch, changing, day, T) == day_counts.hourly(there.branches[unit], held, day, T)
    for moment in (T - ago * DAY - MINUTE, T - (ago - 1) * DAY):
        held = new if NETWORK.local.day(moment) >= first else network()
        assert centre_snapshot(state, changing, moment)["queue"] == centre_snapshot(state, held, moment)["queue"]


def ticket_called_after(minutes: int, day: int) -> Any:
    make, state = Maker(), new_state("one")
    start = NETWORK.local.at(TODAY + day, 10 * 3600)
    for type_, at, said in (("ticket.issued", 0, {"service": "estate"}), ("ticket.called", minutes, {})):
        at_window = {"window": "1", "operator": "op-1"} if said == {} else said
        fold(state, make(type_, start + at * MINUTE, ticket="A1", **at_window), NETWORK, Facts())
    return state, start + minutes * MINUTE


@pytest.mark.parametrize(("day", "is_late"), [(-1, False), (0, True)])
def test_a_tickets_wait_is_judged_by_the_day_on_which_it_was_decided(day: int, is_late: bool) -> None:
    held = network(change(TODAY, wait_s=600))
    state, called = ticket_called_after(15, day)
    (visit,) = visits(state, "main", "A1", held, called + MINUTE)
    assert [each.is_late for each in visit.stays] == [is_late]
    # tomorrow it is what it was
    assert visits(state, "main", "A1", held, called + DAY)[0].stays[0].is_late == is_late


def test_levels_are_those_of_the_thresholds_of_the_day_shown() -> None:
    rule = Threshold("queue.longest_wait_s", 300, 600)
    held = network(structs.replace(change(TODAY), thresholds=(rule,)))
    shown: dict[str, Any] = {"state": "live", "warnings": [], **no_figures()}
    shown["queue"] = shown["queue"] | {"longest_wait_s": 700.0}
    before, after = (centre_levels(shown | {"at": iso(at)}, held, {})[1]["queue"] for at in (T - DAY, T))
    assert (before, after) == ("ok", "act")
    state, called = ticket_called_after(15, 0)
    assert rebuilt_centre(state, held, None, called - MINUTE)["levels"]["queue.longest_wait_s"] == "act"
    assert rebuilt_centre(state, network(), None, called - MINUTE)["levels"]["queue.longest_wait_s"] == "ok"


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ({"wait": "900"}, "norm_member", "found wait; write one of wait_s, "),
        ({"wait_s": "soon"}, "norm_value", "norms.wait_s: expected a number, got text"),
        ({"wait_s": "0"}, "norm_value", "write a number above 0"),
        ({"wait_s": "inf"}, "norm_value", "norms.wait_s: not a number to count with"),
        ({"occupancy": "85"}, "norm_value", "norms.occupancy: "),
        ({"occupancy": "nan"}, "norm_value", "norms.occupancy: "),
        ({"overdue": "1.5"}, "norm_value", "write a whole number"),
        ({"wait_s": '1\nid = "x"'}, "norm_value", "norms.wait_s: "),
        ({"queue.longest_wait_s.watch": "2400"}, "norm_order", "write a number above 2400"),
        ({"queue.longest_wait_s.watch": "2350"}, "norm_margin", "the margin is too wide"),
        ({"queue.longest_wait_s.watch": "1200", "queue.longest_wait_s.act": "nan"}, "norm_value", "act"),
        ({"queue.no_such.watch": "1", "queue.no_such.act": "2"}, "norm_value", "no such number"),
        ({"queue.within_norm.watch": "0.9"}, "norm_value", "act is missing"),
        ({"load.occupancy.worse": "sideways"}, "norm_value", "worse"),
        ({"wait_s": "1200"}, "norm_same", "holds on that day already"),
        ({"sla.overdue.watch": "2"}, "norm_same", "holds on that day already"),
    ],
)
def test_what_a_network_file_may_not_say_no_change_may(said: Mapping[str, str], kind: str, text: str) -> None:
    with pytest.raises(NormError) as problem:
        changed(NETWORK, said)
    assert problem.value.kind == kind
    assert text in str(problem.value)


def test_a_change_holds_whole_rules_and_only_the_norms_that_differ() -> None:
    norms, rules = changed(NETWORK, {"wait_s": "900", "turnover": "0,15", "sla.overdue.act": "9"})
    assert norms == {"wait_s": 900}
    assert rules == (Threshold("sla.overdue", 2, 9),)
    said = {"queue.within_norm.watch": "0.9", "queue.within_norm.act": "0.7", "queue.within_norm.margin": "0.05"}
    assert changed(NETWORK, said) == ({}, (Threshold("queue.within_norm", 0.9, 0.7, "below", 0.05),))


def test_a_change_begins_tomorrow_and_in_the_last_quarter_of_an_hour_the_day_after() -> None:
    midnight = NETWORK.local.day_start(TODAY + 1)
    assert [earliest(NETWORK, at) - TODAY for at in (T, midnight - 16 * 60, midnight - 14 * 60)] == [1, 1, 2]


def test_changes_are_kept_taken_back_by_another_row_and_never_removed(engine: Engine) -> None:
    here, there = network(), network()
    book = NormBook(engine, here, lambda: T)
    for day, kind in ((TODAY, "norm_day"), (TODAY + 4000, "norm_day")):
        with pytest.raises(NormError) as problem:
            book.make({"wait_s": "900"}, day, "it-admin", "order 7")
        assert problem.value.kind == kind
    with pytest.raises(NormError, match="say why"):
        book.make({"wait_s": "900"}, None, "it-admin", "  ")
    said = {"wait_s": "900", "sla.overdue.act": "9"}
    made = book.make(said, None, "it-admin", "order 7")
    second = book.make({"wait_s": "600"}, TODAY + 3, "it-admin", "order 8")
    assert (made.number, made.first_day, second.number) == (1, TODAY + 1, 2)
    other = NormBook(engine, there, lambda: T)
    assert other.read() == (made, second)
    held = there.on(TODAY + 2)
    assert (held.norms.wait_s, held.thresholds[-1]) == (900, Threshold("sla.overdue", 2, 9))
    other.take_back(2, "it-admin", "order 9")
    with pytest.raises(NormError) as problem:
        book.take_back(2, "it-admin", "again")
    assert problem.value.kind == "norm_begun"
    assert here.on(TODAY + 9).norms.wait_s == 900
    late = NormBook(engine, network(), lambda: T + DAY)
    with pytest.raises(NormError) as problem:
        late.take_back(1, "it-admin", "too late: it holds")
    assert problem.value.kind == "norm_begun"
    for statement in (update(NORMS).values(why="another"), delete(NORMS)):
        with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
            connection.execute(statement)
    assert len(book.read()) == 3


def test_two_who_change_at_once_get_two_numbers(engine: Engine) -> None:
    one, other = (NormBook(engine, network(), lambda: T) for _ in range(2))
    first = one.make({"wait_s": "900"}, None, "one", "order 7")
    second = other._add(structs.replace(first, who="other"))
    assert (first.number, second.number) == (1, 2)
    assert [each.who for each in one.read()] == ["one", "other"]


def test_what_is_stored_is_what_would_be_made_anew_and_check_agrees(past: Past, tmp_path: Any) -> None:
    held = network(change(TODAY - 4, wait_s=240, at_risk_days=5))
    engine = open_engine(f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    store(engine, held, past_of(held, weeks=1))
    history = History(engine)
    assert [each.found for each in check(history, held, None, T)] == [[], [], []]
    assert any(each.found for each in check(history, network(), None, T)), "the norm is in the rollups"
    make_anew(history, held, ["one", "two", "three"])
    assert [each.found for each in check(history, held, None, T)] == [[], [], []]
    engine.dispose()


def test_a_running_worker_takes_a_change_up_before_its_day(valkey: redis.Redis, tmp_path: Any) -> None:
    engine, now = open_engine(f"sqlite:///{tmp_path}/history.db"), [T]
    upgrade(engine)
    worker = Worker(SimpleNamespace(redis=valkey, engine=engine, network=network()), lambda: now[0])
    NormBook(engine, network(), lambda: now[0]).make({"wait_s": "600"}, None, "it-admin", "order 7")
    worker.step(block_ms=1)
    assert worker.network.on(TODAY + 1).norms.wait_s == 1200
    now[0] += 31.0
    worker.step(block_ms=1)
    assert (worker.network.on(TODAY).norms.wait_s, worker.network.on(TODAY + 1).norms.wait_s) == (1200, 600)
    worker.reader.close()
    engine.dispose()


def test_a_panel_says_what_the_norm_was_and_what_it_is_to_be() -> None:
    held = network(change(TODAY - 10, wait_s=900), change(TODAY + 3, 2, wait_s=600))
    view = View(held, Catalogue("en"), "day", T)
    assert view.network.norms.wait_s == 900
    assert behind_words.norm(view, "queue.within_norm") == "a wait of 15 min at most"
    assert behind_words.other_norms(view, "queue.within_norm") == [
        "until 12 November: a wait of 20 min at most",
        "from 26 November: a wait of 10 min at most",
    ]
    assert behind_words.other_norms(view, "load.occupancy") == []
    later = View(held, Catalogue("en"), "day", T + 80 * DAY)
    assert behind_words.other_norms(later, "queue.within_norm") == []
    assert view.held_on(TODAY - 20).network.norms.wait_s == 1200


def test_a_wall_that_is_open_learns_that_a_day_began_with_another_norm() -> None:
    world = World()
    today = world.network.local.day(world.now)
    changes = NormChanges([change(today + 1, wait_s=900)])
    world.network = structs.replace(world.network, changes=changes)
    client, builds = create_app(world).server.test_client(), []
    for _ in range(3):
        builds.append(client.get("/healthz").headers["X-Ten-Days-Build"])
        world.now += 86_400
    assert builds[0] != builds[1] == builds[2]
