"""What history says on the deadlines page: read it from the rollups, keep what takes long, draw it."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from callbacks.viewing import Viewing
from dashboard import forecast as forecasts
from dashboard.counts import DocumentCounts
from dashboard.forecast import Forecast
from dashboard.papers import Wanted
from dashboard.state import Application
from layouts import deadlines_forecast, deadlines_history, deadlines_words
from layouts.asked import Asked
from layouts.deadlines_history import Days, Parties
from layouts.view import View

HOUR_S: Final = 3600
LEAST_WEEKS: Final = 8
"""So many weeks are shown, also of a shorter period."""


class Hindsight(Struct, frozen=True):
    """The forecast of a week ago, and how many became late on each day since. ``has_past``: history reaches so far."""

    forecast: Forecast | None
    became_late: dict[int, int]
    has_past: bool


def draw(viewing: Viewing, view: View, asked: Asked, moment: Any) -> list[Any]:
    papers = viewing.shelf.papers(moment)
    wanted, _, _ = deadlines_words.wanted(view, asked, papers)
    held = [each for each in papers if Wanted(wanted.centre, wanted.branch).holds(each)]
    ahead, back = _ahead(viewing, moment), _back(viewing, moment)
    return [
        deadlines_history.parties(view, asked, _parties(viewing, asked, wanted, held, moment.at)),
        deadlines_history.days(view, asked, _days(viewing, asked, wanted)),
        deadlines_forecast.forecast(view, ahead, back.forecast, back.became_late, has_past=back.has_past),
    ]


def _parties(viewing: Viewing, asked: Asked, wanted: Wanted, held: list[Any], at: float) -> Parties:
    rollups, period, before = viewing.services.rollups, asked.period, asked.period.before()
    compared = rollups.agencies(before.first, before.last, wanted.centre) if asked.compare else None
    return Parties(held, rollups.agencies(period.first, period.last, wanted.centre), compared, at, wanted)


def _days(viewing: Viewing, asked: Asked, wanted: Wanted) -> Days:
    rollups, period, before = viewing.services.rollups, asked.period, asked.period.before()
    where = {"centre": wanted.centre, "branch": wanted.branch}
    first = min(period.first, period.last - 7 * LEAST_WEEKS + 1)
    monday = first - (first - 1) % 7
    whole = rollups.documents(period.first, period.last, **where)
    compared = rollups.documents(before.first, before.last, **where) if asked.compare else None
    return Days(
        whole.get(None, DocumentCounts()),
        None if compared is None else compared.get(None, DocumentCounts()),
        rollups.documents(monday, period.last, by="week", **where),
    )


def _ahead(viewing: Viewing, moment: Any) -> Forecast | None:
    """Made once an hour, for all viewers; of a past moment, for that moment."""
    network = viewing.services.network
    hour = f"{network.local.day(moment.at)}/{int(moment.at // HOUR_S)}"
    key = f"{moment.at}" if moment.is_past else hour

    def make() -> bytes:
        return msgspec.msgpack.encode(forecasts.forecast(_applications(viewing, moment), network, moment.at))

    raw = viewing.services.cached("forecast", key, make)
    return msgspec.msgpack.decode(raw, type=Forecast | None)


def _back(viewing: Viewing, moment: Any) -> Hindsight:
    """Made once a day: the forecast as of the start of the day a week ago, and what came since."""
    network = viewing.services.network
    today = network.local.day(moment.at)
    week_ago = network.local.day_start(today - forecasts.DAYS)

    def make() -> bytes:
        return msgspec.msgpack.encode(_hindsight(viewing, moment, week_ago, today))

    raw = viewing.services.cached("hindsight", f"{today}", make)
    return msgspec.msgpack.decode(raw, type=Hindsight)


def _hindsight(viewing: Viewing, moment: Any, week_ago: float, today: int) -> Hindsight:
    network = viewing.services.network
    then = viewing.services.moment(week_ago)
    if then is None or all(each["as_of"] is None for each in then.snapshot["centres"]):
        return Hindsight(None, {}, has_past=False)
    made = forecasts.forecast(_applications(viewing, then), network, week_ago)
    first = today - forecasts.DAYS + 1
    came = forecasts.became_late(_applications(viewing, moment), network, first, today, moment.at)
    return Hindsight(made, came, has_past=True)


def _applications(viewing: Viewing, moment: Any) -> Iterator[Application]:
    for centre in viewing.services.network.centres:
        if moment.centre(centre.id)["state"] != "planned":
            yield from moment.state(centre.id).applications.values()
