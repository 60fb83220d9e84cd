"""The feeds page: is each centre's data coming, is it as much as usual, and what was refused. Worst first."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.feed_health import AGENT_OLD_S, Mark, against, mark, troubles, worst_first
from dashboard.i18n import UNKNOWN
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.feeds_mend import refusals
from layouts.feeds_words import AGAINST, clock_text, counts_text, seconds_text, trouble_texts
from layouts.view import View, epoch
from layouts.words import level_text, state_text

Feed = Mapping[str, Any]


def title(view: View) -> str:
    return view.catalogue.gettext("Feeds of the centres")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    _ = view.catalogue.gettext
    return [(_("Wall"), asked.href("/wall")), (_("Feeds"), None)]


def now(view: View, asked: Asked, feeds: Sequence[Feed]) -> list[Component]:
    """``feeds``: a row a centre (data_sources.feeds.Feeds.rows)."""
    ordered = worst_first(feeds, view.now)
    refused = refusals(view, ordered)
    return [headline(view, feeds), table(view, asked, ordered), *([refused] if refused else [])]


def headline(view: View, feeds: Sequence[Feed]) -> html.Div:
    """How many feeds are in contact, and what came and was refused today."""
    _, number = view.catalogue.gettext, view.catalogue.number
    open_ = [each for each in feeds if each["state"] in ("live", "late", "silent")]
    heard = [each for each in open_ if each["state"] != "silent"]
    silent = len(open_) - len(heard)
    accepted = sum(each["accepted"] for each in feeds)
    refused = sum(sum(each["refused"].values()) for each in feeds)
    resting = len(feeds) - len(open_)
    closed = [view.catalogue.ngettext("{n} closed or planned", "{n} closed or planned", resting)] if resting else []
    return html.Div(
        [
            _big(_("In contact"), number(len(heard)), _("of {n}", n=number(len(open_))), closed, silent and "act"),
            _big(_("Accepted today"), number(accepted), "", []),
            _big(
                _("Duplicates"),
                number(sum(each["duplicates"] for each in feeds)),
                "",
                [_("sent again, counted once")],
            ),
            _big(_("Refused today"), number(refused), "", [_share(view, refused, accepted)]),
        ],
        className="four",
    )


def table(view: View, asked: Asked, feeds: Sequence[Feed]) -> html.Section:
    """A row a centre, in the order given."""
    _ = view.catalogue.gettext
    head = _("Centres")
    heads = [
        (_("Centre"), ""),
        (_("Last event"), ""),
        (_("Lag"), "figure"),
        (_("Last hour"), "figure"),
        (_("Accepted today"), "figure"),
        (_("Duplicates"), "figure"),
        (_("Refused"), "figure"),
        (_("Clock"), ""),
        (_("Outbox"), "figure"),
        (_("Queue system"), ""),
    ]
    return html.Section(
        [
            html.H2(head),
            html.Table(
                [
                    html.Caption(head, className="aside-only"),
                    html.Thead(
                        html.Tr([html.Th(name, scope="col", className=kind) for name, kind in heads], role="row"),
                        role="rowgroup",
                    ),
                    html.Tbody(
                        [_row(view, asked, each, [name for name, _ in heads]) for each in feeds], role="rowgroup"
                    ),
                ],
                className="table feeds-table",
                role="table",
            ),
            html.P(
                _(
                    "The last hour counts tickets' events up to the last five minutes, against the median of the same "
                    "hour and weekday of the last 8 weeks. Clock, outbox and version are what the centre's agent says "
                    "of itself; who writes to the stream directly says nothing of them."
                ),
                className="note",
            ),
        ],
        className="card feeds-places",
    )


def _row(view: View, asked: Asked, feed: Feed, heads: Sequence[str]) -> html.Tr:
    number, beat, agent = view.catalogue.number, feed["beat"], feed["agent"]
    found = troubles(feed, view.now)
    rate = _rate(view, feed)
    cells = [
        _last_event(view, feed),
        ([seconds_text(view, beat["lag_s"] if beat else None)], "behind"),
        rate,
        ([number(feed["accepted"])], ""),
        ([number(feed["duplicates"])], ""),
        _refused(view, feed),
        ([clock_text(view, agent["offset_s"] if agent else None), *_old(view, agent)], "clock"),
        ([number(agent["outbox"] if agent else None)], "outbox"),
        _system(view, feed),
    ]
    figures = (False, True, True, True, True, True, False, True, False)
    return html.Tr(
        [
            _centre(view, asked, feed, found),
            *(
                html.Td(
                    parts,
                    className="figure" if is_figure else "",
                    role="cell",
                    **{"data-label": head, "data-mark": found.get(kind, "ok")},  # type: ignore[call-overload]
                )
                for (parts, kind), head, is_figure in zip(cells, heads[1:], figures, strict=True)
            ),
        ],
        role="row",
        **{"data-feed": feed["id"], "data-state": feed["state"] or "", "data-mark": mark(found)},
    )


def _centre(view: View, asked: Asked, feed: Feed, found: Mapping[Any, Mark]) -> html.Th:
    said = state_text(view, feed) if feed["state"] else UNKNOWN
    level = [html.Span(level_text(view, feed), className="level")] if feed["state"] == "silent" else []
    advice = [html.Span(text, className="under advice") for text in trouble_texts(view, feed, found)]
    return html.Th(
        [
            dcc.Link(view.name(feed["id"]), href=asked.centre_href(feed["id"])),
            html.Span(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(said), *level],
                className="under feed-state",
            ),
            *advice,
        ],
        scope="row",
        role="rowheader",
    )


def _last_event(view: View, feed: Feed) -> tuple[list[Any], str]:
    if feed["arrived"] is None:
        return [view.when(feed["as_of"])], "late"
    silence = max(0.0, view.now - epoch(feed["arrived"]))
    ago = view.catalogue.gettext("came {age} ago", age=seconds_text(view, silence))
    return [view.when(feed["as_of"]), html.Span(ago, className="under")], "late"


def _rate(view: View, feed: Feed) -> tuple[list[Any], str]:
    rate, _ = feed["rate"], view.catalogue.gettext
    if rate is None or feed["state"] in (None, "planned"):
        return [UNKNOWN], "few"
    shown: list[Any] = [view.catalogue.number(rate["count"])]
    word = against(rate["count"], rate["usual"]) if feed["state"] != "closed" else None
    if word:
        shown.append(html.Span(_(AGAINST[word]), className="under"))
    if rate["usual"] is not None:
        shown.append(html.Span(_("usually {n}", n=view.catalogue.number(rate["usual"])), className="under"))
    return shown, "few"


def _refused(view: View, feed: Feed) -> tuple[list[Any], str]:
    count = sum(feed["refused"].values())
    text = view.catalogue.number(count)
    if not feed["last_refusals"]:
        return [text], "refused"
    reasons = [html.Span(counts_text(view, feed["refused"]), className="under")] if count else []
    return [html.A(text, href=f"#refused-{feed['id']}"), *reasons], "refused"


def _old(view: View, agent: Mapping[str, Any] | None) -> list[Any]:
    """When an agent said so, if that is long ago."""
    if agent is None or view.now - agent["at"] <= AGENT_OLD_S:
        return []
    when = view.when_at(agent["at"])
    return [html.Span(view.catalogue.gettext("said at {when}", when=when), className="under")]


def _system(view: View, feed: Feed) -> tuple[list[Any], str]:
    beat, agent = feed["beat"], feed["agent"]
    version = agent["version"] if agent else None
    name = beat["queue_system"] if beat else None
    shown: list[Any] = [name or UNKNOWN]
    if version:
        shown.append(html.Span(view.catalogue.gettext("agent {version}", version=version), className="under"))
    return shown, ""


def _share(view: View, refused: int, accepted: int) -> str:
    """Of all that came today; a share under one in a hundred is said as such."""
    if not refused + accepted:
        return ""
    share = refused / (refused + accepted)
    text = view.catalogue.percent(share) if share >= 0.01 or not refused else f"< {view.catalogue.percent(0.01)}"
    return view.catalogue.gettext("{share} of what came", share=text)


def _big(label: str, text: str, unit: str, notes: Sequence[str], is_mark: Any = "") -> html.Div:
    level = is_mark or "ok"
    return html.Div(
        [
            html.P(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(label)],
                className="four-label",
                **{"data-mark": level},
            ),
            html.P([html.Span(text), *([html.Span(unit, className="unit")] if unit else [])], className="four-number"),
            *(html.P(each, className="four-norm") for each in notes if each),
        ],
        className="four-one",
        **{"data-mark": level},
    )
