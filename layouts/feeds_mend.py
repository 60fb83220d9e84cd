"""What was refused: why, the text as it came, and how to mend it with an example of a correct event."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.examples import example, type_said
from dashboard.i18n import UNKNOWN
from dashboard.withheld import withhold
from layouts.feeds_words import REASONS, counts_text, reason_text
from layouts.refusal_words import expected_text
from layouts.view import View

RAW_SHOWN: Final = 2_000
"""Characters of a refused event that are shown."""
USUAL_TYPE: Final = "ticket.issued"
"""The example where nobody can say what was meant."""


def refusals(view: View, feeds: Sequence[Mapping[str, Any]]) -> Component | None:
    """The last refusals of each centre that has any; None when no centre has."""
    refused = [each for each in feeds if each["last_refusals"]]
    if not refused:
        return None
    return html.Section(
        [html.H2(view.catalogue.gettext("Refused events")), *(_centre(view, each) for each in refused)],
        className="card feeds-refused",
    )


def readable(raw: str | bytes) -> str:
    """Refused bytes as text that cannot do harm: cut, with control and direction characters made visible, without
    what is a citizen's."""
    text = withhold(raw)
    shown = "".join(
        each if each.isprintable() or each in "\n\t" else f"\\u{ord(each):04x}" for each in text[:RAW_SHOWN]
    )
    return shown + ("…" if len(text) > RAW_SHOWN else "")


def _centre(view: View, feed: Mapping[str, Any]) -> html.Details:
    _, count = view.catalogue.gettext, sum(feed["refused"].values())
    today = counts_text(view, feed["refused"]) if count else _("none today")
    return html.Details(
        [
            html.Summary([html.Span(view.name(feed["id"]), className="name"), html.Span(today, className="why")]),
            html.Ol([_one(view, feed["id"], each) for each in feed["last_refusals"]]),
        ],
        className="refusals",
        id=f"refused-{feed['id']}",
    )


def _one(view: View, centre: str, refusal: Mapping[str, Any]) -> html.Li:
    _, local = view.catalogue.gettext, view.network.local
    day = view.catalogue.date(view.catalogue.day_of(refusal["at"], local))
    when = f"{day}, {view.catalogue.time(refusal['at'], local)}"
    facts = [
        (_("Member"), refusal["member"]),
        (_("What it was"), readable(refusal["value"])),
        (_("What is expected"), expected_text(view, refusal["expected"])),
    ]
    return html.Li(
        [
            html.P(
                [html.Strong(reason_text(view, refusal["code"])), html.Span(when, className="when")], className="head"
            ),
            html.Dl([html.Div([html.Dt(name), html.Dd(html.Code(text or UNKNOWN))]) for name, text in facts]),
            html.Details(
                [html.Summary(_("How to mend it"), className="button"), *_mend(view, centre, refusal)],
                className="mend",
            ),
            html.Details(
                [
                    html.Summary(_("The event as it came"), className="button"),
                    html.Pre(readable(refusal["raw"])),
                    html.P(_("Entry {id} of its stream", id=refusal["position"]), className="note"),
                ],
                className="came",
            ),
        ],
        **{"data-refusal": refusal["code"]},
    )


def _mend(view: View, centre: str, refusal: Mapping[str, Any]) -> list[Component]:
    _ = view.catalogue.gettext
    reason = REASONS.get(refusal["code"])
    meant = type_said(refusal["raw"]) or USUAL_TYPE
    advice = [html.P(_(reason.mend))] if reason else []
    return [
        *advice,
        html.P(_("A correct event of this centre of the type {type}, with all its members:", type=meant)),
        html.Pre(example(meant, view.network, centre, view.now)),
        html.P(
            [_("All types and members:"), " ", html.A("/api/v1/openapi.json", href="/api/v1/openapi.json")],
            className="note",
        ),
    ]
