"""The back-test: what the rules would have raised on history, so that thresholds are set by evidence (docs/alarms.md).

History is folded forward once, from the nearest checkpoints, as it arrived. The network is looked at every 30 s while
any centre is open, else every 10 minutes; at a centre where nobody waits and nothing happened, and at the
network's totals, every 2 minutes; at documents and staff, which move by the day, every 10 minutes.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, structs
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import Engine

from dashboard import alert_file
from dashboard.alert_notices import Post, notices
from dashboard.alert_rules import Rule, Ruleset
from dashboard.alerts import Alarm, Memory, Transition, step
from dashboard.events import Event
from dashboard.fold import fold
from dashboard.hours import centre_is_open
from dashboard.network import Network
from dashboard.snapshot import Slow, centre_snapshot, iso, network_totals, slow_samples
from dashboard.state import CentreState, new_state
from data_sources.history import History
from data_sources.states import stored
from data_sources.stream import arrival, last_position

OPEN_S: Final = 30.0
CLOSED_S: Final = 600.0
SLOW_S: Final = 600.0
IDLE_S: Final = 120.0
_DAY_S: Final = 86_400.0


class ReplayError(ValueError):
    """A back-test that cannot be made: why, and what to do."""


class Raised(Struct, frozen=True):
    """One alarm of the back-test; ``ended`` None: it still stood at the end."""

    alarm: Alarm
    fired: float
    ended: float | None
    escalated: bool

    def minutes(self, until: float) -> float:
        """How long it stood, up to the end of the period."""
        return ((self.ended or until) - self.fired) / 60


class Result(Struct):
    since: float
    until: float
    ticks: int = 0
    raised: list[Raised] = []
    notices: dict[str, int] = {}
    """Role to how many notices it would have been sent, without anybody acknowledging."""


def run(services: Any, first: str, last: str, tried: Path | None = None) -> None:
    """Print what the rules in force would have raised from one local day to another, both included; with those of the
    file ``tried`` in place of, or beside them. :class:`ReplayError` for days that are none."""
    network: Network = services.network
    ruleset: Ruleset = services.rules.read().ruleset
    name = "the rules in force"
    if tried is not None:
        ruleset, name = with_tried(ruleset, alert_file.load(tried)), f"{name}, with {tried.name}"
    now = services.clock()
    since, until = period(network, first, last, now)
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)  # into a file nothing is cut
    result = replay(services.engine, network, ruleset, since, until, _progress(console))
    _print(console, result, network, ruleset.rules, name)


def with_tried(ruleset: Ruleset, tried: Ruleset) -> Ruleset:
    """Rules with others of the same id in their place, and the rest of these beside them; how it is told stays."""
    rules = {each.id: each for each in (*ruleset.rules, *tried.rules)}
    return structs.replace(ruleset, rules=tuple(rules.values()))


def _progress(console: Console) -> Callable[[list[float]], Iterable[float]]:
    return lambda moments: track(moments, "Folding history", console=console)


def period(network: Network, first: str, last: str, now: float) -> tuple[float, float]:
    """From the begin of one local day to the end of another, or to now. :class:`ReplayError` for what is none."""
    days: list[int] = []
    for each in (first, last):
        try:
            days.append(date.fromisoformat(each).toordinal())
        except ValueError:
            raise ReplayError(f"{each!r} is not a day; write one like 2026-11-23") from None
    if days[0] > days[1]:
        raise ReplayError(f"{first} is after {last}; write the earlier day first")
    since, until = network.local.day_start(days[0]), network.local.day_start(days[1] + 1)
    if since >= now:
        raise ReplayError(f"{first} is still to come; history says nothing of it yet")
    return since, min(until, now)


def replay(
    engine: Engine,
    network: Network,
    ruleset: Ruleset,
    since: float,
    until: float,
    progress: Callable[[list[float]], Iterable[float]] = iter,
) -> Result:
    """What the rules would have raised in ``[since, until)``, epoch seconds."""
    result = Result(since, until, raised=[], notices={})
    walk, memory, post = Walk(engine, network, since, until), Memory(), Post()
    standing: dict[str, Raised] = {}
    for now in progress(list(moments(network, since, until))):
        memory, steps = step(memory, ruleset.rules, network, walk.picture(now), now, gap_s=CLOSED_S)
        post, due = notices(post, ruleset, steps, network.local, now)
        for each in due:
            result.notices[each.role] = result.notices.get(each.role, 0) + 1
        for transition in steps:
            _count(transition, standing, result)
        result.ticks += 1
    result.raised += standing.values()
    result.raised.sort(key=lambda each: each.fired)
    return result


def moments(network: Network, since: float, until: float) -> Iterator[float]:
    """The moments that are looked at: every 30 s with a centre open, and just after the last one closed."""
    now, was_open = since, False
    while now < until:
        is_open = any(centre_is_open(centre, network, now) for centre in network.centres)
        if is_open or was_open or (now - since) % CLOSED_S < OPEN_S:
            yield now
        was_open = is_open
        now += OPEN_S


def _count(transition: Transition, standing: dict[str, Raised], result: Result) -> None:
    alarm, kind = transition.alarm, transition.kind
    if kind == "fired":
        standing[alarm.id] = Raised(alarm, transition.at, None, False)
    elif kind == "escalated":
        standing[alarm.id] = Raised(alarm, standing[alarm.id].fired, None, True)
    elif kind == "resolved":
        before = standing.pop(alarm.id)
        result.raised.append(Raised(alarm, before.fired, transition.at, before.escalated))


class Walk:
    """The states of all centres, going forward through history as it arrived."""

    def __init__(self, engine: Engine, network: Network, since: float, until: float) -> None:
        self._history, self._network, self._until = History(engine), network, until
        self._states: dict[str, CentreState] = {}
        self._reached: dict[str, int] = {}
        self._coming: dict[str, list[tuple[int, Event]]] = {each.id: [] for each in network.centres}
        self._slow: dict[str, tuple[float, Slow]] = {}
        self._shown: dict[str, tuple[float, dict[str, Any]]] = {}
        self._moved: set[str] = set()
        self._totals: tuple[float, dict[str, Any]] | None = None
        self._loaded = since
        with engine.connect() as connection:
            for centre in self._coming:
                upto = last_position(since)
                after, state = stored(connection, centre, upto) or (0, new_state(centre))
                self._history.fold_on(connection, state, None, network, after, upto)
                self._states[centre], self._reached[centre] = state, upto

    def picture(self, now: float) -> dict[str, Any]:
        """What the rules look at, of the published snapshot's shape, at a moment not before the last one."""
        self._forward(now)
        centres = [self._centre(state, now) for state in self._states.values()]
        if self._totals is None or now - self._totals[0] >= IDLE_S:
            slow = {centre: slow for centre, (_, slow) in self._slow.items()}
            self._totals = now, network_totals(self._states, self._network, now, slow)
        return {"at": iso(now), "centres": centres, "totals": self._totals[1]}

    def _centre(self, state: CentreState, now: float) -> dict[str, Any]:
        made, shown = self._shown.get(state.id, (float("-inf"), None))
        idle = shown is not None and state.id not in self._moved and not shown["queue"]["waiting"]
        if shown is not None and idle and now - made < IDLE_S:
            return shown
        taken, slow = self._slow.get(state.id, (float("-inf"), None))
        if slow is None or now - taken >= SLOW_S:
            slow = slow_samples(state, self._network, now)
            self._slow[state.id] = now, slow
        shown = centre_snapshot(state, self._network, now, slow)
        self._shown[state.id] = now, shown
        self._moved.discard(state.id)
        return shown

    def _forward(self, now: float) -> None:
        while self._loaded <= now < self._until:
            self._load(min(self._until, self._loaded + _DAY_S))
        last = last_position(now)
        for centre, coming in self._coming.items():
            state = self._states[centre]
            while coming and coming[-1][0] <= last:
                position, event = coming.pop()
                self._moved.add(centre)
                fold(state, event, self._network, None, arrival(position))

    def _load(self, until: float) -> None:
        """A day of events at a time."""
        upto = last_position(until)
        for centre, coming in self._coming.items():
            found = list(self._history.events(centre, self._reached[centre], upto))
            self._coming[centre] = found[::-1] + coming
            self._reached[centre] = upto
        self._loaded = until


def _print(console: Console, result: Result, network: Network, rules: tuple[Rule, ...], name: str) -> None:
    days = (result.until - result.since) / _DAY_S
    console.print(f"{len(result.raised)} alarms in {days:.0f} days by {name}, {result.ticks:,} looks")
    table = Table(title="By rule")
    for heading in ("rule", "threshold", "alarms", "a day", "minutes", "median", "longest", "escalated", "centres"):
        table.add_column(heading, justify="left" if heading == "rule" else "right", no_wrap=True)
    for rule in rules:
        of_rule = [each for each in result.raised if each.alarm.rule == rule.id]
        spans = sorted(each.minutes(result.until) for each in of_rule)
        table.add_row(
            rule.id,
            f"{'≥' if rule.worse == 'above' else '≤'} {rule.threshold:g}",
            f"{len(of_rule):,}",
            f"{len(of_rule) / days:.1f}",
            f"{sum(spans):,.0f}",
            f"{spans[len(spans) // 2]:,.0f}" if spans else "—",
            f"{spans[-1]:,.0f}" if spans else "—",
            f"{sum(each.escalated for each in of_rule):,}",
            f"{len({each.alarm.centre for each in of_rule}):,}",
        )
    console.print(table)
    table = Table(title="By centre")
    for heading in ("centre", "alarms", "minutes", *(rule.id for rule in rules)):
        table.add_column(heading, justify="left" if heading == "centre" else "right", no_wrap=heading == "centre")
    for centre in [*(each.id for each in network.centres), ""]:
        here = [each for each in result.raised if each.alarm.centre == centre]
        if here:
            counts = (sum(each.alarm.rule == rule.id for each in here) for rule in rules)
            minutes = sum(each.minutes(result.until) for each in here)
            table.add_row(centre or "(network)", f"{len(here):,}", f"{minutes:,.0f}", *(f"{n:,}" for n in counts))
    console.print(table)
    told = ", ".join(f"{role} {count:,}" for role, count in sorted(result.notices.items()))
    console.print(f"Notices, nobody acknowledging: {told or 'none'}")
