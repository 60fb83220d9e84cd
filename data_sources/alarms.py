"""Alarms as pages show them: what stands, what is over, and taking one on. Reading only, but for that."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Engine, Row, func, select

from dashboard.alert_rules import Rule
from dashboard.alerts import Alarm
from data_sources import alert_tables as t
from data_sources.alert_store import AlertStore
from data_sources.rule_book import RuleBook

OVER_SHOWN: Final = 50
TEST: Final = "test/"
"""How the key of a message begins that an administrator sent to try an address."""


class Shown(Struct, frozen=True):
    """One alarm. Moments are epoch seconds; numbers are in the unit of ``rule.metric``."""

    id: str
    rule: Rule | None
    """As it is now, also when it is off; None when the rules have it no more."""
    rule_id: str
    centre: str
    branch: str
    severity: str
    state: str
    began: float
    fired: float
    ended: float | None
    why: str
    value: float | None
    worst: float | None
    threshold: float | None
    escalated: bool
    by: str
    until: float | None
    note: str
    steps: tuple[tuple[float, str, str, str], ...]
    """(moment, kind, by, note) of all that happened to it, in order."""


class Alarms(Struct, frozen=True):
    """What there is at a moment."""

    is_watched: bool
    """Whether a runner is at work: else nothing is raised and nobody is told."""
    standing: tuple[Shown, ...]
    """What must be acted on first, then what nobody has taken on, then the newest."""
    over: tuple[Shown, ...]
    undelivered: int
    """Messages that were tried and have not arrived."""


class AlarmDesk:
    """``centre`` None: all; else the alarms of one centre, and no other can be found or taken on."""

    def __init__(self, engine: Engine, rules: RuleBook, centre: str | None = None) -> None:
        self._engine, self._store, self._centre = engine, AlertStore(engine), centre
        self._rules = rules

    def all(self, now: float) -> Alarms:
        """What stands, with its values as the runner last saw them, and what was over last."""
        standing = self._all_shown(self._mine(self._store.standing()))
        over = self._all_shown(self._store.over(OVER_SHOWN, self._centre))
        first = sorted(standing, key=lambda each: (each.severity != "act", each.state != "firing", -each.fired))
        waiting = self.undelivered() if self._centre is None else 0
        return Alarms(self.is_watched(now), tuple(first), tuple(over), waiting)

    def undelivered(self) -> int:
        """Messages that were tried and have not arrived; those that tried an address are not counted."""
        c = t.DELIVERIES.c
        late = (c.state == "failed") | ((c.state == "due") & (c.tries > 1))
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).where(late & ~c.key.startswith(TEST))).scalar() or 0

    def is_watched(self, now: float) -> bool:
        """Whether a runner is at work: it sends what waits, too."""
        with self._engine.connect() as connection:
            lease = connection.execute(select(func.max(t.ALARM_LEASE.c.until))).scalar()
        return (lease or 0.0) >= now

    def find(self, id_: str) -> Shown | None:
        """One that stands."""
        rows = [each for each in self._mine(self._store.standing()) if each.id == id_]
        return next(iter(self._all_shown(rows)), None)

    def take(self, id_: str, by: str, until: float | None, note: str, now: float) -> bool:
        """Ask for it to be acknowledged; False when none of that id stands."""
        if self.find(id_) is None:
            return False
        self._store.ask(id_, by, until, note, now)
        return True

    def _mine(self, rows: list[Row[Any]]) -> list[Row[Any]]:
        return [each for each in rows if self._centre in (None, each.centre)]

    def _all_shown(self, rows: list[Row[Any]]) -> list[Shown]:
        live = {each.id: each for each in self._store.kept().memory.alarms.values()}
        steps = self._store.steps(*(each.id for each in rows))
        rules = self._rules.read().known
        return [self._shown(each, rules.get(each.rule), live.get(each.id), steps.get(each.id, ())) for each in rows]

    def _shown(self, row: Row[Any], rule: Rule | None, seen: Alarm | None, happened: Sequence[Row[Any]]) -> Shown:
        steps = tuple((each.at, each.kind, each.by, each.note) for each in happened)
        value, worst = (seen.value, seen.worst) if seen else (row.value, row.worst)
        return Shown(
            row.id, rule, row.rule, row.centre, row.branch, row.severity, row.state,
            row.began, row.fired, row.ended, row.why, value, worst, row.threshold, bool(row.escalated),
            row.by, row.until, row.note, steps,
        )  # fmt: skip
