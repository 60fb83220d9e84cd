"""What the branch page reads of history: rollups, and the state for the days that it keeps."""

from typing import Any

from dashboard import day_counts
from dashboard.branch_past import BranchPast, Parts, is_kept, usual_arrivals
from dashboard.counts import Counts
from dashboard.freshness import picture_at
from dashboard.network import Network
from dashboard.period import Period
from dashboard.state import CentreState
from layouts.asked import Asked

WEEKS: int = 4
"""So many weeks back the usual day is taken from."""


class Reader:
    """One branch at one moment. ``rollups`` is data_sources.rollups.Rollups, ``moment`` data_sources.moments.Moment."""

    def __init__(self, rollups: Any, network: Network, asked: Asked, moment: Any) -> None:
        self.rollups, self.network = rollups, network
        self.centre, self.branch = asked.centre or "", asked.branch or ""
        self.state: CentreState = moment.state(self.centre)
        self.at = picture_at(self.state, moment.clock(self.centre))
        self.today = network.local.day(self.at)

    def read(self, period: Period, *, with_before: bool) -> BranchPast:
        if period.days == 1:
            return self._day(period.first, with_before=with_before)
        last = min(period.last, self.today - 1)
        operators = self.rollups.operators(period.first, last, self.centre, self.branch) if last >= period.first else {}
        services = self.rollups.services(period.first, last, self.centre, self.branch) if last >= period.first else {}
        return BranchPast(
            is_day=False,
            parts=self._days(period),
            before=self._days(period.before()) if with_before else None,
            services=services,
            operators={operator: counts for (_, operator), counts in operators.items()},
            is_unfinished=period.first <= self.today <= period.last,
        )

    def _day(self, day: int, *, with_before: bool) -> BranchPast:
        return BranchPast(
            is_day=True,
            parts=self._hours(day),
            before=self._hours(day - 1) if with_before else None,
            services=self._services(day),
            operators={},
            usual=self._usual(day),
            before_so_far=self._so_far(day - 1) if with_before and day == self.today else None,
        )

    def _so_far(self, day: int) -> Parts | None:
        """A day up to the time of day that is shown; None for one that the state does not keep."""
        known, local = self.state.branches.get(self.branch), self.network.local
        if known is None or not is_kept(self.state, day):
            return None
        return dict(day_counts.hourly(known, self.network, day, local.at(day, local.seconds_of_day(self.at))))

    def _hours(self, day: int) -> Parts:
        """Of a day that the state keeps what was known of it at the moment shown."""
        known = self.state.branches.get(self.branch)
        if known is not None and is_kept(self.state, day):
            return dict(day_counts.hourly(known, self.network, day, self.at))
        return {} if day > self.today else dict(self.rollups.hours(self.centre, day, self.branch))

    def _services(self, day: int) -> dict[str, Counts]:
        known = self.state.branches.get(self.branch)
        if known is not None and is_kept(self.state, day):
            return day_counts.by_service(known, self.network, day, self.at)
        found: dict[str, Counts] = self.rollups.services(day, day, self.centre, self.branch)
        return {} if day > self.today else found

    def _usual(self, day: int) -> dict[int, float] | None:
        span = (day - 7 * WEEKS, day - 1)
        hours = self.rollups.hour_of_week(self.centre, *span, self.branch)
        return usual_arrivals(hours, self.rollups.days(*span, self.centre, self.branch), day)

    def _days(self, period: Period) -> Parts:
        """Every day of a period; the day that is not over is counted from the state."""
        known: dict[int, Counts] = self.rollups.days(period.first, period.last, self.centre, self.branch)
        if period.first <= self.today <= period.last:
            hours = self._hours(self.today).values()
            known[self.today] = Counts.total(each for each in hours if each is not None)
        days = range(period.first, period.last + 1)
        return {day: known.get(day) if day <= self.today else None for day in days}
