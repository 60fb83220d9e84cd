"""The rows behind a number give the number: at a branch, at a centre and in the network, to the last digit."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.metrics import METRICS
from dashboard.rows import BEHIND, Scope, columns, recompute, rows_behind
from dashboard.snapshot import centre_snapshot, network_totals
from dashboard.state import CentreState, new_state
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker

T = MONDAY_10
HOUR = 60 * MINUTE
Happening = tuple[str, str, float, dict[str, Any]]


def spread(draw: st.DrawFn, *spans: float) -> float:
    """A moment before T, to the microsecond: in one of the spans, so that the last minutes are as likely as years."""
    span = draw(st.sampled_from(spans))
    return T - draw(st.integers(-60 * 10**6, int(span * 1e6))) / 1e6


@st.composite
def of_tickets(draw: st.DrawFn) -> list[Happening]:
    """One visitor: issued, called, taken over, transferred, finished, gone, in any order and with parts unheard of."""
    source = draw(st.sampled_from(["/one/main", "/one/hall", "/two/main"]))
    moment, number = spread(draw, 40 * MINUTE, 3 * HOUR, 30 * HOUR), draw(st.sampled_from("ABCD"))
    steps = draw(
        st.lists(st.sampled_from(["called", "called", "started", "finished", "abandoned", "transferred"]), max_size=4)
    )
    found: list[Happening] = []
    issue = {"ticket": number, "service": draw(st.sampled_from(["estate", "idcard", "odd"]))}
    if draw(st.integers(0, 9)):
        found.append(("ticket.issued", source, moment, issue))
    for step in steps:
        moment += draw(st.integers(-(10**6), int(25 * MINUTE * 1e6))) / 1e6
        at = {"window": draw(st.sampled_from("123X")), "operator": draw(st.sampled_from(["o1", "o2"]))}
        data = {
            "called": at,
            "started": at,
            "finished": {"outcome": draw(st.sampled_from(["served", "refused"]))},
            "abandoned": {"reason": draw(st.sampled_from(["left", "no_show"]))},
            "transferred": draw(st.sampled_from([{}, {"service": "idcard"}, {"branch": "main"}])),
        }[step]
        found.append((f"ticket.{step}", source, moment, {"ticket": number} | data))
    return found


@st.composite
def of_operators(draw: st.DrawFn) -> list[Happening]:
    source = draw(st.sampled_from(["/one/main", "/one/hall", "/two/main"]))
    kinds = draw(st.lists(st.sampled_from(["opened", "paused", "resumed", "closed"]), min_size=1, max_size=4))
    who = {"operator": draw(st.sampled_from(["o1", "o2", "o3"])), "window": draw(st.sampled_from("123X"))}
    return [(f"operator.{kind}", source, spread(draw, 70 * MINUTE, 8 * HOUR), who) for kind in kinds]


@st.composite
def of_documents(draw: st.DrawFn) -> list[Happening]:
    source = draw(st.sampled_from(["/one/main", "/one/hall", "/one", "/two/main", "/two"]))
    code, moment = draw(st.sampled_from([f"D{each}" for each in range(40)])), spread(draw, 16 * DAY, 60 * DAY)
    found: list[Happening] = []
    if draw(st.integers(0, 9)):
        found.append(
            ("application.accepted", source, moment, {"service": draw(st.sampled_from(["estate", "idcard", "odd"]))})
        )
    for step in draw(
        st.lists(st.sampled_from(["sent", "returned", "ready", "issued", "rejected", "withdrawn"]), max_size=4)
    ):
        moment += draw(st.integers(-(10**6), int(9 * DAY * 1e6))) / 1e6
        agency = (
            {"agency": draw(st.sampled_from(["cadastre", "police", "odd"]))} if step in ("sent", "returned") else {}
        )
        found.append((f"application.{step}", source, moment, agency))
    return [(type_, source, at, data | {"application": code}) for type_, source, at, data in found]


@st.composite
def of_staff(draw: st.DrawFn) -> list[Happening]:
    source = draw(st.sampled_from(["/one/main", "/one/hall", "/one", "/two/main", "/two"]))
    moment = spread(draw, 60 * DAY, 300 * DAY, 900 * DAY)
    if not draw(st.integers(0, 3)):
        return [("staff.posts", source, moment, {"posts": draw(st.integers(0, 9))})]
    employee = {"employee": draw(st.sampled_from([f"e{each}" for each in range(8)]))}
    reason = {"reason": draw(st.sampled_from(["pay", "moved", "other"]))}
    left = moment + draw(st.integers(0, int(400 * DAY * 1e6))) / 1e6
    spell: list[Happening] = [
        ("staff.joined", source, moment, employee),
        ("staff.left", source, left, employee | reason),
    ]
    return draw(st.sampled_from([spell, spell[:1], spell[1:]]))


@st.composite
def of_centres(draw: st.DrawFn) -> list[Happening]:
    type_ = draw(st.sampled_from(["heartbeat", "heartbeat", "heartbeat", "centre.opened", "centre.closed"]))
    return [(type_, draw(st.sampled_from(["/one", "/two", "/three"])), spread(draw, MINUTE, HOUR, 20 * DAY), {})]


HISTORIES = st.tuples(
    st.lists(of_tickets(), max_size=25),
    st.lists(of_operators(), max_size=8),
    st.lists(of_documents(), max_size=20),
    st.lists(of_staff(), max_size=12),
    st.lists(of_centres(), max_size=4),
).map(lambda several: [each for kind in several for group in kind for each in group])
MOMENTS = st.one_of(
    st.sampled_from([T, T + MINUTE, T + 10 * MINUTE, T + 8 * HOUR, T + 15 * HOUR, T - 30 * MINUTE, T - 26 * HOUR]),
    st.integers(int((T - 40 * DAY) * 1e6), int((T + 2 * DAY) * 1e6)).map(lambda each: each / 1e6),
)


def lived(history: list[Happening], in_order: bool) -> dict[str, CentreState]:
    """The states of the centres to which all this happened."""
    states, makers = {each.id: new_state(each.id) for each in NETWORK.centres}, {}
    for type_, source, moment, data in sorted(history, key=lambda each: each[2]) if in_order else history:
        event = makers.setdefault(source, Maker(source))(type_, moment, **data)
        fold(states[source.split("/")[1]], event, NETWORK, Facts(), arrived=moment)
    return states


def scopes(states: dict[str, CentreState], now: float) -> Iterator[tuple[Scope, dict[str, Any]]]:
    """Every place with the numbers that are shown for it."""
    for centre in NETWORK.centres:
        shown = centre_snapshot(states[centre.id], NETWORK, now)
        own = {centre.id: states[centre.id]}
        yield Scope(NETWORK, now, own, centre.id), shown
        for branch, figures in zip(centre.branches, shown["branches"], strict=True):
            yield Scope(NETWORK, now, own, centre.id, branch.id), figures
    yield Scope(NETWORK, now, states), network_totals(states, NETWORK, now)


def number(figures: dict[str, Any], key: str) -> Any:
    group, _, member = key.partition(".")
    return figures[group][member]


@settings(max_examples=60, deadline=None)
@given(HISTORIES, MOMENTS, st.booleans())
def test_the_rows_of_any_number_at_any_place_and_moment_give_the_number_that_is_shown(
    history: list[Happening], now: float, in_order: bool
) -> None:
    states = lived(history, in_order)
    for scope, figures in scopes(states, now):
        for key in BEHIND:
            again, shown = recompute(key, rows_behind(key, scope)), number(figures, key)
            assert (again, type(again)) == (shown, type(shown)), (key, scope.centre, scope.branch)


def test_every_metric_has_its_rows() -> None:
    assert list(BEHIND) == [metric.key for metric in METRICS]


def behind(
    key: str, *events: Happening, now: float = T, centre: str | None = "one", branch: str | None = None
) -> list[Any]:
    """The rows behind a number after all this happened, in a centre that was heard at T."""
    states = lived([*events, ("heartbeat", "/one", T, {})], in_order=True)
    found = rows_behind(key, Scope(NETWORK, now, states, centre, branch))
    assert found is not None
    return found


def issued(number: str, ago: float, source: str = "/one/main", **data: Any) -> Happening:
    return ("ticket.issued", source, T - ago, {"ticket": number, "service": "estate"} | data)


def called(number: str, ago: float, window: str = "1", source: str = "/one/main") -> Happening:
    return ("ticket.called", source, T - ago, {"ticket": number, "window": window, "operator": f"o{window}"})


def opened(window: str, ago: float, kind: str = "opened", source: str = "/one/main") -> Happening:
    return (f"operator.{kind}", source, T - ago, {"operator": f"o{window}", "window": window})


def test_who_has_waited_longest_stands_first() -> None:
    rows = behind(
        "queue.longest_wait_s", issued("A", 5 * MINUTE), issued("B", 25 * MINUTE), issued("C", MINUTE, "/one/hall")
    )
    assert [(row.ticket, row.branch, row.waited_s, row.is_late) for row in rows] == [
        ("B", "main", 25 * MINUTE, True),
        ("A", "main", 5 * MINUTE, False),
        ("C", "hall", MINUTE, False),
    ]


def test_a_ticket_number_used_twice_is_two_rows_of_that_number() -> None:
    rows = behind("queue.issued_today", issued("A", 90 * MINUTE), called("A", 80 * MINUTE), issued("A", 5 * MINUTE))
    assert [(row.ticket, row.stage) for row in rows] == [("A", "waiting"), ("A", "at_window")]


def test_a_wait_that_was_decided_says_how() -> None:
    left = ("ticket.abandoned", "/one/main", T - 10 * MINUTE, {"ticket": "B", "reason": "left"})
    rows = behind(
        "queue.within_norm",
        issued("A", 40 * MINUTE), called("A", 30 * MINUTE), issued("B", 40 * MINUTE), left, issued("C", 50 * MINUTE),
        issued("D", 5 * MINUTE),
    )  # fmt: skip
    assert [(row.ticket, row.within, row.stage, row.wait_s) for row in rows] == [
        ("C", False, "waiting", 50 * MINUTE),
        ("B", False, "left", 30 * MINUTE),
        ("A", True, "at_window", 10 * MINUTE),
    ]


def test_every_window_of_the_file_is_listed_with_its_state_and_who_is_there() -> None:
    happened = (
        opened("1", 60 * MINUTE), opened("2", 60 * MINUTE), opened("3", 60 * MINUTE),
        opened("3", 20 * MINUTE, "paused"), issued("A", 30 * MINUTE), called("A", 9 * MINUTE),
    )  # fmt: skip
    rows = behind("load.windows_total", *happened, branch="main")
    assert {row.window: (row.state, row.operator, row.ticket, row.since) for row in rows} == {
        "1": ("serving", "o1", "A", T - 9 * MINUTE),
        "2": ("free", "o2", "", T - 60 * MINUTE),
        "3": ("paused", "o3", "", T - 20 * MINUTE),
    }
    assert [row.window for row in behind("load.serving", *happened)] == ["1"]
    assert {row.window for row in behind("load.windows_open", *happened)} == {"1", "2"}


def test_the_load_of_an_operator_is_that_of_his_last_hour() -> None:
    rows = behind("load.occupancy", opened("1", 2 * HOUR), issued("A", 3 * HOUR), called("A", 30 * MINUTE))
    assert [(row.operator, row.busy_s, row.open_s, row.share) for row in rows] == [("o1", 30 * MINUTE, HOUR, 0.5)]


def test_an_overdue_document_says_who_holds_it_since_when_and_whose_delay_it_is() -> None:
    start = T - 20 * DAY
    document = {"application": "D"}
    rows = behind(
        "sla.overdue",
        ("application.accepted", "/one/main", start, document | {"service": "estate"}),
        ("application.sent", "/one/main", start + 2 * DAY, document | {"agency": "cadastre"}),
        ("application.returned", "/one/main", start + 14 * DAY, document | {"agency": "cadastre"}),
    )
    (row,) = rows
    assert (row.document, row.holder, row.since, row.delay, row.late_days) == (
        "D",
        "centre",
        start + 14 * DAY,
        "cadastre",
        10,
    )
    assert row.used == {"centre": 8.0, "cadastre": 12.0}
    assert row.over_days == 7.0


def test_who_moved_inside_a_place_is_one_row_of_it() -> None:
    moved = (
        ("staff.joined", "/one/main", T - 400 * DAY, {"employee": "e"}),
        ("staff.left", "/one/main", T - 50 * DAY, {"employee": "e", "reason": "moved"}),
        ("staff.joined", "/one/hall", T - 49 * DAY, {"employee": "e"}),
    )
    assert [(row.branch, row.joined) for row in behind("turnover.headcount", *moved)] == [("hall", T - 400 * DAY)]
    assert behind("turnover.left_12m", *moved) == []
    assert [row.reason for row in behind("turnover.left_12m", *moved, branch="main")] == ["moved"]


def test_vacancies_are_said_unit_by_unit() -> None:
    rows = behind("turnover.vacancies", ("staff.joined", "/one/main", T - DAY, {"employee": "e"}))
    assert [(row.branch, row.posts, row.staff, row.vacancies) for row in rows] == [("hall", 5, 0, 5), ("main", 5, 1, 4)]


def test_a_silent_centre_shows_its_last_picture_and_is_not_counted_in_the_network() -> None:
    later = T + 10 * MINUTE
    (row,) = behind("queue.waiting", issued("A", 5 * MINUTE), now=later)
    assert row.waited_s == 5 * MINUTE
    network = Scope(NETWORK, later, lived([issued("A", 5 * MINUTE)], in_order=True))
    assert rows_behind("queue.waiting", network) is None
    windows = rows_behind("load.windows_total", network)
    assert windows is not None
    assert {row.state for row in windows} == {""}


def test_of_a_planned_centre_nothing_is_known() -> None:
    scope = Scope(NETWORK, T, lived([], in_order=True), "three")
    assert {key: recompute(key, rows_behind(key, scope)) for key in BEHIND} == dict.fromkeys(BEHIND)


def test_a_table_does_not_repeat_the_place_it_is_of() -> None:
    states = lived([], in_order=True)
    shown = {
        each.branch or each.centre or "network": [column.key for column in columns("queue.waiting", each)[:3]]
        for each in (
            Scope(NETWORK, T, states),
            Scope(NETWORK, T, states, "one"),
            Scope(NETWORK, T, states, "one", "main"),
        )
    }
    assert shown == {
        "network": ["ticket", "centre", "branch"],
        "one": ["ticket", "branch", "waited_s"],
        "main": ["ticket", "waited_s", "is_late"],
    }
