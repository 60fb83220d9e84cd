"""What the pages about deadlines call stages, parties and days; and what of their filters cannot be."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from dash import html

from dashboard.deadlines import CENTRE
from dashboard.papers import FINISHED, GROUPS, NUMBER_OF, STAGES, Group, Paper, Wanted
from layouts import message, metric_words
from layouts.asked import Asked
from layouts.view import View

STAGE_WORDS: Final = {
    "accepted": message("accepted, at the centre"),
    "agency": message("is at an agency"),
    "returned": message("back at the centre"),
    "ready": message("is ready"),
    "issued": message("was issued"),
    "rejected": message("was rejected"),
    "withdrawn": message("was withdrawn"),
}
GROUP_HEADS: Final[dict[Group, str]] = {
    "late": message("overdue"),
    "soon": message("due soon"),
    "breached": message("late in 7 days"),
}
"""Heads of columns of counts."""
PROBLEM_WORDS: Final = {
    "of": message("There is no centre or branch “{value}” in this network: all are shown."),
    "service": message("There is no service “{value}” here: all are shown."),
    "stage": message("There is no stage “{value}”: all are shown."),
    "holder": message("Nobody called “{value}” holds documents here: all are shown."),
    "group": message("There is no group “{value}”: the overdue ones are shown."),
}
"""By the filter that cannot be understood."""
DEFAULT_GROUP: Final[Group] = "late"


def wanted(view: View, asked: Asked, papers: Iterable[Paper]) -> tuple[Wanted, Group, list[tuple[str, str]]]:
    """What the filters of an address ask for; and those that name nothing: (filter, value), which are left out."""
    found: dict[str, str | None] = {}
    problems = []
    for name in ("of", "service", "stage", "holder"):
        value = asked.filters.get(name)
        if value is None:
            continue
        if name == "of":
            centre, _, branch = value.partition("/")
            if _is_place(view, centre, branch):
                found |= {"centre": centre, "branch": branch or None}
                continue
        elif _is_known(view, name, value, papers):
            found[name] = value
            continue
        problems.append((name, value))
    group = next((each for each in GROUPS if each == asked.filters.get("group", DEFAULT_GROUP)), None)
    if group is None:
        problems.append(("group", asked.filters["group"]))
    return Wanted(**found), group or DEFAULT_GROUP, problems


def problem_lines(view: View, problems: Iterable[tuple[str, str]]) -> list[html.P]:
    return [
        html.P(view.catalogue.gettext(PROBLEM_WORDS[name], value=value), className="problem", role="alert")
        for name, value in problems
    ]


def group_name(view: View, group: Group) -> str:
    return metric_words.label(view, NUMBER_OF[group])


def stage(view: View, stage: str) -> str:
    return view.catalogue.gettext(STAGE_WORDS[stage])


def party(view: View, party: str) -> str:
    """The centre, an agency by its name, or that nobody has it any more."""
    if party == CENTRE:
        return view.catalogue.gettext("the centre")
    if party == FINISHED:
        return view.catalogue.gettext("finished")
    return view.agency_name(party)


def service(view: View, service: str) -> str:
    found = view.network.service_by_id.get(service)
    if found is not None:
        return found.names.get(view.catalogue.language)
    return service or view.catalogue.gettext("service not named")


def day(view: View, day: int, today: int) -> str:
    """Day and month, and the year when it is another one than today's."""
    at = date.fromordinal(day)
    return _with_year(view.catalogue.date(at), at, today)


def short_day(view: View, day: int, today: int) -> str:
    """The same with the month abbreviated, on one line."""
    at = date.fromordinal(day)
    month = view.catalogue.locale.months["format"]["abbreviated"][at.month]
    text = view.catalogue.gettext("{day} {month}", day=at.day, month=month)
    return _with_year(text, at, today).replace(" ", "\u00a0")


def moment(view: View, moment: float, today: int) -> str:
    """Day and time of an epoch second."""
    local = view.network.local
    return f"{day(view, local.day(moment), today)}, {view.catalogue.time(moment, local)}"


def days(view: View, days: float) -> str:
    """Days with one decimal, as used up time is told."""
    return view.catalogue.gettext("{n} d", n=view.catalogue.decimal(days, 1))


def _with_year(text: str, at: date, today: int) -> str:
    return text if at.year == date.fromordinal(today).year else f"{text} {at.year}"


def _is_place(view: View, centre: str, branch: str) -> bool:
    found = view.network.centre_by_id.get(centre)
    return found is not None and (not branch or any(each.id == branch for each in found.branches))


def _is_known(view: View, name: str, value: str, papers: Iterable[Paper]) -> bool:
    if name == "stage":
        return value in STAGES
    known = view.network.service_by_id if name == "service" else {CENTRE, FINISHED, *view.network.agency_by_id}
    return value in known or any(getattr(each, name) == value for each in papers)
