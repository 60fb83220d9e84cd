"""What the centre page reads of history: rollups of the days before, the state for the day that is not over."""

from typing import Any

from dashboard import centre_past as past
from dashboard.branch_past import Parts, is_kept
from dashboard.centre_past import CentrePast, DayPast
from dashboard.counts import Counts, DocumentCounts
from dashboard.freshness import picture_at
from dashboard.network import Network
from dashboard.period import Period
from dashboard.state import CentreState
from dashboard.usual import WEEKS, aligned, like_days, usual

WeekMap = dict[tuple[int, int], float | None]


class Reader:
    """One centre at one moment. ``rollups`` is data_sources.rollups.Rollups, ``moment`` data_sources.moments.Moment."""

    def __init__(self, rollups: Any, network: Network, centre: str, moment: Any) -> None:
        self.rollups, self.network, self.centre = rollups, network, network.centre_by_id[centre]
        self.state: CentreState = moment.state(centre)
        self.clock: float = moment.clock(centre)
        self.at = picture_at(self.state, self.clock)
        self.today = network.local.day(self.clock)

    def period(self, period: Period, *, with_before: bool) -> CentrePast:
        before = period.before() if with_before else None
        so_far = before is not None and period.days == 1 and period.first == self.today
        until = self._same_time(period.first - 1) if so_far else None
        return CentrePast(
            is_day=period.days == 1,
            parts=self._parts(period),
            before=self._parts(before) if before else None,
            documents=self._documents(period),
            documents_before=self._documents(before, until) if before else None,
            services=self._services(period),
            is_unfinished=period.first <= self.today <= period.last,
            before_so_far=None if until is None else self._hours_until(period.first - 1, until),
        )

    def _same_time(self, day: int) -> float | None:
        """The moment of an earlier day at the time of day that is shown; None of one that the state does not keep."""
        local = self.network.local
        return local.at(day, local.seconds_of_day(self.at)) if is_kept(self.state, day) else None

    def _hours_until(self, day: int, until: float) -> Parts:
        return dict(past.hours_of(self.state, self.network, day, until))

    def day(self, day: int) -> DayPast:
        """A day beside the same weekday of the eight weeks before it."""
        local, id_ = self.network.local, self.centre.id
        like = like_days(day, self.centre.branches, self.network)
        starts = [local.day_start(each) for each in (day, *like)]
        lines = aligned([self.rollups.waiting_line(id_, each) for each in (day, *like)], starts)
        usual_waits = [past.mean_waits(self.rollups.hours(id_, each)) for each in like]
        return DayPast(
            day=day,
            line=[(at, value) for second, value in lines[0].items() if (at := starts[0] + second) <= self.at],
            usual_line=usual(lines[1:]),
            waits=[(starts[0] + second, value) for second, value in past.mean_waits(self._hours(day)).items()],
            usual_waits=usual(usual_waits),
            alike=sum(bool(each) for each in lines[1:]),
        )

    def week_map(self, heat: past.Heat) -> WeekMap:
        """The eight weeks up to yesterday."""
        span = (self.today - 7 * WEEKS, self.today - 1)
        hours = self.rollups.hour_of_week(self.centre.id, *span)
        return past.week_map(hours, self.rollups.days(*span, self.centre.id), heat)

    def _hours(self, day: int) -> dict[int, Counts]:
        if day == self.today:
            return past.hours_of(self.state, self.network, day, self.at)
        return {} if day > self.today else dict(self.rollups.hours(self.centre.id, day))

    def _parts(self, period: Period) -> Parts:
        """Hours of one day, or every day of a longer period."""
        if period.days == 1:
            return dict(self._hours(period.first))
        known: dict[int, Counts] = self.rollups.days(*self._over(period), self.centre.id)
        if period.first <= self.today <= period.last:
            known[self.today] = Counts.total(self._hours(self.today).values())
        return {day: known.get(day) for day in range(period.first, period.last + 1)}

    def _documents(self, period: Period, until: float | None = None) -> DocumentCounts:
        """``until`` cuts a single day, which the state keeps."""
        if until is not None:
            return past.documents_of(self.state, self.network, period.first, until)
        found: dict[None, DocumentCounts] = self.rollups.documents(*self._over(period), self.centre.id)
        whole = DocumentCounts.total(found.values())
        if period.first <= self.today <= period.last:
            whole.add(past.documents_of(self.state, self.network, self.today, self.clock))
        return whole

    def _services(self, period: Period) -> dict[str, Counts]:
        found: dict[str, Counts] = dict(self.rollups.services(*self._over(period), self.centre.id))
        if period.first <= self.today <= period.last:
            past.add_to(found, past.services_of(self.state, self.network, self.today, self.at))
        return found

    def _over(self, period: Period) -> tuple[int, int]:
        """Its days that are over; none when the last comes before the first."""
        return period.first, min(period.last, self.today - 1)
