"""What the staff page asks of the past: by place from the states of the moment, load from the rollups."""

from typing import Any

from callbacks.viewing import Viewing
from dashboard.counts import Counts
from dashboard.staff_statistics import load_and_turnover, survival
from dashboard.staffing import Staffing, Team, branch_teams, headcounts, months, posts_at, rates, told_since
from dashboard.state import CentreState
from layouts import staff, staff_history
from layouts.asked import Asked
from layouts.staff_history import Past, Point
from layouts.view import View


def draw(viewing: Viewing, view: View, asked: Asked, moment: Any, staffing: Staffing) -> list[Any]:
    """``staffing`` is that of the network, or of the centre that is asked for."""
    network, whole = view.network, staffing.whole
    teams = [whole, *staffing.parts] if len(staffing.parts) > 1 else [whole]
    states = {centre: moment.state(centre) for centre in _centres(staffing)}
    counted = headcounts(whole, network)
    points = _points(viewing, view, asked, moment, states)
    past = Past(
        headcounts=counted,
        posts=[posts_at(states.values(), network, at) for at, _count in counted],
        months=months(whole, network),
        rates=[(*_place(view, asked, each, is_whole=each is whole), rates(each, network)) for each in teams],
        reasons=staff.place_of(moment.snapshot, whole.centre or None)["turnover"]["reasons"],
        survival=survival(
            staffing.people.values(),
            {each: told_since(state, network) for each, state in states.items()},
            whole.centre,
            whole.sample.now,
        ),
        points=points,
        correlation=load_and_turnover((load, rate) for _name, load, rate, _count, _href in points),
        load=staff_history.load_window(asked),
    )
    return staff_history.history(view, asked, past)


def _centres(staffing: Staffing) -> list[str]:
    """Those whose staff it is."""
    return [staffing.whole.centre] if staffing.whole.centre else [each.centre for each in staffing.parts]


def _place(view: View, asked: Asked, team: Team, *, is_whole: bool) -> tuple[str, str | None]:
    if is_whole:
        return view.catalogue.gettext("The whole centre") if team.centre else view.catalogue.gettext(
            "The whole network"
        ), None
    if not team.branch:
        return view.name(team.centre), asked.href(of=team.centre, number=None)
    return view.branch_name(team.centre, team.branch), asked.branch_href(team.centre, team.branch)


def _points(viewing: Viewing, view: View, asked: Asked, moment: Any, states: dict[str, CentreState]) -> list[Point]:
    """One a branch: its load over whole days up to yesterday, and its turnover now."""
    last = view.network.local.day(moment.at) - 1
    first = last - int(staff_history.load_window(asked)) + 1
    clocks = {centre: moment.clock(centre) for centre in states}
    found: list[Point] = []
    for team in branch_teams(states, view.network, clocks):
        days = viewing.services.rollups.days(first, last, team.centre, team.branch)
        name = view.catalogue.gettext(
            "{centre}, {branch}", centre=view.name(team.centre), branch=view.branch_name(team.centre, team.branch)
        )
        rate = rates(team, view.network)[-1]
        count = team.sample.headcount(team.sample.now) if team.sample.known else None
        href = asked.branch_href(team.centre, team.branch)
        found.append((name, Counts.total(days.values()).occupancy, rate, count, href))
    return found
