"""The wall in the past: the same tiles for another moment, plainly marked, with the way back and a control of time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from dash import html

from layouts import wall
from layouts.desk import problem_lines
from layouts.shell import switches
from layouts.view import View, epoch

STEP_S: Final = 300
"""The slider's step; a day is played in steps of two (assets/wall-past.js)."""
_VALUE_MOST: Final = 64
Snapshot = Mapping[str, Any]


def newest(now: float) -> float:
    """The last step that is wholly past: where the wall begins when nobody said which moment is wanted."""
    return (now - 1) // STEP_S * STEP_S


def layout(view: View, snapshot: Snapshot, since: float | None) -> html.Div:
    """The whole page for a rebuilt ``snapshot``; ``view.now`` is the true time, ``since`` when history begins."""
    at = epoch(snapshot["at"])
    then = replace(view, now=at)
    script = wall.config(then, snapshot) | {
        "now": view.now,
        "offsets": wall.offsets(view, min(at, at if since is None else since)),
        "past": script_of(view, at, since),
    }
    page = wall.page(
        then,
        snapshot,
        script,
        time=html.Div(className="time-control", **{"data-part": "time-control"}),
        alarm="",
        above=[band(view, at)],
        **{"data-live": "stale", "data-at": snapshot["at"]},
    )
    for each in page._traverse():
        if isinstance(each, html.A) and str(getattr(each, "href", "")).startswith("/centre/"):
            each.href += f"{'&' if '?' in each.href else '?'}at={text(view, at)}"
    return page


def refused(view: View, live: html.Div, kind: str, value: str) -> html.Div:
    """The wall of now, and why it is not the one that was asked for."""
    (line,) = problem_lines(view, [(kind, value[:_VALUE_MOST])])
    live.children = [html.Div(line, className="wall-problem"), *live.children]
    return live


def band(view: View, at: float) -> html.Div:
    """What stands over everything as long as the past is shown."""
    _ = view.catalogue.gettext
    moment = text(view, at)
    return html.Div(
        [
            html.P(
                band_text(view, at),
                className="band-text",
                title=_("The network as it was, from what had arrived by then"),
                role="status",
                **{"data-part": "band"},
            ),
            html.Div(
                [
                    html.A(_("Back to now"), href="/wall", className="to-now"),
                    switches(view, lambda name, value: f"?at={moment}&{name}={value}"),
                ],
                className="band-ways",
            ),
        ],
        className="band",
    )


def band_text(view: View, at: float) -> str:
    _, local = view.catalogue.gettext, view.network.local
    day = view.catalogue.long_date(date.fromordinal(local.day(at)))
    return _("The past: {date}, {time}", date=day, time=view.catalogue.time(at, local))


def text(view: View, at: float) -> str:
    """A moment as an address has it: the network's local time, to the minute when that is exact."""
    return view.network.local.to_datetime(at).replace(tzinfo=None).isoformat(timespec="auto" if at % 60 else "minutes")


def opening(view: View) -> int:
    """When the first branch of the network opens, minutes after midnight."""
    shifts = [shift for centre in view.network.centres for branch in centre.branches for shift in branch.hours]
    return min((shift.opens for shift in shifts if shift), default=0)


def script_of(view: View, at: float, since: float | None) -> dict[str, Any]:
    """What the control of time needs: the moment shown, the first day, when the first branch opens, and its words."""
    _, local = view.catalogue.gettext, view.network.local
    first = view.now if since is None else since
    return {
        "first": text(view, local.day_start(local.day(first))),
        "at": text(view, at),
        "offset": local.offset(view.now),
        "opens": opening(view),
        "words": {
            "band": _("The past: {date}, {time}"),
            "control": _("Moment"),
            "day": _("Which day"),
            "time": _("Time of day"),
            "day_back": _("A day back"),
            "day_on": _("A day on"),
            "step_back": _("5 minutes back"),
            "step_on": _("5 minutes on"),
            "play": _("Play the day"),
            "pause": _("Pause"),
            "failed": _("This moment did not come: the server does not answer"),
        },
    }
