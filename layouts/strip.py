"""The wall's strip: alarms that stand, the most urgent one of each centre, in one calm line that is always there.

dashboard/assets/wall-words.js says the same in the browser; how many of the places fit the line is seen there.
"""

from collections.abc import Mapping
from typing import Any, Final

from dash import html

from dashboard.alert_board import Board, is_watched
from layouts import words
from layouts.view import View

PLACES: Final = 6
"""Centres in the line at most; the network is one. What is not named is counted."""


def strip(view: View, found: Board | None, at: float) -> html.Section:
    """``found``: what stands, None when no runner ever said it; ``at``: the moment of the picture, epoch seconds."""
    said = texts(view, found, at)
    label = view.catalogue.gettext("Alarms")
    places = [*said["places"], *[None] * (PLACES - len(said["places"]))]
    return html.Section(
        [
            html.H2(
                html.A(label, href="/alerts") if view.may_open("alerts") else label,
                className="strip-label",
            ),
            html.P(said["said"], className="strip-said", hidden=not said["said"], **_part("strip-said")),
            html.Ol(
                [_place(each) for each in places],
                className="strip-list",
                hidden=not said["places"],
                **_part("strip-list"),
            ),
            html.P(said["more"], className="strip-more", **_part("strip-more")),
        ],
        className="strip",
        **{"data-strip": said["state"], **_part("strip")},
    )


def texts(view: View, found: Board | None, at: float) -> dict[str, Any]:
    """``state``: ``off`` (nobody watches the rules), ``none`` or ``some``; ``said``: what stands in the place of
    places; each of ``places``: ``where``, ``what`` and ``mark``; ``more``: how many are not named."""
    filled = words.templates(view.catalogue)
    if found is None or not is_watched(found, at):
        return {"state": "off", "said": filled["strip.off"], "places": [], "more": ""}
    standing = [(each["id"], [a for a in each["alarms"] if a["state"] != "recovering"]) for each in found["centres"]]
    places = [_place_text(view, found, centre, alarms[0]) for centre, alarms in standing if alarms][:PLACES]
    if not places:
        return {"state": "none", "said": filled["strip.none"], "places": [], "more": ""}
    total = sum(len(alarms) for _, alarms in standing)
    return {"state": "some", "said": "", "places": places, "more": more_text(view, total - len(places))}


def more_text(view: View, count: int) -> str:
    """How many alarms are not named."""
    if not count:
        return ""
    catalogue = view.catalogue
    forms = words.plurals(catalogue)["strip.more"]
    return forms[catalogue.plural_index(count)].format(n=catalogue.number(count))


def _place_text(view: View, found: Board, centre: str, alarm: Mapping[str, Any]) -> dict[str, str]:
    filled = words.templates(view.catalogue)
    what = found["rules"][alarm["rule"]][view.catalogue.language]
    since = filled["act.since"].format(when=view.when(alarm["since"]))
    is_taken = alarm["state"] == "acknowledged"
    said = filled["strip.taken" if is_taken else "strip.one"].format(what=what, since=since)
    mark = "taken" if is_taken else alarm["severity"]
    return {"where": _where(view, centre, alarm["branch"]), "what": said, "mark": mark}


def _where(view: View, centre: str, branch: str) -> str:
    if not centre:
        return view.network.names.get(view.catalogue.language)
    name, known = view.name(centre), view.network.centre_by_id.get(centre)
    if not branch or known is None or len(known.branches) < 2:
        return name
    place = words.templates(view.catalogue)["act.place"]
    return place.format(centre=name, branch=view.branch_name(centre, branch))


def _place(said: Mapping[str, Any] | None) -> html.Li:
    return html.Li(
        [
            html.Span(className="shape", **{"aria-hidden": "true"}),
            html.Strong(said["where"] if said else "", **_part("strip-where")),
            html.Span(said["what"] if said else "", **_part("strip-what")),
        ],
        className="strip-place",
        hidden=said is None,
        **{"data-mark": said["mark"] if said else "", **_part("strip-place")},
    )


def _part(name: str) -> dict[str, str]:
    return {"data-part": name}
