"""A branch's hall: rows and windows that are as many as the numbers say."""

from hall_events import T, events, moments, state_of
from hypothesis import given, settings

from dashboard import hall
from dashboard.events import Event
from dashboard.freshness import picture_at
from dashboard.hall import Window
from dashboard.snapshot import centre_snapshot
from tests.small_network import DAY, MINUTE, NETWORK, Maker

MAIN = NETWORK.centre_by_id["one"].branches[0]


def seen(*given_: Event, now: float = T) -> dict[str, Window]:
    state = state_of(list(given_))
    return {each.id: each for each in hall.windows(state.branches.get("main"), MAIN, NETWORK, now)}


@given(events, moments)
@settings(max_examples=100)
def test_rows_and_windows_are_as_many_as_the_snapshot_says(given_: list[Event], now: float) -> None:
    state = state_of(given_)
    shown = centre_snapshot(state, NETWORK, now)
    for place, branch in enumerate(NETWORK.centre_by_id["one"].branches):
        at, figures = picture_at(state, now), shown["branches"][place]
        line = hall.waiting_line(state.branches.get(branch.id), NETWORK, at)
        windows = hall.windows(state.branches.get(branch.id), branch, NETWORK, at)
        if line is None:
            assert figures["queue"]["waiting"] is None
            assert {each.does for each in windows} == {"unknown"}
            continue
        assert len(line) == figures["queue"]["waiting"]
        assert (line[0].age_s if line else None) == figures["queue"]["longest_wait_s"]
        assert sum(each.does == "serving" for each in windows) == figures["load"]["serving"]
        if figures["load"]["windows_open"] is not None:
            assert sum(each.is_open for each in windows) == figures["load"]["windows_open"]
        assert [each.id for each in windows][:3] == list(branch.windows)
        assert all(each.since is None or each.since <= at for each in windows)


def test_the_line_is_in_order_of_coming_and_says_who_waits_longer_than_the_norm() -> None:
    make = Maker()
    state = state_of(
        [
            make("ticket.issued", T - 5 * MINUTE, ticket="A3", service="estate"),
            make("ticket.issued", T - 30 * MINUTE, ticket="A1", service="idcard", priority="benefit"),
            make("ticket.issued", T - 40 * MINUTE, ticket="B1", service="estate", priority="booked",
                 booked_for="2026-11-23T09:50:00+05:00"),
            make("ticket.issued", T - 50 * MINUTE, ticket="A2", service="estate"),
            make("ticket.called", T - 4 * MINUTE, ticket="A2", window="1", operator="op1"),
            make("ticket.transferred", T - 2 * MINUTE, ticket="A2", service="idcard"),
        ]
    )  # fmt: skip
    line = hall.waiting_line(state.branches["main"], NETWORK, T)
    assert line is not None
    assert [(each.number, each.priority, each.is_late, each.is_transferred) for each in line] == [
        ("B1", "booked", False, False),  # came 40 minutes ago, and waits since its booked time 10 minutes ago
        ("A1", "benefit", True, False),
        ("A3", "none", False, False),
        ("A2", "none", False, True),
    ]
    assert [each.age_s / MINUTE for each in line] == [40, 30, 5, 2]


def test_a_window_says_what_it_does_since_when_and_by_whom() -> None:
    make = Maker()
    windows = seen(
        make("operator.opened", T - 60 * MINUTE, operator="op1", window="1"),
        make("ticket.issued", T - 50 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 40 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.finished", T - 30 * MINUTE, ticket="A1"),
        make("operator.opened", T - 60 * MINUTE, operator="op2", window="2"),
        make("operator.paused", T - 20 * MINUTE, operator="op2", window="2"),
        make("operator.opened", T - 60 * MINUTE, operator="op12", window="12"),
        make("operator.closed", T - 10 * MINUTE, operator="op12", window="12"),
        make("ticket.called", T - 5 * MINUTE, ticket="A9", window="9", operator="op9"),
    )
    assert [(each.id, each.does, each.since, each.operator, each.served) for each in windows.values()] == [
        ("1", "free", T - 30 * MINUTE, "op1", 1),
        ("2", "paused", T - 20 * MINUTE, "op2", 0),
        ("3", "unheard", None, "", 0),
        ("9", "serving", T - 5 * MINUTE, "op9", 0),
        ("12", "closed", T - 10 * MINUTE, "op12", 0),
    ]
    assert [(each.number, each.issued, each.age_s) for each in windows["9"].tickets] == [("A9", None, 5 * MINUTE)]


def test_an_operator_who_went_to_another_window_left_the_first_one_then() -> None:
    make = Maker()
    windows = seen(
        make("operator.opened", T - 60 * MINUTE, operator="op1", window="1"),
        make("operator.opened", T - 20 * MINUTE, operator="op1", window="2"),
    )
    assert [(each.does, each.since, each.operator) for each in windows.values()] == [
        ("closed", T - 20 * MINUTE, "op1"),
        ("free", T - 20 * MINUTE, "op1"),
        ("unheard", None, ""),
    ]


def test_a_finish_that_never_came_leaves_two_tickets_at_a_window_the_newer_first() -> None:
    make = Maker()
    window = seen(
        make("operator.opened", T - 60 * MINUTE, operator="op1", window="1"),
        make("ticket.called", T - 40 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.called", T - 10 * MINUTE, ticket="A2", window="1", operator="op1"),
    )["1"]
    assert [each.number for each in window.tickets] == ["A2", "A1"]
    assert (window.does, window.since) == ("serving", T - 10 * MINUTE)


def test_without_operators_events_a_window_is_unknown_unless_a_ticket_is_there() -> None:
    make = Maker()
    windows = seen(
        make("ticket.issued", T - 50 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 40 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.finished", T - 30 * MINUTE, ticket="A1"),
        make("ticket.called", T - 10 * MINUTE, ticket="A2", window="2", operator="op2"),
    )
    assert [each.does for each in windows.values()] == ["unknown", "serving", "unknown"]
    assert windows["1"].served == 1


def test_a_service_is_long_when_nine_in_ten_of_its_kind_were_shorter() -> None:
    make, given_ = Maker(), []
    for number in range(20):
        since = T - DAY + number * 1200
        given_ += [
            make("ticket.issued", since - 60, ticket=f"A{number}", service="estate"),
            make("ticket.called", since, ticket=f"A{number}", window="1", operator="op1"),
            make("ticket.finished", since + (number + 1) * MINUTE, ticket=f"A{number}"),
        ]
    for window, service, ago in (("1", "estate", 19), ("2", "estate", 18), ("3", "idcard", 60)):
        given_ += [
            make("ticket.issued", T - 3600, ticket=f"N{window}", service=service),
            make("ticket.called", T - ago * MINUTE, ticket=f"N{window}", window=window, operator=f"op{window}"),
        ]
    windows = seen(*given_)
    assert [windows[each].tickets[0].is_long for each in "123"] == [True, False, False]
    assert windows["1"].tickets[0].usual_s == (18 + 0.1) * MINUTE
    assert windows["3"].tickets[0].usual_s is None, "of a service that was hardly ever done nothing is usual"


def test_before_the_first_event_nothing_is_known() -> None:
    issued = Maker()("ticket.issued", T + MINUTE, ticket="A1", service="estate")
    assert hall.waiting_line(state_of([issued]).branches["main"], NETWORK, T) is None
    assert hall.waiting_line(None, NETWORK, T) is None
    assert {each.does for each in seen(issued).values()} == {"unknown"}


def test_an_id_may_mean_a_branch_or_a_centre() -> None:
    assert hall.named(NETWORK, "hall") == [("one", "hall")]
    assert hall.named(NETWORK, "main") == [("one", "main"), ("two", "main"), ("three", "main")]
    assert hall.named(NETWORK, "two:main") == hall.named(NETWORK, "two") == [("two", "main")]
    assert hall.named(NETWORK, "one") == [("one", "main"), ("one", "hall")]
    assert hall.named(NETWORK, "four") == hall.named(NETWORK, "") == []
