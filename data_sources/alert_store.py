"""Alarms in SQL: the runner's lease, its memory, the history of each alarm, and acknowledgements that are asked for."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

import msgspec
from msgspec import Struct, field
from sqlalchemy import Connection, Engine, Row, func, select
from sqlalchemy.exc import IntegrityError

from dashboard.alert_notices import Post
from dashboard.alert_rules import Rule
from dashboard.alerts import Memory, Transition
from data_sources import alert_tables as t
from data_sources.history import History, LostLeaseError

LEASE_S: Final = 30.0
"""A runner that was not heard for so long has lost its place to another."""
MEMORY_NAME: Final = "alerts"
_RUNNER: Final = "runner"
_UNRECORDED: Final = ("pending", "dropped")
"""What never fired is nobody's business later."""


class Kept(Struct):
    """What a runner must know after a restart."""

    memory: Memory = field(default_factory=Memory)
    post: Post = field(default_factory=Post)
    rules: int = 0
    """Number of the last change of rules that was taken into account."""


class AlertStore:
    """Safe to share between threads; writing belongs to the runner that holds the lease."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._history = History(engine)

    # the lease

    def take(self, now: float) -> int | None:
        """The lease's fencing number, when it is free or its owner was not heard; None while another has it."""
        c = t.ALARM_LEASE.c
        with self.engine.begin() as connection:  # a write first: SQLite lets no reading transaction become one
            free = t.ALARM_LEASE.update().where((c.name == _RUNNER) & (c.until <= now))
            if connection.execute(free.values(fence=c.fence + 1, until=now + LEASE_S)).rowcount == 1:
                return int(connection.execute(select(c.fence).where(c.name == _RUNNER)).scalar_one())
        with self.engine.connect() as connection:
            if connection.execute(select(c.fence).where(c.name == _RUNNER)).first() is not None:
                return None
        try:
            with self.engine.begin() as connection:
                connection.execute(t.ALARM_LEASE.insert(), {"name": _RUNNER, "fence": 1, "until": now + LEASE_S})
        except IntegrityError:  # another was quicker
            return None
        return 1

    def hold(self, connection: Connection, fence: int, now: float) -> None:
        """First in every transaction of a runner. :class:`LostLeaseError` when another has taken over."""
        mine = (t.ALARM_LEASE.c.name == _RUNNER) & (t.ALARM_LEASE.c.fence == fence)
        done = connection.execute(t.ALARM_LEASE.update().where(mine).values(until=now + LEASE_S))
        if done.rowcount != 1:
            raise LostLeaseError(f"alarms: the lease {fence} is no longer this runner's")

    def release(self, fence: int) -> None:
        """The next runner need not wait."""
        mine = (t.ALARM_LEASE.c.name == _RUNNER) & (t.ALARM_LEASE.c.fence == fence)
        with self.engine.begin() as connection:
            connection.execute(t.ALARM_LEASE.update().where(mine).values(until=0.0))

    # memory and history

    def kept(self) -> Kept:
        raw = self._history.memory(MEMORY_NAME)
        return msgspec.msgpack.decode(raw, type=Kept) if raw else Kept()

    def keep(self, connection: Connection, kept: Kept) -> None:
        self._history.remember(connection, MEMORY_NAME, msgspec.msgpack.encode(kept))

    def record(self, connection: Connection, steps: Iterable[Transition], rules: dict[str, Rule]) -> None:
        """Each alarm as it is now, and each step of it."""
        for each in steps:
            if each.kind in _UNRECORDED:
                continue
            row = _alarm_row(each, rules.get(each.alarm.rule))
            if each.kind == "fired":
                connection.execute(t.ALARMS.insert(), row)
            else:
                known = {name: value for name, value in row.items() if value is not None or name == "until"}
                connection.execute(t.ALARMS.update().where(t.ALARMS.c.id == each.alarm.id).values(known))
            said = each.kind == "acknowledged"
            newest = select(func.max(t.ALARM_STEPS.c.number)).where(t.ALARM_STEPS.c.alarm == each.alarm.id)
            number = (connection.execute(newest).scalar() or 0) + 1
            step = {"alarm": each.alarm.id, "number": number, "at": each.at, "kind": each.kind}
            step |= {"value": each.alarm.value}
            step |= {"by": each.alarm.by if said else "", "note": each.alarm.note if said else ""}
            connection.execute(t.ALARM_STEPS.insert(), step)

    def standing(self) -> list[Row[Any]]:
        """Alarms that are not over, the newest first."""
        return self._ask(select(t.ALARMS).where(t.ALARMS.c.ended.is_(None)).order_by(t.ALARMS.c.fired.desc()))

    def over(self, limit: int, centre: str | None = None) -> list[Row[Any]]:
        """Alarms that are over, the last first; of one centre, or of all."""
        query = select(t.ALARMS).where(t.ALARMS.c.ended.is_not(None)).order_by(t.ALARMS.c.ended.desc())
        return self._ask((query if centre is None else query.where(t.ALARMS.c.centre == centre)).limit(limit))

    def steps(self, *alarms: str) -> dict[str, list[Row[Any]]]:
        """All that happened to some alarms, in order."""
        c, found = t.ALARM_STEPS.c, dict[str, list[Row[Any]]]()
        for row in self._ask(select(t.ALARM_STEPS).where(c.alarm.in_(alarms)).order_by(c.number)):
            found.setdefault(row.alarm, []).append(row)
        return found

    # acknowledging

    def ask(self, alarm: str, by: str, until: float | None, note: str, now: float) -> str:
        """Ask the runner to acknowledge an alarm; gives the request's id. By any process; done on its next tick."""
        row = {"id": uuid4().hex, "alarm": alarm, "by": by, "until": until, "note": note, "asked": now}
        with self.engine.begin() as connection:
            connection.execute(t.ALARM_REQUESTS.insert(), row)
        return str(row["id"])

    def asked(self, connection: Connection) -> list[Row[Any]]:
        """Requests that wait, in order."""
        c = t.ALARM_REQUESTS.c
        return list(connection.execute(select(t.ALARM_REQUESTS).where(c.done.is_(None)).order_by(c.asked, c.id)))

    def done(self, connection: Connection, requests: Iterable[Row[Any]], now: float) -> None:
        for each in requests:
            connection.execute(t.ALARM_REQUESTS.update().where(t.ALARM_REQUESTS.c.id == each.id).values(done=now))

    def _ask(self, query: Any) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(query))


def _alarm_row(each: Transition, rule: Rule | None) -> dict[str, Any]:
    alarm, over = each.alarm, each.kind == "resolved"
    return {
        "id": alarm.id,
        "rule": alarm.rule,
        "centre": alarm.centre,
        "branch": alarm.branch,
        "severity": rule.severity if rule else None,
        "state": "resolved" if over else alarm.state,
        "began": alarm.began,
        "fired": alarm.fired,
        "ended": each.at if over else None,
        "why": each.why,
        "value": alarm.value,
        "worst": alarm.worst,
        "threshold": rule.threshold if rule else None,
        "escalated": alarm.escalated,
        "by": alarm.by,
        "until": alarm.until,
        "note": alarm.note,
    }
