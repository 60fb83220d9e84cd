"""Documents as they were known at a moment, and those of them that once stood where one stands now.

With working time ``left`` to the end of a document's due day, its *landmark* documents are those that were open with as
much left to the end of their own (landmark analysis: van Houwelingen, Scand. J. Stat. 34, 2007). The share of them that
was not finished in time is the Kaplan–Meier estimate of their survival at ``left``: documents that are open and not
late yet are right-censored (Kaplan and Meier, JASA 53, 1958; ``scipy.stats.ecdf``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dashboard.calendars import DAY_S
from dashboard.network import Network
from dashboard.state import RETAIN_DONE_S, Application

LEAST_ALIKE: Final = 20
"""Fewer landmark documents are not taken as alike: a wider group stands in for them."""
DAY_OFF: Final = 0.1
"""Time runs in working days; a day off counts for a tenth of one, as little is finished on it."""
NEVER: Final = np.inf
REACH_S: Final = 9 * DAY_S
"""Documents that are due later than this after ``now`` are not asked about."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class Known:
    """What is known at ``now``, as columns: one place a document."""

    def __init__(self, applications: Iterable[Application], network: Network, now: float) -> None:
        self.network, self.now, self.since = network, now, now - RETAIN_DONE_S
        taken = [
            each
            for each in applications
            if each.accepted is not None and each.accepted <= now and (each.done is None or each.done > self.since)
        ]
        self.services = np.array([each.service for each in taken], dtype=object)
        self.accepted = np.array([each.accepted for each in taken], dtype=float)
        self.late = np.array([each.late for each in taken], dtype=float)
        done = np.array([NEVER if each.done is None else each.done for each in taken], dtype=float)
        self.done = np.where(done <= now, done, NEVER)
        self.finished = self.done < self.late
        """Whether it was finished in time."""
        self._holds = [(place, hold.since, hold.until) for place, each in enumerate(taken) for hold in each.holds]

    @property
    def decided(self) -> int:
        """Documents that were finished in time, or became late, while what was finished is known."""
        late = (self.late > self.since) & (self.late <= self.now) & (self.done >= self.late)
        return int(self.finished.sum() + late.sum())

    @cached_property
    def clock(self) -> WorkClock:
        return WorkClock(self.network, self.since, self.now + REACH_S)

    @cached_property
    def times(self) -> dict[str, Floats]:
        """Moments on the work clock; what has not happened is infinite."""
        ended = np.minimum(np.minimum(self.done, self.late), self.now)
        read = self.clock.read
        return {"accepted": read(self.accepted), "late": read(self.late), "ended": read(ended)}

    @cached_property
    def holds(self) -> tuple[Places, Floats, Floats]:
        """Stays at agencies: the document's place, since and until on the work clock."""
        places = np.array([place for place, _, _ in self._holds], dtype=np.intp)
        since = np.array([since for _, since, _ in self._holds], dtype=float)
        until = np.array([NEVER if until is None else until for _, _, until in self._holds], dtype=float)
        beyond = until > self.now
        read = np.where(beyond, NEVER, self.clock.read(np.where(beyond, self.now, until)))
        heard = since <= self.now
        return places[heard], self.clock.read(since[heard]), read[heard]

    def stages(self, at: Floats) -> NDArray[np.int8]:
        """Where each document stood at its own moment (on the work clock): 0 not sent yet, 1 at an agency, 2 back."""
        places, since, until = self.holds
        sent = np.zeros(len(at), dtype=bool)
        away = np.zeros(len(at), dtype=bool)
        sent[places[since <= at[places]]] = True
        away[places[(since <= at[places]) & (until > at[places])]] = True
        return np.where(away, 1, np.where(sent, 2, 0)).astype(np.int8)


class WorkClock:
    """Moments to working time, in days: on days off it runs at :data:`DAY_OFF` of its speed.

    Before ``since`` and after ``until`` it runs on evenly: there nothing but the order of moments matters.
    """

    def __init__(self, network: Network, since: float, until: float) -> None:
        local = network.local
        self._first = local.day(since) - 1
        days = range(self._first, local.day(until) + 3)
        self._speed = np.array([1.0 if network.calendar.is_working(day) else DAY_OFF for day in days])
        self._passed = np.concatenate([[0.0], np.cumsum(self._speed)])
        self._starts = np.array([local.day_start(day) for day in days])

    def read(self, moments: Floats) -> Floats:
        place = np.clip(np.searchsorted(self._starts, moments, "right") - 1, 0, len(self._starts) - 2)
        length = self._starts[place + 1] - self._starts[place]
        read: Floats = self._passed[place] + self._speed[place] * (moments - self._starts[place]) / length
        return read


class Alike:
    """The landmark documents for what is due on one day, and how many of them were not finished in time."""

    def __init__(self, known: Known, left: float) -> None:
        times, clock = known.times, known.clock
        landmark = times["late"] - left
        since, now = clock.read(np.array([known.since, known.now]))
        ended = times["ended"]
        is_open = (times["accepted"] <= landmark) & (ended > landmark)
        self._places = np.flatnonzero(is_open & (landmark >= since) & (landmark < now))
        self._left = left
        # what was finished at the very end of its time was finished within it
        self._followed = np.minimum(ended - landmark, left * (1 - 1e-9))[self._places]
        self._followed[~known.finished[self._places] & (known.late[self._places] <= known.now)] = left
        self._finished = known.finished[self._places]
        self._services = known.services[self._places]
        self._stages = known.stages(landmark)[self._places]
        self._kept: dict[tuple[str | None, int | None], tuple[int, float]] = {}

    def chance(self, service: str, stage: int) -> float:
        """The chance to become late, from the narrowest group that has enough documents."""
        groups = ((service, stage), (service, None), (None, stage), (None, None))
        count, share = next((each for each in map(self._of, groups) if each[0] >= LEAST_ALIKE), self._of(groups[-1]))
        # half a document of each kind (Krichevsky and Trofimov, IEEE Trans. Inf. Theory 27, 1981): nothing is certain
        return (count * share + 0.5) / (count + 1)

    def _of(self, group: tuple[str | None, int | None]) -> tuple[int, float]:
        if group not in self._kept:
            service, stage = group
            chosen = np.ones(len(self._places), dtype=bool)
            if service is not None:
                chosen &= self._services == service
            if stage is not None:
                chosen &= self._stages == stage
            self._kept[group] = int(chosen.sum()), self._survival(chosen)
        return self._kept[group]

    def _survival(self, chosen: Flags) -> float:
        """Kaplan–Meier: the share of a group that is not finished when its time is over."""
        finished, followed = self._finished[chosen], self._followed[chosen]
        if not finished.any():
            return 1.0
        if (finished | (followed >= self._left)).all():
            return float(1 - finished.mean())  # nothing is censored: the estimate is the plain share
        sample = stats.CensoredData.right_censored(followed, ~finished)
        return float(stats.ecdf(sample).sf.evaluate(self._left * (1 - 1e-10)))
