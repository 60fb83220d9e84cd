"""A centre: its four numbers, what is wrong and what would help, its branches side by side, and its history."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash.development.base_component import Component

from dashboard.addition import Addition
from dashboard.centre_past import HEATS, CentrePast, DayPast
from dashboard.evidence import Finding
from dashboard.stages import StageCount
from layouts import centre_branches, centre_now, centre_past, centre_services
from layouts.asked import Asked
from layouts.desk import Crumb, period_days
from layouts.view import View, epoch


def title(view: View, asked: Asked) -> str:
    return view.name(asked.centre or "")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return [(view.catalogue.gettext("Wall"), asked.href("/wall")), (title(view, asked), None)]


def now(
    view: View, asked: Asked, centre: Mapping[str, Any], found: Sequence[Finding], added: Addition | None
) -> list[Component]:
    """``centre`` is the snapshot's; ``found`` and ``added`` are of the same moment, ``added`` None before it opens."""
    return [
        centre_now.top(view, asked, centre),
        centre_now.findings(view, asked, centre, found),
        centre_branches.branches(view, asked, centre, added),
    ]


def history(
    view: View,
    asked: Asked,
    past: CentrePast,
    day: DayPast,
    cells: Mapping[tuple[int, int], float | None],
    stages: Sequence[StageCount],
    centre: Mapping[str, Any],
) -> list[Component]:
    """``past`` is of the period asked for, ``day`` the day that stands beside the usual one, ``cells`` the map of the
    week; ``stages`` of the same moment as ``centre``, the snapshot's."""
    heat, at = centre_past.read_heat(asked), epoch(centre["at"])
    names = period_days(view, asked.period), period_days(view, asked.period.before())
    when = view.catalogue.time(at, view.network.local)
    return [
        *([] if heat else [centre_past.heat_problem(view, asked)]),
        centre_past.summary(view, past),
        centre_past.against_usual(view, day, at),
        centre_past.arrivals(view, past, names),
        centre_past.week(view, asked, cells, heat or HEATS[0]),
        centre_services.services(view, asked, past.services, is_day=past.is_day),
        centre_services.stages(view, asked, stages, when, centre["sla"]["open"]),
    ]
