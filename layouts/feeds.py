"""The feeds page: is each centre's data coming, and what was refused, with the reason and the text as it came."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html

from dashboard.i18n import UNKNOWN
from layouts import ids
from layouts.asked import read_asked
from layouts.desk import header
from layouts.view import View

REFRESH_MS: Final = 5_000
RAW_SHOWN: Final = 2_000
"""Characters of a refused event that are shown."""

Feed = Mapping[str, Any]


def layout(view: View, feeds: Sequence[Feed]) -> html.Div:
    _ = view.catalogue.gettext
    asked = read_asked("/feeds", {}, view.network.local, view.now)
    return html.Div(
        [
            header(view, asked, _("Feeds of the centres"), [(_("Wall"), "/wall"), (_("Feeds"), None)]),
            html.Main(
                [
                    html.Div(
                        table(view, feeds),
                        id=ids.FEEDS_TABLE,
                        className="table-frame",
                        role="region",
                        tabIndex="0",  # on a phone it scrolls, and whoever has no mouse scrolls it too
                        **{"aria-label": _("Feeds of the centres")},
                    ),
                    html.Div(refusals(view, feeds), id=ids.FEEDS_REFUSALS),
                ],
                id="main",
            ),
            dcc.Store(id=ids.FEEDS_NEWEST, data=newest(feeds)),
            dcc.Interval(id=ids.FEEDS_TIMER, interval=REFRESH_MS),
        ],
        className="desk",
    )


def table(view: View, feeds: Sequence[Feed]) -> html.Table:
    """A row a centre: its state, its last event and today's counts."""
    _ = view.catalogue.gettext
    heads = [_("Centre"), _("State"), _("Last event"), _("Accepted today"), _("Duplicates"), _("Refused")]
    return html.Table(
        [
            html.Caption(_("Feeds of the centres"), className="aside-only"),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_row(view, feed) for feed in feeds]),
        ],
        className="feeds",
    )


def refusals(view: View, feeds: Sequence[Feed]) -> list[html.Details]:
    """The last refusals of each centre that has any."""
    return [_refusals(view, feed) for feed in feeds if feed["last_refusals"]]


def newest(feeds: Sequence[Feed]) -> list[str]:
    """Which refusals are shown: while these stay, what someone has opened to read stays open."""
    return [each["position"] for feed in feeds for each in feed["last_refusals"]]


def state_word(view: View, state: str | None) -> str:
    _ = view.catalogue.gettext
    return {
        "live": _("in contact"),
        "late": _("late"),
        "silent": _("no contact"),
        "closed": _("closed"),
        "planned": _("planned"),
    }.get(state or "", UNKNOWN)


def _row(view: View, feed: Feed) -> html.Tr:
    number = view.catalogue.number
    refused = sum(feed["refused"].values())
    reasons = ", ".join(f"{reason}: {number(count)}" for reason, count in sorted(feed["refused"].items()))
    return html.Tr(
        [
            html.Th(view.name(feed["id"]), scope="row"),
            html.Td(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(state_word(view, feed["state"]))],
                className="feed-state",
            ),
            html.Td(view.when(feed["as_of"])),
            html.Td(number(feed["accepted"]), className="figure"),
            html.Td(number(feed["duplicates"]), className="figure"),
            html.Td([html.Span(number(refused), className="figure"), html.Span(reasons, className="reasons")]),
        ],
        **{"data-feed": feed["id"], "data-state": feed["state"] or "", "data-mark": _mark(feed["state"])},
    )


def _mark(state: str | None) -> str:
    return {"late": "watch", "silent": "act"}.get(state or "", "ok")


def _refusals(view: View, feed: Feed) -> html.Details:
    _ = view.catalogue.gettext
    items = [
        html.Li(
            [html.P(each["reason"]), html.Pre(readable(each["raw"])), html.P(each["position"], className="position")]
        )
        for each in feed["last_refusals"]
    ]
    return html.Details(
        [html.Summary(_("Last refused: {centre}", centre=view.name(feed["id"]))), html.Ol(items)], className="refusals"
    )


def readable(raw: str | bytes) -> str:
    """Refused bytes as text that cannot do harm: cut, with control and direction characters made visible."""
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else str(raw)
    shown = "".join(
        each if each.isprintable() or each in "\n\t" else f"\\u{ord(each):04x}" for each in text[:RAW_SHOWN]
    )
    return shown + ("…" if len(text) > RAW_SHOWN else "")
