"""Staff in words: how a rate is read beside its counts, what a correlation says, how long people stay."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.calendars import DAY_S
from dashboard.i18n import UNKNOWN
from dashboard.staff_sample import YEAR_S
from dashboard.staff_statistics import LEAST_BRANCHES, LEAST_TEAM, Against, Correlation, Interval, Share
from dashboard.staffing import Team
from layouts import message
from layouts.view import View

SURE: Final = 0.05
"""A correlation is told of as one when so strong a one comes by chance less often than this."""
AGAINST: Final[Mapping[Against, str]] = {
    "above": message("above the network"),
    "below": message("below the network"),
    "same": message("as the network, by what chance allows"),
}
Problem = tuple[str, str]


def span(view: View, low: float | None, high: float | None) -> str:
    """An interval of shares: ``11–31 %``; empty when it is not known."""
    if low is None or high is None:
        return ""
    return f"{view.catalogue.number(low * 100)}–{view.catalogue.percent(high)}"


def interval_text(view: View, team: Team | None, interval: Interval | None) -> str:
    """A rate's interval, or that the team is too small to say, or a dash where nothing is known."""
    if interval is not None:
        return span(view, interval.low, interval.high)
    mean = None if team is None else team.mean_headcount
    return view.catalogue.gettext("too few people") if mean is not None and mean < LEAST_TEAM else UNKNOWN


def counts_text(view: View, team: Team | None) -> str:
    """What a rate is made of: leavers and mean headcount."""
    if team is None or team.left_12m is None or team.mean_headcount is None:
        return ""
    mean = view.catalogue.decimal(team.mean_headcount, 1)
    return view.catalogue.gettext("{left} of {mean}", left=view.catalogue.number(team.left_12m), mean=mean)


def history_text(view: View, team: Team | None, figures: Mapping[str, Any]) -> str:
    """What a rate stands on, when that is less than a year: of staff, or of leavings that are told; else nothing."""
    if team is None or not team.sample.known:
        return ""
    days = view.catalogue.number((team.sample.now - team.sample.since) // DAY_S)
    if figures["rate_12m"] is None:
        return view.catalogue.gettext("{n} d of history: too little", n=days)
    if figures["annualised"]:
        return view.catalogue.gettext("scaled to a year from {n} d", n=days)
    if team.sample.now - YEAR_S < team.told_since < team.sample.now:
        day = view.catalogue.date(view.catalogue.day_of(team.told_since, view.network.local))
        return view.catalogue.gettext("leavers are told of since {date} only", date=day)
    return ""


def of_known(view: View, counts: tuple[int, int] | None) -> str:
    """``3 of 7``; empty when nothing is known."""
    if not counts or not counts[1]:
        return ""
    number = view.catalogue.number
    return view.catalogue.gettext("{part} of {whole}", part=number(counts[0]), whole=number(counts[1]))


def moved_text(view: View, team: Team) -> str:
    """Of who left a part, how many went on in another part of the same whole."""
    if not team.moved_out:
        return ""
    return view.catalogue.gettext("moved inside: {n}", n=view.catalogue.number(team.moved_out))


def correlation_text(view: View, found: Correlation) -> str:
    """What the points say, in one sentence or two."""
    catalogue = view.catalogue
    branches = catalogue.number(found.branches)
    if found.branches < LEAST_BRANCHES:
        return catalogue.gettext(
            "Too few halls to say: load and turnover are known of {n}, and {least} are needed.",
            n=branches,
            least=catalogue.number(LEAST_BRANCHES),
        )
    if found.rho is None or found.p is None:
        return catalogue.gettext("All halls are alike in load or in turnover: nothing can be said.")
    numbers = {"rho": catalogue.decimal(found.rho, 2), "n": branches, "p": _chance(view, found.p)}
    if found.p >= SURE:
        return catalogue.gettext(
            "No link can be seen: Spearman's rank correlation is {rho} over {n} halls, and so strong a one comes by "
            "chance in {p} of cases.",
            **numbers,
        )
    if found.rho > 0:
        return catalogue.gettext(
            "Where the load is higher, more people leave: Spearman's rank correlation is {rho} over {n} halls; by "
            "chance it comes in {p} of cases. A link is not yet a cause.",
            **numbers,
        )
    return catalogue.gettext(
        "Where the load is higher, fewer people leave: Spearman's rank correlation is {rho} over {n} halls; by "
        "chance it comes in {p} of cases. A link is not yet a cause.",
        **numbers,
    )


def _chance(view: View, p: float) -> str:
    share = view.catalogue.percent(max(p, 0.01))
    return view.catalogue.gettext("less than {share}", share=share) if p < 0.01 else share


def months_text(view: View, months: float | None) -> str:
    if months is None:
        return UNKNOWN
    return view.catalogue.gettext("{n} months", n=view.catalogue.number(months))


def share_text(view: View, share: Share | None) -> tuple[str, str]:
    """A share and its interval; a dash when too few are followed that long."""
    if share is None:
        return UNKNOWN, view.catalogue.gettext("too few are followed that long")
    return view.catalogue.percent(share.value), span(view, share.low, share.high)
