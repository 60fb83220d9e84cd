"""The simulator: a centre's life, day by day, the same for the same seed. test_simulator_feed.py has its writing."""

import tomllib
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from itertools import pairwise
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_network import DAY, MONDAY_10, NETWORK

from dashboard.events import Event, decode_strict, type_of
from dashboard.intake import accept
from data_sources.simulator import simulate
from data_sources.simulator.centre import Simulation, run_of
from data_sources.simulator.parameters import DEFAULT_PATH, Parameters, read

START = MONDAY_10 - 200 * DAY
TICKETS = MONDAY_10 - 60 * DAY
ONE, TWO, PLANNED = NETWORK.centres


@cache
def parameters() -> Parameters:
    """The shipped parameters, with documents that go to the small network's agencies."""
    table = tomllib.loads(DEFAULT_PATH.read_text())
    table["services"] = {
        "default": table["services"]["default"] | {"document": 0.25},
        "estate": {"weight": 3, "agencies": ["cadastre"]},
        "idcard": {"weight": 1, "agencies": ["police", "cadastre"]},
    }
    table["kinds"]["city"] |= {"people": 120, "turnover": 0.3, "opened_after_days": 100}
    table["centres"] = {}
    table["documents"] |= {"slow": {}, "stuck": 0.005}
    table["staff"] |= {"mobile": 4, "mobile_days": 60}
    return read(table)


def told(centre: Any, seed: int = 7, until: float = MONDAY_10) -> list[tuple[float, bytes]]:
    return list(simulate(centre, NETWORK, parameters(), seed, START, until, TICKETS))


@cache
def life(number: int) -> tuple[Event, ...]:
    """The decoded events of one centre of the small network."""
    return tuple(decode_strict(raw) for _, raw in told(NETWORK.centres[number]))


def of_type(number: int, *kinds: str) -> list[Any]:
    return [event for event in life(number) if type_of(event) in kinds]


def local(event: Any) -> datetime:
    return NETWORK.local.to_datetime(event.time.timestamp())


class TestOneSequence:
    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        assert told(ONE) == told(ONE)

    def test_another_seed_gives_another_life(self) -> None:
        assert {raw[-80:] for _, raw in told(ONE, 7)} != {raw[-80:] for _, raw in told(ONE, 8)}

    def test_a_later_end_only_adds(self) -> None:
        short, long = told(TWO, until=MONDAY_10), told(TWO, until=MONDAY_10 + 3 * DAY)
        assert long[: len(short)] == short
        assert len(long) > len(short)

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_times_never_go_back_and_are_those_of_the_events(self, number: int) -> None:
        events = told(NETWORK.centres[number])
        assert all(a <= b for (a, _), (b, _) in pairwise(events))
        assert all(decode_strict(raw).time.timestamp() == pytest.approx(at, abs=1e-6) for at, raw in events)

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_ids_are_unique_and_grow_with_time(self, number: int) -> None:
        ids = [event.id for event in life(number)]
        assert ids == sorted(set(ids))

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_every_event_is_accepted_by_the_contract_and_the_network(self, number: int) -> None:
        centre = NETWORK.centres[number]
        refused = [
            found
            for _, raw in told(centre)
            if not isinstance(found := accept(raw, NETWORK, centre.id, MONDAY_10), Event)
        ]
        assert refused == []
        kinds = {type_of(event) for each in range(3) for event in life(each)}
        assert len(kinds) >= 28

    @settings(max_examples=8, deadline=None)
    @given(stop=st.integers(1, 199))
    def test_a_life_taken_up_from_any_checkpoint_is_the_same_life(self, stop: int) -> None:
        run = run_of(NETWORK, parameters(), 7, START, MONDAY_10 - 20 * DAY)
        whole = Simulation(TWO, NETWORK, parameters(), run)
        for _ in range(stop):
            whole.next_day()
        resumed = Simulation(TWO, NETWORK, parameters(), run, whole.checkpoint())
        assert [resumed.next_day() for _ in range(8)] == [whole.next_day() for _ in range(8)]

    def test_a_checkpoint_of_another_run_is_refused(self) -> None:
        run = run_of(NETWORK, parameters(), 7, START, TICKETS)
        checkpoint = Simulation(TWO, NETWORK, parameters(), run).checkpoint()
        other = run_of(NETWORK, parameters(), 8, START, TICKETS)
        with pytest.raises(ValueError, match="checkpoint of two"):
            Simulation(TWO, NETWORK, parameters(), other, checkpoint)


class TestQueue:
    def tickets(self, number: int) -> dict[tuple[str, Any, str], list[Any]]:
        found = defaultdict(list)
        for event in life(number):
            if type_of(event).startswith("ticket."):
                found[event.source, local(event).date(), event.data.ticket].append(event)
        return found

    def test_there_are_tickets_from_the_promised_day_only(self) -> None:
        first = min(event.time.timestamp() for event in of_type(0, "ticket.issued"))
        assert TICKETS - DAY < first < TICKETS + 3 * DAY
        assert all(event.time.timestamp() >= first for event in of_type(0, "feedback.given"))

    def test_a_ticket_lives_in_its_own_order_and_ends_once(self) -> None:
        """Issued, then called and started and finished, or given up; one transfer at most, which waits again."""
        served = ["issued", "called", "started", "finished"]
        ways = {
            "served": served,
            "left": ["issued", "abandoned"],
            "no show": ["issued", "called", "abandoned"],
            "sent on": ["issued", "called", "started", "transferred", "called", "started", "finished"],
            "sent on and left": ["issued", "called", "started", "transferred", "abandoned"],
        }
        today = NETWORK.local.to_datetime(MONDAY_10).date()
        seen = Counter()
        for (_, day, _), events in self.tickets(0).items():
            if day == today:  # the history ends in the middle of that day
                continue
            steps = [type_of(event).removeprefix("ticket.") for event in events]
            assert steps in ways.values(), steps
            assert all(a.time < b.time for a, b in pairwise(events))
            seen[next(name for name, way in ways.items() if way == steps)] += 1
        assert seen["served"] > 0.85 * seen.total()
        assert seen["left"] > 0 < seen["no show"]
        assert seen["sent on"] > 0

    def test_nobody_takes_a_ticket_before_the_doors_open_or_in_the_last_minutes(self) -> None:
        last = 18 * 60 - parameters().arrivals.last_ticket_minutes
        minutes = [local(event).hour * 60 + local(event).minute for event in of_type(0, "ticket.issued")]
        assert 9 * 60 <= min(minutes) < 9 * 60 + 10
        assert max(minutes) < last

    def test_nobody_comes_on_a_day_off(self) -> None:
        assert {local(event).weekday() for event in of_type(0, "ticket.issued")} == {0, 1, 2, 3, 4}
        assert not any(NETWORK.calendar.is_holiday(local(e).toordinal()) for e in of_type(0, "ticket.issued"))

    def test_as_many_come_as_the_parameters_say(self) -> None:
        """Within 5 standard errors of a Poisson mean with the days' own spread."""
        days = Counter(local(event).date() for event in of_type(0, "ticket.issued"))
        days.pop(NETWORK.local.to_datetime(MONDAY_10).date())
        expected = parameters().character(ONE).people
        error = (expected + (parameters().arrivals.day_sigma * expected) ** 2) ** 0.5 / len(days) ** 0.5
        assert mean(days.values()) == pytest.approx(expected, abs=5 * error + 0.02 * expected)

    def test_they_come_through_the_day_as_the_profile_says(self) -> None:
        hourly = parameters().arrivals.hourly
        hours = Counter(local(event).hour for event in of_type(0, "ticket.issued"))
        inner = range(10, 17)  # whole hours, away from the doors
        total, weights = sum(hours[hour] for hour in inner), sum(hourly[hour] for hour in inner)
        for hour in inner:
            share = hourly[hour] / weights
            assert hours[hour] == pytest.approx(total * share, abs=5 * (total * share) ** 0.5)

    def test_an_operator_serves_one_visitor_at_a_time_and_only_while_open(self) -> None:
        busy: dict[str, str] = {}
        open_: set[str] = set()
        kinds = {"opened": open_.add, "resumed": open_.add, "paused": open_.discard, "closed": open_.discard}
        for event in life(0):
            kind = type_of(event)
            if kind.startswith("operator."):
                assert event.data.operator not in busy
                kinds[kind.removeprefix("operator.")](event.data.operator)
            elif kind == "ticket.called":
                assert event.data.operator in open_
                assert event.data.operator not in busy
                busy[event.data.operator] = event.data.ticket
            elif kind in {"ticket.finished", "ticket.transferred", "ticket.abandoned"}:
                busy = {who: ticket for who, ticket in busy.items() if ticket != event.data.ticket}

    def test_windows_are_the_branch_s_and_one_operator_has_one(self) -> None:
        for event in of_type(0, "operator.opened", "ticket.called"):
            assert event.data.window in ONE.branches[0].windows
        by_day = defaultdict(set)
        for event in of_type(0, "operator.opened"):
            by_day[event.source, local(event).date(), event.data.window].add(event.data.operator)
        assert all(len(operators) == 1 for operators in by_day.values())

    def test_benefit_goes_before_its_turn(self) -> None:
        waits = defaultdict(list)
        for events in self.tickets(0).values():
            if len(events) > 1 and type_of(events[1]) == "ticket.called":
                wait = (events[1].time - events[0].time).total_seconds()
                waits[events[0].data.priority].append(wait)
        assert mean(waits["benefit"]) < mean(waits["none"])


class TestDocuments:
    def ways(self, number: int) -> dict[str, list[Any]]:
        found = defaultdict(list)
        for event in life(number):
            if type_of(event).startswith("application."):
                found[event.data.application].append(event)
        return found

    def test_a_document_goes_its_way_in_order(self) -> None:
        for events in self.ways(0).values():
            steps = [type_of(event).removeprefix("application.") for event in events]
            assert steps[0] == "accepted"
            at_agency = [step for step in steps if step in {"sent", "returned"}]
            assert at_agency == ["sent", "returned"] * (len(at_agency) // 2) + ["sent"] * (len(at_agency) % 2)
            ends = [step for step in steps if step in {"ready", "rejected", "withdrawn"}]
            assert len(ends) <= 1
            assert "issued" not in steps or steps[-2:] == ["ready", "issued"]
            assert all(a.time < b.time for a, b in pairwise(events))

    def test_most_are_on_time_and_a_few_take_months(self) -> None:
        days = {}
        for code, events in self.ways(0).items():
            done = [event for event in events if type_of(event) == "application.ready"]
            if done and events[0].data.service == "estate":
                days[code] = (done[0].time - events[0].time).total_seconds() / DAY
        late = sum(each > 11 for each in days.values()) / len(days)
        assert 3 < median(days.values()) < 8
        assert 0.001 < late < 0.12

    def test_an_agency_s_stay_follows_its_distribution(self) -> None:
        """The median is the agency's share of the ten-day term, give or take the wait for opening hours."""
        stays, sent = [], {}
        for event in of_type(0, "application.sent", "application.returned"):
            if event.data.agency != "cadastre":
                continue
            if type_of(event) == "application.sent":
                sent[event.data.application] = event.time
            elif event.data.application in sent:
                stays.append((event.time - sent[event.data.application]).total_seconds() / DAY)
        rules = parameters().documents
        assert median(stays) == pytest.approx(10 * rules.agency_share, abs=1.5)
        assert max(stays) > 5 * median(stays)

    def test_a_document_names_its_ticket_where_tickets_exist(self) -> None:
        issued = {
            (event.source, local(event).date(), event.data.ticket): event for event in of_type(0, "ticket.issued")
        }
        before, after = 0, 0
        for event in of_type(0, "application.accepted"):
            if event.data.ticket is None:
                assert event.time.timestamp() < TICKETS
                before += 1
                continue
            ticket = issued[event.source, local(event).date(), event.data.ticket]
            assert ticket.data.service == event.data.service or ticket.time < event.time
            after += 1
        assert before > 1000 < after * 3

    def test_as_many_documents_come_with_tickets_as_without(self) -> None:
        """But for those whose owners lost patience in these small, full halls."""
        days = Counter(local(event).date() for event in of_type(0, "application.accepted"))
        turn = NETWORK.local.to_datetime(TICKETS).date()
        today = NETWORK.local.to_datetime(MONDAY_10).date()
        before = [count for day, count in days.items() if day < turn]
        after = [count for day, count in days.items() if turn <= day < today]
        assert mean(after) == pytest.approx(mean(before), rel=0.15)

    def test_codes_are_unique_in_the_network(self) -> None:
        codes = [e.data.application for number in range(3) for e in of_type(number, "application.accepted")]
        codes += [e.data.complaint for number in range(3) for e in of_type(number, "complaint.filed")]
        assert len(codes) == len(set(codes))


class TestPeople:
    def test_only_who_joined_leaves_and_once(self) -> None:
        for number in range(3):
            here: Counter[str] = Counter()
            for event in of_type(number, "staff.joined", "staff.left"):
                here[event.data.employee] += 1 if type_of(event) == "staff.joined" else -1
                assert here[event.data.employee] in {0, 1}

    def test_the_first_staff_joined_in_the_years_before(self) -> None:
        joined = [event.time.timestamp() for event in of_type(0, "staff.joined")]
        assert sum(moment < START for moment in joined) >= 0.7 * ONE.posts
        assert min(joined) < START - 365 * DAY

    def test_nobody_who_has_left_sits_at_a_window(self) -> None:
        here: set[str] = set()
        for event in life(0):
            kind = type_of(event)
            if kind == "staff.joined":
                here.add(event.data.employee)
            elif kind == "staff.left":
                here.remove(event.data.employee)
            elif kind == "operator.opened":
                assert event.data.operator in here

    def test_the_moved_are_never_at_two_centres(self) -> None:
        moves = [e for n in range(3) for e in of_type(n, "staff.joined", "staff.left") if "mobile" in e.data.employee]
        moves.sort(key=lambda event: event.time)
        here: dict[str, str] = {}
        for event in moves:
            if type_of(event) == "staff.joined":
                assert event.data.employee not in here
                here[event.data.employee] = event.source
            else:
                assert here.pop(event.data.employee) == event.source
        assert len(moves) > 4

    def test_as_many_leave_in_a_year_as_the_parameters_say(self) -> None:
        """Over many seeds, since a centre of ten loses three or so; the new count double."""
        years, left = 0.0, 0
        for seed in range(12):
            run = run_of(NETWORK, parameters(), seed, START, MONDAY_10 + 400 * DAY)
            simulation = Simulation(TWO, NETWORK, parameters(), run)
            for _ in range(200):
                years += len(simulation.state.staff) / 365
                left += sum(b'"staff.left"' in raw and b"mobile" not in raw for _, raw in simulation.next_day())
        rate = left / years
        assert 0.2 < rate < 0.55  # 0.3, up to double for the new


class TestPlannedCentre:
    def test_it_opens_with_its_staff_in_and_serves_nobody_before(self) -> None:
        (opened,) = of_type(2, "centre.opened")
        assert opened.time.timestamp() > START + 99 * DAY
        assert min(event.time for event in of_type(2, "application.accepted")) > opened.time
        joined = [event.time for event in of_type(2, "staff.joined")]
        assert min(joined) > datetime.fromtimestamp(START, opened.time.tzinfo)
        assert sum(moment < opened.time for moment in joined) >= 0.8 * PLANNED.posts

    def test_every_centre_says_what_it_offers(self) -> None:
        for number in range(3):
            (offer,) = of_type(number, "services.offered")
            assert set(offer.data.services) == {each.id for each in NETWORK.services if each.offered}


class TestOversight:
    def test_what_is_settled_was_raised(self) -> None:
        pairs = {"complaint.closed": "complaint", "directive.done": "directive", "deficiency.fixed": "deficiency"}
        raised: set[str] = set()
        settled = Counter()
        for event in life(0):
            kind = type_of(event)
            if kind in {"complaint.filed", "directive.issued", "deficiency.found"}:
                raised.add(getattr(event.data, kind.partition(".")[0]))
            elif kind in pairs:
                assert getattr(event.data, pairs[kind]) in raised
                settled[kind] += 1
        assert set(settled) == set(pairs)
