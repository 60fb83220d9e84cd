"""The panel behind a number: what it means, how it comes about, how fresh it is, and the very rows that make it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.freshness import freshness, picture_at
from dashboard.metrics import METRIC_BY_KEY
from dashboard.rows import BEHIND, Row, Scope, columns
from dashboard.rows_base import operating
from layouts import behind_words, ids, message, metric_words, row_words, tables
from layouts.asked import Asked
from layouts.view import View
from layouts.words import state_text

QUEUE_GROUPS: Final = ("queue", "load")
"""What is known of a centre only as long as it is heard."""
FILES: Final = {"csv": message("Download CSV"), "xlsx": message("Download XLSX")}


@dataclass(frozen=True)
class Opened:
    """A number whose rows are open."""

    key: str
    scope: Scope
    rows: Sequence[Row] | None
    """The worst first; None where the number cannot be known."""
    value: Any
    shown: Mapping[str, Any] | None
    """The snapshot's centre that the place is of; None for the network."""
    is_past: bool
    files: Mapping[str, str]
    """Addresses of the downloads by their kind."""


def panel(view: View, asked: Asked, opened: Opened) -> html.Aside:
    """The whole panel."""
    _ = view.catalogue.gettext
    return html.Aside(
        [
            html.Header(
                [
                    html.H2(metric_words.label(view, opened.key), id=ids.PANEL_TITLE),
                    html.Button(
                        _("Wide"),
                        type="button",
                        className="panel-wide",
                        **{"data-part": "panel-wide", "aria-pressed": "false"},
                    ),
                    dcc.Link(
                        [html.Span("×", **{"aria-hidden": "true"}), html.Span(_("Close"))],
                        href=asked.closed_href(),
                        className="panel-close",
                    ),
                ],
                className="panel-head",
            ),
            html.P(place(view, opened.scope), className="panel-place"),
            *_value(view, opened),
            *_as_of(view, asked, opened),
            _meaning(view, opened.key),
            *_rows(view, asked, opened),
        ],
        id=ids.PANEL,
        className="panel",
        tabIndex=-1,
        **{"aria-labelledby": ids.PANEL_TITLE, "data-number": opened.key},
    )


def place(view: View, scope: Scope) -> str:
    """The name of the place: the network, a centre, or a branch with its centre."""
    if scope.centre is None:
        return view.network.names.get(view.catalogue.language)
    if scope.branch is None:
        return view.name(scope.centre)
    return f"{view.name(scope.centre)}, {view.branch_name(scope.centre, scope.branch)}"


def _value(view: View, opened: Opened) -> list[Component]:
    text = metric_words.value_text(view, opened.key, opened.value)
    raw = "" if opened.value is None or isinstance(opened.value, dict) else repr(opened.value)
    number = html.P(text, className="panel-value", **{"data-panel-value": raw})
    parts = _parts(view, opened)
    return [number, html.Ul([html.Li(each) for each in parts], className="panel-parts")] if parts else [number]


def _parts(view: View, opened: Opened) -> list[str]:
    """A number that is several: each with its name, the largest first."""
    if not isinstance(opened.value, dict):
        return []
    name = row_words.party if opened.key == "sla.overdue_by" else lambda view, of: row_words.word(view, "reason", of)
    ordered = sorted(opened.value.items(), key=lambda each: -each[1])
    return [f"{name(view, of)}: {view.catalogue.number(count)}" for of, count in ordered]


def as_of(view: View, opened: Opened) -> tuple[str, bool]:
    """What the number is as of, in words, and whether that is an old picture of a centre that is not heard now."""
    _, scope = view.catalogue.gettext, opened.scope
    if scope.is_planned:
        return _("The centre has not opened yet: nothing is known of it."), False
    if scope.centre is not None and METRIC_BY_KEY[opened.key].group in QUEUE_GROUPS:
        picture = picture_at(scope.states[scope.centre], scope.now)
        if picture < scope.now:
            return _("Old: the last picture known, of {when}", when=moment_text(view, picture)), True
    text = _("As of {when}", when=moment_text(view, scope.now))
    return (_("The past. {as_of}", as_of=text) if opened.is_past else text), False


def moment_text(view: View, moment: float) -> str:
    """``10:30:10``, with the date when that is not today's."""
    local, catalogue = view.network.local, view.catalogue
    seconds = int(local.seconds_of_day(moment) % 60)
    time = f"{catalogue.time(moment, local)}:{seconds:02}"
    day = local.day(moment)
    return time if day == local.day(view.now) else f"{catalogue.date(date.fromordinal(day))}, {time}"


def _as_of(view: View, asked: Asked, opened: Opened) -> list[Component]:
    _ = view.catalogue.gettext
    text, is_old = as_of(view, opened)
    line: list[Component] = [html.Span(text)]
    if not opened.is_past:
        line.append(html.A(_("Count again"), href=asked.href()))
    mark = {"data-old": "1"} if is_old else {}
    found: list[Component] = [html.P(line, className="panel-as-of", **mark)]
    if opened.shown is not None and opened.shown["state"] in ("late", "silent", "closed"):
        found.append(html.P(state_text(view, opened.shown), className="panel-state"))
    if left_out := _left_out(view, opened):
        found.append(html.P(left_out, className="panel-state"))
    return found


def _left_out(view: View, opened: Opened) -> str:
    """Centres whose queue is not added to the network's number, because it is not known now."""
    scope = opened.scope
    if scope.centre is not None or METRIC_BY_KEY[opened.key].group not in QUEUE_GROUPS:
        return ""
    names = [
        view.name(centre.id)
        for centre, state in operating(scope)
        if freshness(state, centre, scope.network, scope.now) in ("silent", "closed")
    ]
    return (
        view.catalogue.gettext("Not counted, for they are closed or out of contact: {names}", names=", ".join(names))
        if names
        else ""
    )


def _meaning(view: View, key: str) -> html.Dl:
    _ = view.catalogue.gettext
    levels = [
        html.Span(
            [html.Span(className="shape", **{"aria-hidden": "true"}), text],
            className="panel-level",
            **{"data-mark": level},
        )
        for level, text in behind_words.thresholds(view, key)
    ]
    facts: list[tuple[str, Any]] = [
        (_("What it is"), behind_words.definition(view, key)),
        (_("How it is counted"), behind_words.formula(view, key)),
        (_("The norm"), "; ".join((behind_words.norm(view, key), *behind_words.other_norms(view, key)))),
        *([(_("The level"), levels)] if levels else []),
        (_("Where it comes from"), behind_words.source(view, key)),
    ]
    return html.Dl([html.Div([html.Dt(name), html.Dd(said)]) for name, said in facts], className="panel-meaning")


def _rows(view: View, asked: Asked, opened: Opened) -> list[Component]:
    _ = view.catalogue.gettext
    if opened.rows is None:
        return [html.P(_("The number is not known, so there are no rows."), className="note")]
    held, all_rows = min(len(opened.rows), tables.MOST_ROWS), len(opened.rows)
    n, everything = view.catalogue.number(held), view.catalogue.number(all_rows)
    said = _("Rows shown: {n} of {all}", n=n, all=everything)
    shown = {"data-part": "rows-count", "data-shown": str(held), "data-all": str(all_rows)}
    notes = [_("The files hold all rows, whatever the filters.")]
    if held < all_rows:
        cut = _("The table has the first {n} of {all} rows, and sorts and filters these.", n=n, all=everything)
        notes.insert(0, cut)
    grid = tables.grid(
        view,
        asked,
        columns(opened.key, opened.scope),
        opened.rows,
        table_id=ids.PANEL_TABLE,
        worst=BEHIND[opened.key].worst,
    )
    return [
        html.H3(_("The rows that make it")),
        html.Div(
            [
                html.P(said, className="panel-count", role="status", **shown),
                *(
                    html.A(_(text), href=opened.files[kind], className="panel-file", **{"data-file": kind})
                    for kind, text in FILES.items()
                ),
            ],
            className="panel-tools",
        ),
        html.Div(html.P(_("The table is being fetched…"), className="note"), id=ids.PANEL_GRID),
        dcc.Store(id=ids.PANEL_ROWS, data=grid),
        html.P(" ".join(notes), className="note"),
    ]
