"""What happened to one ticket, as the page tells it."""

from hall_events import T, events, moments, state_of
from hypothesis import given, settings

from dashboard.events import Event
from dashboard.ticket_life import Visit, visits
from tests.small_network import DAY, MINUTE, NETWORK, Maker


def found(*given_: Event, number: str = "A1", branch: str = "main", now: float = T) -> list[Visit]:
    return visits(state_of(list(given_)), branch, number, NETWORK, now)


def told(visit: Visit) -> list[tuple[str, str, float]]:
    """(branch, step, minutes before T) of each step."""
    return [(stay.branch, step.kind, (T - step.moment) / MINUTE) for stay in visit.stays for step in stay.steps]


def test_a_served_visitor_came_was_called_and_left_and_the_wait_is_against_the_norm() -> None:
    make = Maker()
    (visit,) = found(
        make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate", priority="benefit"),
        make("ticket.called", T - 35 * MINUTE, ticket="A1", window="2", operator="op1"),
        make("ticket.started", T - 34 * MINUTE, ticket="A1", window="2", operator="op1"),
        make("ticket.finished", T - 20 * MINUTE, ticket="A1", outcome="incomplete"),
    )
    assert told(visit) == [("main", "issued", 60), ("main", "called", 35), ("main", "finished", 20)]
    (stay,) = visit.stays
    assert (stay.priority, stay.wait_s, stay.is_late, stay.service_s) == ("benefit", 25 * MINUTE, True, 15 * MINUTE)
    assert (stay.steps[1].window, stay.steps[1].operator, stay.steps[2].outcome) == ("2", "op1", "incomplete")


def test_a_transferred_visitor_is_followed_into_the_other_branch_and_from_there() -> None:
    make, hall = Maker(), Maker("/one/hall")
    given_ = [
        make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 50 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.transferred", T - 40 * MINUTE, ticket="A1", branch="hall", service="idcard"),
        hall("ticket.called", T - 30 * MINUTE, ticket="A1", window="7", operator="op7"),
        hall("ticket.finished", T - 25 * MINUTE, ticket="A1"),
    ]
    (visit,) = found(*given_)
    assert told(visit) == [
        ("main", "issued", 60),
        ("main", "called", 50),
        ("main", "transferred", 40),
        ("hall", "transferred_in", 40),
        ("hall", "called", 30),
        ("hall", "finished", 25),
    ]
    assert found(*given_, branch="hall") == [visit], "the same visit from either end"
    assert [stay.service for stay in visit.stays] == ["estate", "idcard"]


def test_a_number_used_twice_on_a_day_is_two_visits_the_newest_first() -> None:
    make = Maker()
    given_ = [
        make("ticket.issued", T - DAY, ticket="A1", service="estate"),
        make("ticket.issued", T - 90 * MINUTE, ticket="A1", service="estate"),
        make("ticket.abandoned", T - 80 * MINUTE, ticket="A1"),
        make("ticket.issued", T - 30 * MINUTE, ticket="A1", service="idcard"),
    ]
    three = found(*given_)
    assert [told(visit)[0][2] for visit in three] == [30, 90, 24 * 60]
    assert [told(visit)[-1][1] for visit in three] == ["waits", "left", "lapsed"]
    assert [visit.began_at("main", round(T - 90 * MINUTE, 3)) for visit in three] == [False, True, False]


def test_who_took_a_ticket_over_and_from_whom() -> None:
    make = Maker()
    (visit,) = found(
        make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 50 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.called", T - 40 * MINUTE, ticket="A1", window="2", operator="op2"),
    )
    (stay,) = visit.stays
    assert [(step.kind, step.window, step.operator) for step in stay.steps] == [
        ("issued", "", ""),
        ("called", "", "op1"),
        ("taken_over", "2", "op2"),
        ("serving", "2", "op2"),
    ]
    assert (stay.wait_s, stay.service_s) == (10 * MINUTE, 50 * MINUTE)


def test_a_booked_visitor_waits_from_the_booked_time() -> None:
    (visit,) = found(
        Maker()("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate", priority="booked",
                booked_for="2026-11-23T09:45:00+05:00")
    )  # fmt: skip
    assert (visit.stays[0].booked_for, visit.stays[0].wait_s) == (T - 15 * MINUTE, 15 * MINUTE)


def test_what_came_after_the_moment_shown_is_not_told() -> None:
    make = Maker()
    given_ = [
        make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 40 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.transferred", T - 20 * MINUTE, ticket="A1", branch="hall"),
    ]
    assert [kind for _, kind, _ in told(found(*given_, now=T - 50 * MINUTE)[0])] == ["issued", "waits"]
    assert [kind for _, kind, _ in told(found(*given_, now=T - 30 * MINUTE)[0])] == ["issued", "called", "serving"]
    assert found(*given_, now=T - 61 * MINUTE) == found(*given_, branch="hall", now=T - 30 * MINUTE) == []


def test_a_service_without_a_finish_ends_when_its_operator_closes() -> None:
    make = Maker()
    (visit,) = found(
        make("operator.opened", T - 60 * MINUTE, window="1", operator="op1"),
        make("ticket.called", T - 50 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("operator.closed", T - 10 * MINUTE, window="1", operator="op1"),
    )
    assert told(visit) == [("main", "called", 50), ("main", "unfinished", 10)]
    assert (visit.stays[0].started, visit.stays[0].wait_s, visit.stays[0].service_s) == (None, None, 40 * MINUTE)


def test_a_call_that_was_heard_of_after_a_later_one_is_a_step_though_by_whom_is_not_known() -> None:
    make = Maker()
    given_ = [
        make("ticket.called", T - 10 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.called", T - 30 * MINUTE, ticket="A1", window="2", operator="op2"),
    ]
    (between,) = found(*given_, now=T - 20 * MINUTE)
    assert [(kind, ago) for _, kind, ago in told(between)] == [("called", 30)]
    (after,) = found(*given_, now=T - 5 * MINUTE)
    assert [kind for _, kind, _ in told(after)][:2] == ["called", "taken_over"]


@given(events, moments)
@settings(max_examples=100)
def test_every_ticket_of_a_branch_is_in_one_visit_whose_steps_are_in_order(given_: list[Event], now: float) -> None:
    state = state_of(given_)
    for unit, branch in state.branches.items():
        known = [
            key
            for queue in branch.days.values()
            for key, ticket in queue.tickets.items()
            if any(each is not None and each <= now for each in (ticket.start, ticket.called, ticket.ended))
        ]
        numbers = {key.partition("\0")[0] for key in known}
        stays = [
            stay
            for number in numbers
            for visit in visits(state, unit, number, NETWORK, now)
            for stay in visit.stays
            if stay.branch == unit
        ]
        assert len(stays) == len(known)
        for number in numbers:
            for visit in visits(state, unit, number, NETWORK, now):
                for stay in visit.stays:
                    moments = [step.moment for step in stay.steps]
                    assert moments == sorted(moments)
