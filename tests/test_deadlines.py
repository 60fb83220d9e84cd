"""When a document is due, late and at risk, and whose delay it is."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dashboard.calendars import DAY_S
from dashboard.deadlines import (
    CENTRE,
    DEFAULT_ALLOWANCE_DAYS,
    Hold,
    due_day,
    late_from,
    risk_from,
    used_days,
    whose_delay,
)
from dashboard.network import Agency, Network, Service
from tests.small_network import NETWORK, names

ATYRAU = timezone(timedelta(hours=5))
TEN = structs.replace(
    NETWORK,
    services=(
        Service("ten", names("ten"), True, 10, "calendar"),
        Service("three", names("three"), True, 3, "working"),
    ),
    agencies=(Agency("cadastre", names("cadastre"), 5.0), Agency("police", names("police"), 2.0)),
)
ZONES = ("Asia/Atyrau", "Europe/Amsterdam", "Asia/Jerusalem", "+05:30")
NETWORKS = tuple(structs.replace(TEN, time_zone=zone) for zone in ZONES)
networks = st.sampled_from(NETWORKS)
moments = st.integers(1_200_000_000, 1_900_000_000).map(float)
dues = st.integers(date(2008, 1, 1).toordinal(), date(2028, 12, 31).toordinal())


def at(text: str) -> float:
    """Epoch seconds of a local time in Atyrau."""
    return datetime.fromisoformat(text).replace(tzinfo=ATYRAU).timestamp()


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("accepted", "service", "due"),
    [
        ("2026-11-23T10:00", "ten", "2026-12-03"),
        ("2026-11-23T00:00", "ten", "2026-12-03"),
        ("2026-11-23T23:59:59", "ten", "2026-12-03"),  # the 23rd in Atyrau, the 22nd or the 23rd elsewhere
        ("2026-11-24T02:00", "ten", "2026-12-04"),  # still the 23rd in UTC
        ("2026-11-23T10:00", "three", "2026-11-26"),
        ("2026-11-27T10:00", "three", "2026-12-02"),  # over a weekend
        ("2008-04-30T10:00", "three", "2008-05-06"),  # 1 May off, 2 May moved to Sunday the 4th, which is worked
        ("2024-05-03T10:00", "three", "2024-05-10"),  # Saturday the 4th is worked; 7, 8 and 9 May are off
        ("2026-11-23T10:00", "a service that the file does not list", "2026-12-03"),
    ],
)
def test_a_document_is_due_its_term_after_the_day_of_acceptance(accepted: str, service: str, due: str) -> None:
    assert due_day(at(accepted), service, TEN) == day(due)


@given(networks, moments, st.integers(1, 90))
def test_a_term_in_working_days_has_so_many_working_days_after_acceptance(
    network: Network, accepted: float, term: int
) -> None:
    network = structs.replace(network, services=(Service("s", names("s"), True, term, "working"),))
    due = due_day(accepted, "s", network)
    assert network.calendar.between(network.local.day(accepted), due) == term
    assert network.calendar.is_working(due)


@given(networks, dues)
def test_a_document_is_late_from_the_very_end_of_its_due_day(network: Network, due: int) -> None:
    late = late_from(due, network)
    assert network.local.day(late - 0.001) == due
    assert network.local.day(late) == due + 1


def test_the_due_day_is_the_networks_own() -> None:
    assert late_from(day("2026-12-03"), TEN) == datetime(2026, 12, 3, 19, 0, tzinfo=UTC).timestamp()


@given(networks, dues, st.integers(0, 10))
def test_a_document_is_at_risk_from_the_first_moment_with_so_few_working_days_left(
    network: Network, due: int, left: int
) -> None:
    network = structs.replace(network, norms=structs.replace(network.norms, at_risk_days=left))
    risk = risk_from(due, network)
    today = network.local.day(risk)
    assert network.calendar.between(today, due) <= left
    assert network.calendar.between(network.local.day(risk - 0.001), due) > left
    assert risk < late_from(due, network)


@pytest.mark.parametrize(
    ("due", "risk"),
    [
        ("2026-11-26", "2026-11-24"),  # Thursday: on Tuesday Wednesday and Thursday are left
        ("2026-11-23", "2026-11-19"),  # Monday: on Thursday Friday and Monday are left
        ("2026-11-22", "2026-11-18"),  # Sunday counts for nothing: Thursday and Friday are left
        ("2024-05-10", "2024-05-04"),  # on Saturday, itself worked, Monday and Friday are left
    ],
)
def test_two_working_days_before_the_due_day_ends_a_document_is_at_risk(due: str, risk: str) -> None:
    assert TEN.local.day(risk_from(day(due), TEN)) == day(risk)


# --- Whose delay

ACCEPTED = at("2026-11-02T10:00")
DUE = due_day(ACCEPTED, "ten", TEN)


def days_after(days: float) -> float:
    return ACCEPTED + days * DAY_S


def hold(agency: str, since: float, until: float | None) -> Hold:
    return Hold(agency, days_after(since), None if until is None else days_after(until))


@st.composite
def stays(draw: st.DrawFn) -> list[Hold]:
    """Stays in any order, overlapping or not, before acceptance too, some of them not ended."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        since = draw(st.integers(-5, 60))
        until = draw(st.none() | st.integers(0, 40).map(lambda length, since=since: since + length))  # type: ignore[misc]
        found.append(hold(draw(st.sampled_from(["cadastre", "police", "unknown"])), since, until))
    return found


@given(stays(), st.integers(0, 80))
def test_the_days_of_all_parties_add_up_to_the_whole(holds: list[Hold], length: int) -> None:
    used = used_days(ACCEPTED, days_after(length), holds)
    assert sum(used.values()) == pytest.approx(length)
    assert all(days >= 0 for days in used.values())
    assert set(used) <= {CENTRE, *(each.agency for each in holds)}


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(0, 3))
def test_stays_that_do_not_overlap_are_the_agencies_to_the_day(lengths: list[int], gap: int) -> None:
    holds, start = [], 0
    for length in lengths:
        holds.append(hold("cadastre", start + gap, start + gap + length))
        start += gap + length
    used = used_days(ACCEPTED, days_after(start), holds)
    assert used["cadastre"] == pytest.approx(sum(lengths))
    assert used[CENTRE] == pytest.approx(gap * len(lengths))


@given(stays(), st.integers(0, 80), st.none() | st.floats(0, 10))
def test_a_delay_is_a_partys_that_held_the_document_and_exceeded_its_allowance_most(
    holds: list[Hold], length: int, own: float | None
) -> None:
    network = structs.replace(TEN, centre_allowance_days=own)
    delay = whose_delay(ACCEPTED, days_after(length), DUE, holds, network)
    held = {party for party, days in delay.used_days.items() if days > 0}
    assert delay.party in (held or {CENTRE})
    allowances = {"cadastre": 5.0, "police": 2.0, "unknown": DEFAULT_ALLOWANCE_DAYS}
    for party in held - {CENTRE}:
        assert delay.excess_days >= delay.used_days[party] - allowances[party] - 1e-9


def test_an_agency_that_keeps_a_document_beyond_its_allowance_has_the_delay() -> None:
    delay = whose_delay(ACCEPTED, days_after(12), DUE, [hold("cadastre", 1, 11)], TEN)
    assert (delay.party, delay.excess_days) == ("cadastre", 5.0)
    assert delay.used_days == {CENTRE: 2.0, "cadastre": 10.0}


def test_an_agency_that_has_not_returned_a_document_holds_it_still() -> None:
    delay = whose_delay(ACCEPTED, days_after(30), DUE, [hold("police", 4, None)], TEN)
    assert delay.used_days == {CENTRE: 4.0, "police": 26.0}
    assert delay.party == "police"


def test_a_document_that_no_agency_held_is_the_centres_delay() -> None:
    delay = whose_delay(ACCEPTED, days_after(12), DUE, [], TEN)
    assert delay.party == CENTRE


def test_a_centre_that_sits_on_a_document_has_the_delay_though_an_agency_had_it_too() -> None:
    delay = whose_delay(ACCEPTED, days_after(15), DUE, [hold("cadastre", 9, 13)], TEN)
    assert delay.used_days == {CENTRE: 11.0, "cadastre": 4.0}
    assert delay.party == CENTRE


def test_a_centre_that_sent_a_document_on_at_once_never_has_the_delay() -> None:
    """Even where the agencies' allowances together are longer than the term."""
    network = structs.replace(TEN, agencies=(Agency("cadastre", names("cadastre"), 20.0),))
    delay = whose_delay(ACCEPTED, days_after(12), DUE, [hold("cadastre", 0, None)], network)
    assert delay.party == "cadastre"


def test_the_centres_own_allowance_is_the_term_less_the_agencies() -> None:
    term = (late_from(DUE, TEN) - ACCEPTED) / DAY_S
    delay = whose_delay(ACCEPTED, days_after(20), DUE, [hold("cadastre", 15, 17)], TEN)
    assert delay.excess_days == pytest.approx(18 - (term - 5))


def test_a_tie_is_the_centres() -> None:
    network = structs.replace(TEN, centre_allowance_days=5.0)
    delay = whose_delay(ACCEPTED, days_after(14), DUE, [hold("cadastre", 7, None)], network)
    assert delay.used_days == {CENTRE: 7.0, "cadastre": 7.0}
    assert delay.party == CENTRE
