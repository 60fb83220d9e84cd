"""What all who look are shown of alarms: made from the runner's memory, pushed, and narrowed for a director."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import redis
from alert_samples import BAD, GOOD, RULE, RULES, run, snapshot
from alert_servers import services_at
from msgspec import structs
from shown_network import NETWORK as SHOWN
from shown_network import NOW
from small_network import MONDAY_10, NETWORK
from test_layouts import CATALOGUES

from dashboard.alert_board import WATCHED_S, alarms_of, board, is_watched, of_centre
from dashboard.alert_rules import Ruleset, Sending
from dashboard.alerts import Memory, acknowledge
from dashboard.i18n import LANGUAGES
from dashboard.snapshot import iso
from data_sources.alert_runner import AlertRunner
from data_sources.alert_store import AlertStore
from data_sources.history import open_engine, upgrade
from data_sources.live import LiveHub, alarms_frame
from data_sources.stream import alarms_key
from layouts import alarm_count, strip
from layouts.view import View

FIRED = [(at, BAD) for at in range(0, 181, 60)]
ATYRAU, OTHER = SHOWN.centres[0], SHOWN.centres[1]


def shown_of(memory: Memory, at: float, rules: Ruleset = RULES) -> list[tuple[str, str, str]]:
    found = board(memory, rules, NETWORK, MONDAY_10 + at)
    return [(centre["id"], each["state"], each["since"]) for centre in found["centres"] for each in centre["alarms"]]


def alarm(
    centre: str, state: str = "firing", severity: str = "act", branch: str = "", ago: float = 60
) -> dict[str, Any]:
    id_ = f"r/{centre}/{branch}@{state}{severity}"
    since = iso(NOW - ago)
    return {"id": id_, "rule": "r", "branch": branch, "severity": severity, "state": state, "since": since}


def stood(*alarms: tuple[str, dict[str, Any]], at: float = NOW) -> dict[str, Any]:
    centres: dict[str, list[Any]] = {}
    for centre, each in alarms:
        centres.setdefault(centre, []).append(each)
    listed = [{"id": centre, "alarms": those} for centre, those in centres.items()]
    names = {language: f"Rule-{language}" for language in LANGUAGES}
    return {"at": iso(at), "quiet": False, "rules": {"r": names}, "centres": listed}


def view(language: str = "en") -> View:
    return View(SHOWN, CATALOGUES[language], "day", NOW)


# the board itself


def test_what_has_not_fired_is_nobodys_business_and_what_has_stands_until_it_is_over() -> None:
    pending, _ = run(FIRED[:2])
    assert shown_of(pending, 60) == []
    fired, _ = run(FIRED)
    assert shown_of(fired, 180) == [("one", "firing", iso(MONDAY_10))]
    recovering, _ = run([(240, GOOD)], memory=fired)
    assert [state for _, state, _ in shown_of(recovering, 240)] == ["recovering"]
    over, _ = run([(300, GOOD), (360, GOOD)], memory=recovering)
    assert shown_of(over, 360) == []


def test_that_somebody_has_it_is_shown_and_never_who_or_what_they_wrote() -> None:
    fired, _ = run(FIRED)
    (id_,) = [each.id for each in fired.alarms.values()]
    taken, _ = acknowledge(fired, id_, "director-one", None, "a private note", MONDAY_10 + 181)
    raw = msgspec.json.encode(board(taken, RULES, NETWORK, MONDAY_10 + 181))
    assert b'"acknowledged"' in raw
    assert b"director-one" not in raw
    assert b"private" not in raw


def test_first_is_what_nobody_has_then_what_must_be_acted_on_then_the_newest() -> None:
    fired, _ = run(FIRED)
    (one,) = fired.alarms.values()
    mild = structs.replace(RULE, id="mild", severity="watch")

    def at(centre: str, rule: str, state: Any, moment: float) -> Any:
        return structs.replace(one, id=f"{centre}{rule}{state}", centre=centre, rule=rule, state=state, fired=moment)

    alarms = [
        at("three", "overdue", "acknowledged", 9.0),
        at("two", "mild", "firing", 8.0),
        at("two", "overdue", "recovering", 7.0),
        at("one", "overdue", "firing", 1.0),
        at("two", "overdue", "firing", 2.0),
    ]
    memory = Memory(MONDAY_10, {each.id: each for each in alarms})
    found = board(memory, Ruleset((RULE, mild)), NETWORK, MONDAY_10)
    assert [(centre["id"], [each["state"] for each in centre["alarms"]]) for centre in found["centres"]] == [
        ("two", ["firing", "firing", "recovering"]),
        ("one", ["firing"]),
        ("three", ["acknowledged"]),
    ]
    assert [each["severity"] for each in found["centres"][0]["alarms"]] == ["act", "watch", "act"]


@pytest.mark.parametrize(("quiet", "is_quiet"), [(None, False), ((0, 1440), True), ((1260, 480), False)])
def test_it_says_whether_these_are_quiet_hours(quiet: Any, is_quiet: bool) -> None:
    assert board(Memory(), Ruleset((), Sending(quiet=quiet)), NETWORK, MONDAY_10)["quiet"] is is_quiet


def test_without_a_word_from_the_runner_for_half_a_minute_nobody_watches() -> None:
    found = stood(at=NOW)
    assert is_watched(found, NOW + WATCHED_S)
    assert not is_watched(found, NOW + WATCHED_S + 1)
    assert not is_watched(None, NOW)


def test_who_is_of_one_centre_sees_its_alarms_and_no_others_not_even_their_rules() -> None:
    whole = stood((ATYRAU.id, alarm(ATYRAU.id)), (OTHER.id, alarm(OTHER.id)), ("", alarm("")))
    whole["rules"]["unseen"] = whole["rules"]["r"]
    own = of_centre(whole, ATYRAU.id)
    assert [each["id"] for each in own["centres"]] == [ATYRAU.id]
    assert set(own["rules"]) == {"r"}
    assert of_centre(whole, "makat")["rules"] == {}
    assert len(list(alarms_of(whole))) == 3


# in words


def test_the_strip_names_the_first_alarm_of_each_centre_and_counts_the_rest() -> None:
    hall = ATYRAU.branches[0].id
    found = stood(
        (ATYRAU.id, alarm(ATYRAU.id, branch=hall)),
        (ATYRAU.id, alarm(ATYRAU.id, severity="watch")),
        (OTHER.id, alarm(OTHER.id, state="acknowledged")),
        (OTHER.id, alarm(OTHER.id, state="recovering")),
        ("", alarm("", severity="watch")),
    )
    said = strip.texts(view(), found, NOW)
    since = f"since {CATALOGUES['en'].time(NOW - 60, SHOWN.local)}"
    hall_too = f", {ATYRAU.branches[0].names.en}" if len(ATYRAU.branches) > 1 else ""
    assert said["places"] == [
        {"where": f"{ATYRAU.names.en}{hall_too}", "what": f"Rule-en {since}", "mark": "act"},
        {"where": OTHER.names.en, "what": f"Rule-en {since} · taken on", "mark": "taken"},
        {"where": SHOWN.names.en, "what": f"Rule-en {since}", "mark": "watch"},
    ]
    assert (said["state"], said["more"]) == ("some", "and 1 more alarm")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calm_line_says_that_nothing_stands_and_an_unwatched_one_says_that(language: str) -> None:
    calm = strip.texts(view(language), stood((OTHER.id, alarm(OTHER.id, state="recovering"))), NOW)
    off = strip.texts(view(language), stood(), NOW + WATCHED_S + 1)
    assert (calm["state"], calm["places"], bool(calm["said"])) == ("none", [], True)
    assert (off["state"], off["places"]) == ("off", [])
    assert off["said"] not in ("", calm["said"])
    assert strip.texts(view(language), None, NOW) == off


@pytest.mark.parametrize(
    ("alarms", "text", "mark"),
    [
        ([], "", "ok"),
        ([("firing", "watch")], "1", "watch"),
        ([("acknowledged", "act"), ("recovering", "act")], "2", "ok"),
        ([("firing", "watch"), ("firing", "act"), ("acknowledged", "act")], "3", "act"),
    ],
)
def test_the_header_counts_what_stands_by_the_worst_that_nobody_has(alarms: Any, text: str, mark: str) -> None:
    found = stood(*((ATYRAU.id, alarm(ATYRAU.id, *each)) for each in alarms))
    assert alarm_count.count_text(view(), found, NOW) == (text, mark)
    assert alarm_count.count_text(view(), found, NOW + WATCHED_S + 1) == ("—", "off")


# pushed


@pytest.fixture
def hub(valkey: redis.Redis) -> Iterator[LiveHub]:
    hub = LiveHub(valkey, NETWORK.id)
    yield hub
    hub.close()


class Reader:
    """A viewer: what came to it of alarms, as the frames that came."""

    def __init__(self, hub: LiveHub) -> None:
        self.frames: list[bytes] = []
        threading.Thread(target=self._read, args=(hub,), daemon=True).start()

    def _read(self, hub: LiveHub) -> None:
        for each in hub.stream():
            if each.startswith(b"event: alarms"):
                self.frames.append(each)

    def wait(self, frame: bytes) -> bytes:
        until = time.monotonic() + 20
        while frame not in self.frames and time.monotonic() < until:
            time.sleep(0.01)
        return next(each for each in self.frames if each == frame)


def test_each_tick_is_pushed_to_every_viewer_as_the_same_bytes_and_kept_for_who_comes_later(
    hub: LiveHub, valkey: redis.Redis, tmp_path: Any
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    services = services_at(engine, tmp_path, msgspec.json.encode(snapshot(MONDAY_10, BAD)))
    services.redis = valkey
    fence = AlertStore(engine).take(MONDAY_10)
    assert fence is not None
    runner = AlertRunner(services, Ruleset((structs.replace(RULE, for_s=0.0),)), fence)
    assert hub.alarms() == b""
    viewers = [Reader(hub) for _ in range(3)]
    until = time.monotonic() + 20
    while not valkey.pubsub_numsub(alarms_key(NETWORK.id))[0][1] and time.monotonic() < until:
        time.sleep(0.01)
    runner.tick(MONDAY_10)
    runner.show(MONDAY_10)
    raw = valkey.get(alarms_key(NETWORK.id))
    assert isinstance(raw, bytes)
    assert [each["id"] for each in msgspec.json.decode(raw)["centres"]] == ["one"]
    came = [each.wait(alarms_frame(raw)) for each in viewers]
    assert len({id(each) for each in came}) == 1
    assert Reader(hub).wait(alarms_frame(raw)) == came[0]
    assert hub.alarms() == raw
    engine.dispose()
