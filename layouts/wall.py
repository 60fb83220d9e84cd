"""The wall: every centre in a fixed place, the network's totals, and what to do now, in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, sqrt
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.alert_board import WATCHED_S, Board
from dashboard.metrics import GROUPS, no_figures
from layouts import ids, plain, words
from layouts.shell import switches
from layouts.strip import strip
from layouts.tiles import centre_href, tile
from layouts.view import View, epoch

STALE_S: Final = 8.0
ACT_LINES: Final = 3
_AHEAD_S: Final = 400 * 86_400
_COLUMNS_MOST: Final = 4
_NAME_MOST: Final = 36
"""Characters of the network's name that leave room for the line below it."""

Snapshot = Mapping[str, Any]


def layout(view: View, snapshot: Snapshot | None, standing: Board | None = None) -> html.Div:
    """The whole page. ``snapshot`` is the published object (docs/snapshot.md), None before there is one; ``standing``
    what stands of alarms, None when no runner ever said it."""
    shown = snapshot or nothing_known(view)
    return page(
        view,
        shown,
        config(view, snapshot) | {"standing": standing},
        time=_time(view, shown),
        alarm=alarm_text(view, shown),
        line=strip(view, standing, epoch(shown["at"]) if shown["at"] else view.now),
        **{"data-live": live(view, snapshot)},
    )


def page(
    view: View,
    shown: Snapshot,
    script: Mapping[str, Any],
    *,
    time: Component,
    alarm: str,
    line: Component | None = None,
    above: Sequence[Component] = (),
    **attributes: str,
) -> html.Div:
    """A picture on the wall. ``script`` is what the script is given, ``time`` stands at the right of the header,
    ``line`` under what to do now, ``above`` over all; ``attributes`` are the root's own."""
    columns = min(_COLUMNS_MOST, ceil(sqrt(max(1, len(view.network.centres)))))
    by_id = {centre["id"]: centre for centre in shown["centres"]}
    blank = {centre["id"]: centre for centre in nothing_known(view)["centres"]}
    tiles = [tile(view, by_id.get(each.id, blank[each.id])) for each in view.network.centres]
    return html.Div(
        [
            *above,
            _header(view, shown, time),
            _act_now(view, shown, alarm),
            *([line] if line is not None else []),
            html.Main(
                tiles,
                className="tiles",
                style={"--columns": columns, "--rows": ceil(len(tiles) / columns)},
                **{"aria-label": view.catalogue.gettext("Centres")},
            ),
            dcc.Store(id=ids.WALL_CONFIG, data=script),
            dcc.Store(id=ids.WALL_FOLLOWING),
        ],
        id=ids.WALL,
        className="wall",
        **{"data-version": str(shown["version"]), **attributes},
    )


def live(view: View, snapshot: Snapshot | None) -> str:
    """``live`` when the snapshot is at most 8 s old, else ``stale``."""
    fresh = snapshot is not None and view.now - epoch(snapshot["at"]) <= STALE_S
    return "live" if fresh else "stale"


def nothing_known(view: View) -> dict[str, Any]:
    """A snapshot in which no number is known: what is shown before the first one is there."""
    centres = [
        {
            "id": each.id,
            "state": "planned" if each.planned else "silent",
            "as_of": None,
            "opens": each.opens.isoformat() if each.opens else None,
            "level": "ok" if each.planned else "watch",
            "levels": dict.fromkeys(GROUPS, "ok"),
            "trend": {},
            **no_figures(),
        }
        for each in view.network.centres
    ]
    unknown = dict.fromkeys(("operating", "planned", "ok", "watch", "act", "silent"))
    totals = no_figures() | {
        "centres": unknown,
        "services": {"offered": None, "promised": None},
        "refused_today": None,
    }
    return {"version": 0, "at": None, "centres": centres, "totals": totals, "act": []}


def totals_text(view: View, totals: Mapping[str, Any]) -> dict[str, str]:
    """The header's figures by part name."""
    number, filled = view.catalogue.number, words.templates(view.catalogue)
    centres, services = totals["centres"], totals["services"]
    return {
        "total-waiting": number(totals["queue"]["waiting"]),
        "total-operating": number(centres["operating"]),
        "total-planned": planned_text(view, centres["planned"]),
        "total-act": number(centres["act"]),
        "total-watch": number(centres["watch"]),
        "total-ok": number(centres["ok"]),
        "total-overdue": number(totals["sla"]["overdue"]),
        "total-offered": number(services["offered"]),
        "total-promised": filled["total.of"].format(n=number(services["promised"])),
        "total-refused": number(totals["refused_today"]),
        "freshness": words.freshness_text(view, centres["silent"]),
    }


def planned_text(view: View, planned: int | None) -> str:
    """How many centres are still to open; nothing when none is."""
    if not planned:
        return ""
    return words.templates(view.catalogue)["total.planned"].format(n=view.catalogue.number(planned))


def _header(view: View, shown: Snapshot, time: Component) -> html.Header:
    name = view.network.names.get(view.catalogue.language)
    demo = view.catalogue.gettext("Demonstration: simulated data and clock") if view.network.demo else ""
    return html.Header(
        [
            html.Div(
                [
                    html.H1(name, className="long" if len(name) > _NAME_MOST else ""),
                    html.P(demo, className="demo", hidden=not demo),
                ],
                className="wall-name",
            ),
            html.Div(_totals(view, shown["totals"]), className="totals"),
            time,
        ],
        className="wall-header",
    )


def _time(view: View, shown: Snapshot) -> html.Div:
    """The clock, the day, whether data comes; under them the switches and the small way to the past."""
    _, catalogue, local = view.catalogue.gettext, view.catalogue, view.network.local
    day = date.fromordinal(local.day(view.now))
    freshness = totals_text(view, shown["totals"])["freshness"]
    past = html.A(_("The past"), href="/wall?at=now", title=_("The network at any moment of the past"))
    return html.Div(
        [
            html.P(catalogue.time(view.now, local), className="clock", **_part("clock")),
            html.Div(
                [
                    html.P(catalogue.long_date(day), className="today", **_part("today")),
                    html.P(freshness, className="freshness", **_part("freshness")),
                    html.Div(
                        [switches(view), html.Div([past, *_who(view)], className="switches")], className="wall-ways"
                    ),
                ]
            ),
        ],
        className="wall-time",
    )


def _who(view: View) -> list[html.A]:
    """A small way to another role in the open demo, or to one's account; a wall screen has none."""
    _, viewer = view.catalogue.gettext, view.viewer
    if viewer.is_open:
        role = _(plain.ROLE_WORDS[viewer.role])
        return [html.A(role, href="/look", title=_("Open demonstration, you look as:") + f" {role}")]
    return [html.A(viewer.name, href="/account", title=_("Your account"))] if viewer.login else []


def _totals(view: View, totals: Mapping[str, Any]) -> list[html.Div]:
    _, text = view.catalogue.gettext, totals_text(view, totals)
    levels = [
        html.Span(
            [
                html.Span(className="shape", **{"aria-hidden": "true"}),
                html.Span(text[f"total-{level}"], **_part(f"total-{level}")),
            ],
            className="total-level",
            title=words.templates(view.catalogue)[f"level.{level}"],
            **{"data-mark": level},
        )
        for level in ("act", "watch", "ok")
    ]
    return [
        _total(_("People waiting"), [_figure(text, "total-waiting")]),
        _total(_("Centres"), [_figure(text, "total-operating"), _aside(text, "total-planned")]),
        _total(_("Act · watch · on track"), levels),
        _total(_("Documents overdue"), [_figure(text, "total-overdue")]),
        _total(_("Services"), [_figure(text, "total-offered"), _aside(text, "total-promised")]),
        _total(_("Refused today"), [_figure(text, "total-refused")]),
    ]


def _total(label: str, figures: list[html.Span]) -> html.Div:
    return html.Div([html.P(label, className="total-label"), html.P(figures, className="total-figures")])


def _figure(text: Mapping[str, str], part: str) -> html.Span:
    return html.Span(text[part], className="total-figure", **_part(part))


def _aside(text: Mapping[str, str], part: str) -> html.Span:
    return html.Span(text[part], className="total-aside", **_part(part))


def _act_now(view: View, shown: Snapshot, alarm: str) -> html.Section:
    """Up to three lines in words; in their place, in letters that carry 6 m, the news that data has stopped."""
    _ = view.catalogue.gettext
    lines = list(shown["act"])[:ACT_LINES]
    cards = [_act_line(view, lines[place] if place < len(lines) else None) for place in range(ACT_LINES)]
    return html.Section(
        [
            html.H2(_("Act now"), className="aside-only"),
            html.Ol(cards, className="act-lines", hidden=not lines, **_part("act-lines")),
            html.P(
                _("Nothing needs you at this moment"), className="act-none", hidden=bool(lines), **_part("act-none")
            ),
            html.P(alarm, className="alarm", role="alert", **_part("alarm")),
        ],
        className="act-now",
    )


def _act_line(view: View, line: Mapping[str, Any] | None) -> html.Li:
    text = words.act_text(view, line) if line else dict.fromkeys(("where", "what", "since", "do"), "")
    link = html.A(
        text["where"],
        href=centre_href(line["centre"]) if line and view.may_open("centre", line["centre"]) else None,
        className="whole-link",
        **_part("where"),
    )
    return html.Li(
        [
            html.Span(className="shape", **{"aria-hidden": "true"}),
            html.P(
                [html.Strong(link), " ", html.Span(text["what"], **_part("what"))],
                className="act-what",
            ),
            html.P(
                [
                    html.Span(text["do"], className="act-do", **_part("do")),
                    " ",
                    html.Span(text["since"], **_part("since")),
                ],
                className="act-how",
            ),
        ],
        className="act-line",
        hidden=line is None,
        **_part("act-line"),
    )


def alarm_text(view: View, shown: Snapshot) -> str:
    if shown["at"] is None:
        return words.templates(view.catalogue)["live.none"]
    if live(view, shown) == "live":
        return ""
    return words.templates(view.catalogue)["live.stale"].format(when=view.when(shown["at"]))


def config(view: View, snapshot: Snapshot | None) -> dict[str, Any]:
    """What the script needs: names, templates, patterns, norms, the zone's offsets, and the snapshot to begin from."""
    language, network = view.catalogue.language, view.network
    begin = None
    if snapshot is not None:
        begin = {**snapshot, "centres": [_without_branches(centre) for centre in snapshot["centres"]]}
    return {
        "now": view.now,
        "language": language,
        "watched_s": WATCHED_S,
        "network": network.names.get(language),
        "build": view.build,
        "urls": {"live": "/api/v1/live", "snapshot": "/api/v1/snapshot"},
        "theme": view.theme,
        "offsets": offsets(view),
        "patterns": view.catalogue.for_script(),
        "words": words.templates(view.catalogue),
        "plurals": words.plurals(view.catalogue),
        "norms": {
            "wait_s": network.norms.wait_s,
            "occupancy": network.norms.occupancy,
            "turnover": network.norms.turnover,
            "overdue": network.norms.overdue,
        },
        "centres": {
            each.id: {
                "name": each.names.get(language),
                "branches": {branch.id: branch.names.get(language) for branch in each.branches},
            }
            for each in network.centres
        },
        "shut": [each.id for each in network.centres if not view.may_open("centre", each.id)],
        "agencies": {each.id: each.names.get(language) for each in network.agencies},
        "snapshot": begin,
    }


def offsets(view: View, since: float | None = None) -> list[list[float]]:
    """``[from, seconds east of UTC]`` of the network's zone for the coming year and, from ``since``, for the past; the
    first holds for all before it."""
    first, *rest = view.network.local.offsets(view.now if since is None else since, view.now + _AHEAD_S)
    return [[0.0, float(first[1])], *([start, float(offset)] for start, offset in rest)]


def _without_branches(centre: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in centre.items() if key not in ("branches", "warnings", "since")}


def _part(name: str) -> dict[str, str]:
    return {"data-part": name}
