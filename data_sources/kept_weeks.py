"""Weeks as they were shown: a week that a meeting closed keeps its numbers until it is reopened, with the reason.

Each closing and each reopening is a row that the database itself will not change or remove (docs/week.md).
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Column, Connection, Double, Engine, Integer, Table, Text, select
from sqlalchemy.exc import IntegrityError

from dashboard.week import NETWORK, NetworkFacts, Week
from dashboard.week_meeting import Closing
from data_sources.history_tables import METADATA
from data_sources.weeks import Weeks

WEEKS: Final = Table(
    "weeks",
    METADATA,
    Column("week", Text, primary_key=True, comment="2026-W47"),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of the step, from 1"),
    Column("step", Text, nullable=False, comment="closed or reopened"),
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False, comment="a login, never a name"),
    Column("reason", Text, nullable=False, comment="of a reopening"),
    Column("facts", Text, comment="of a closing: JSON of dashboard.week.NetworkFacts"),
)


class WeekError(ValueError):
    """``kind``: ``not_over``, ``not_known``, ``closed``, ``not_closed``, ``no_reason``, ``no_data``."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Step(Struct, frozen=True):
    """One closing or reopening."""

    number: int
    step: Literal["closed", "reopened"]
    at: float
    by: str
    reason: str
    facts: str | None


class Shown(Struct, frozen=True):
    """What is shown of a week: the facts, and of a closed one who closed it when."""

    facts: NetworkFacts
    closing: Closing | None


class KeptWeeks:
    """Facts of weeks (data_sources.weeks), and those that are closed."""

    def __init__(self, weeks: Weeks, engine: Engine, clock: Callable[[], float]) -> None:
        self._weeks, self._engine, self._clock = weeks, engine, clock

    def facts(self, week: Week) -> NetworkFacts | None:
        """As they are known now, closed or not."""
        return self._weeks.facts(week)

    def shown(self, week: Week) -> Shown | None:
        """The closed facts, else those of now; None where :meth:`facts` is."""
        kept = self.frozen(week)
        if kept is not None:
            return kept
        facts = self.facts(week)
        return None if facts is None else Shown(facts, None)

    def frozen(self, week: Week) -> Shown | None:
        """What was closed; None for a week that is not closed, or was reopened."""
        steps = self.steps(week)
        if not steps or steps[-1].facts is None:
            return None
        last = steps[-1]
        revision = sum(each.step == "closed" for each in steps)
        reason = next((each.reason for each in reversed(steps) if each.step == "reopened"), "")
        facts = msgspec.json.decode(last.facts or "", type=NetworkFacts)
        return Shown(facts, Closing(revision, last.at, last.by, reason))

    def freeze(self, week: Week, by: str) -> Closing:
        """Keep the facts of now. :class:`WeekError` for a week that is under way, is not known, or closed already."""
        facts = self.facts(week)
        if facts is None:
            raise WeekError("no_data", f"nothing is known of {week.label}")
        if not facts.is_over:
            raise WeekError("not_over", f"{week.label} is not over yet: it can be closed from its end on")
        if facts.unknown:
            raise WeekError("not_known", f"{week.label} is not known ({facts.unknown}): there is nothing to keep")
        self._add(week, "closed", by, "", msgspec.json.encode(facts).decode())
        kept = self.frozen(week)
        assert kept is not None
        assert kept.closing is not None
        return kept.closing

    def reopen(self, week: Week, by: str, reason: str) -> None:
        """Show the facts of now again. :class:`WeekError` for a week that is not closed, and without a reason."""
        if not reason.strip():
            raise WeekError("no_reason", f"say why {week.label} is reopened: the reason is kept")
        self._add(week, "reopened", by, reason.strip(), None)

    def steps(self, week: Week) -> list[Step]:
        """All that was done with a week, in order."""
        with self._engine.connect() as connection:
            return self._steps(connection, week)

    def _steps(self, connection: Connection, week: Week) -> list[Step]:
        found = select(WEEKS).where(WEEKS.c.week == week.label).order_by(WEEKS.c.number)
        rows: list[Any] = list(connection.execute(found))
        return [Step(each.number, each.step, each.at, each.by, each.reason, each.facts) for each in rows]

    def _add(self, week: Week, step: Literal["closed", "reopened"], by: str, reason: str, facts: str | None) -> None:
        """The next row; of two who do the same at once the second is told so."""
        kind = "closed" if step == "closed" else "not_closed"
        error = WeekError(kind, f"{week.label} is {'' if step == 'closed' else 'not '}closed already")
        try:
            with self._engine.begin() as connection:
                steps = self._steps(connection, week)
                if (steps[-1].step if steps else "reopened") == step:
                    raise error
                row = (week.label, len(steps) + 1, step, self._clock(), by, reason, facts)
                connection.execute(WEEKS.insert().values(row))
        except IntegrityError:
            raise error from None


class NarrowWeeks:
    """Of a viewer of one centre: its own facts in every place, and nothing of the network's."""

    def __init__(self, whole: KeptWeeks, centre: str) -> None:
        self._whole, self._centre = whole, centre

    def facts(self, week: Week) -> NetworkFacts | None:
        found = self._whole.facts(week)
        return None if found is None else narrow_facts(found, self._centre)

    def shown(self, week: Week) -> Shown | None:
        found = self._whole.shown(week)
        return None if found is None else Shown(narrow_facts(found.facts, self._centre), found.closing)


def narrow_facts(facts: NetworkFacts, centre: str) -> NetworkFacts:
    """What a director gets of a week: one centre, also in the place of the network."""
    own = next(each for each in facts.centres if each.id == centre)
    return structs.replace(
        facts,
        network=structs.replace(own, id=NETWORK),
        centres=(own,),
        promises=tuple(each for each in facts.promises if each.centre == centre),
        longest=facts.longest if facts.longest and facts.longest.centre == centre else None,
        opened=int(own.is_operating),
    )
