"""The life of one ticket: every step with its time, the wait against the norm, and its other uses in the days kept."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.ticket_life import Stay, Step, Visit
from layouts import branch_words as words
from layouts import message
from layouts.asked import Asked
from layouts.view import View

Kept = tuple[int, int] | None
"""The first and the last local day of which tickets are kept."""
OTHERS_SHOWN: Final = 16

STEPS: Final = {
    "issued": message("Ticket issued"),
    "transferred_in": message("Came from another queue"),
    "called": message("Called"),
    "taken_over": message("Taken over"),
    "left": message("Left without service"),
    "no_show": message("Did not come when called"),
    "transferred": message("Sent to another queue"),
    "waits": message("Still waiting"),
    "serving": message("Still at the window"),
    "lapsed": message("Never called: the queue began anew"),
    "unfinished": message("The finish was never heard"),
}
"""By the step's kind; a finished one is told by its outcome."""


def card(view: View, asked: Asked, visits: Sequence[Visit], kept: Kept) -> html.Section:
    """``visits`` are those under the number that was asked for, the newest first; ``kept`` the days looked through."""
    _ = view.catalogue.gettext
    number = asked.filters["ticket"]
    chosen = _chosen(asked, visits)
    body = [_unknown(view, number, kept)] if chosen is None else _visit(view, asked, chosen)
    others = [each for each in visits if each is not chosen]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Ticket {number}", number=number), id="ticket"),
                    dcc.Link(_("Close"), href=asked.href(ticket=None, issued=None), className="close"),
                ],
                className="card-head",
            ),
            *body,
            *_others(view, asked, number, others, is_found=chosen is not None),
        ],
        className="card focus",
        **{"aria-labelledby": "ticket", "data-life": "" if chosen is None else number},
    )


def _chosen(asked: Asked, visits: Sequence[Visit]) -> Visit | None:
    """The visit whose issue the address gives; the newest one without that, and none when it gives a wrong one."""
    said = asked.filters.get("issued")
    if said is None:
        return visits[0] if visits else None
    try:
        moment = float(said)
    except ValueError:
        return None
    return next((each for each in visits if each.began_at(asked.branch or "", moment)), None)


def _unknown(view: View, number: str, kept: Kept) -> html.P:
    _ = view.catalogue.gettext
    if kept is None:
        return html.P(_("No ticket of this branch is known yet."), className="note")
    first, last = (words.day(view, each) for each in kept)
    text = _(
        "No such ticket “{number}” is known here. Looked through: {first} to {last}. For an earlier day open this page "
        "at a moment of that day.",
        number=number,
        first=first,
        last=last,
    )
    return html.P(text, className="note")


def _visit(view: View, asked: Asked, visit: Visit) -> list[Component]:
    return [_stay(view, asked, stay, with_branch=len(visit.stays) > 1) for stay in visit.stays]


def _stay(view: View, asked: Asked, stay: Stay, *, with_branch: bool) -> html.Div:
    _ = view.catalogue.gettext
    marks = [words.service(view, stay.service), words.priority(view, stay.priority)]
    if stay.booked_for is not None:
        marks[1] = _("booked for {when}", when=words.clock(view, stay.booked_for))
    where = html.H3(
        dcc.Link(_branch(view, asked, stay.branch), href=asked.branch_href(asked.centre or "", stay.branch))
    )
    moments = [None, *(step.moment for step in stay.steps)]
    return html.Div(
        [
            *([where] if with_branch else []),
            html.P(" · ".join(each for each in marks if each), className="life-what"),
            html.P(_wait(view, stay), className="life-wait"),
            html.Ol(
                [_step(view, asked, step, before) for step, before in zip(stay.steps, moments, strict=False)],
                className="life",
            ),
        ],
        className="stay",
        **{"data-stay": stay.branch},
    )


def _branch(view: View, asked: Asked, branch: str) -> str:
    return view.branch_name(asked.centre or "", branch) if branch else view.name(asked.centre or "")


def _wait(view: View, stay: Stay) -> list[Component | str]:
    """``Ждал 25 мин при норме 20 мин``, marked when longer; and how long it was at windows."""
    _ = view.catalogue.gettext
    norm = words.length(view, view.network.norms.wait_s)
    parts: list[Component | str] = []
    if stay.wait_s is not None:
        text = _("Wait {wait}, the norm is {norm}", wait=words.length(view, stay.wait_s), norm=norm)
        parts.append(words.mark(view, "watch", f"{text}: {_('over the norm')}") if stay.is_late else html.Span(text))
    if stay.service_s is not None:
        parts.append(html.Span(_("at the window {length}", length=words.length(view, stay.service_s))))
    return parts or [_("The issue of this ticket was never heard, so its wait is not known.")]


def _step(view: View, asked: Asked, step: Step, before: float | None) -> html.Li:
    _ = view.catalogue.gettext
    text = words.outcome(view, step.outcome).capitalize() if step.kind == "finished" else _(STEPS[step.kind])
    after = [] if before is None else [_("after {length}", length=words.length(view, step.moment - before))]
    return html.Li(
        [
            html.Time(words.clock(view, step.moment, exact=True)),
            html.Div([html.P([html.Strong(text), *_at(view, asked, step)]), html.P(after, className="under")]),
        ],
        **{"data-step": step.kind},
    )


def _at(view: View, asked: Asked, step: Step) -> list[Component | str]:
    """By whom and where. A ticket that only waited has neither."""
    _ = view.catalogue.gettext
    parts: list[Component | str] = []
    if step.window:
        parts += [", ", words.window_link(view, asked, step.window, _("window {name}", name=step.window))]
    if step.operator:
        link: Callable[..., Component] = words.operator_link
        parts += [", ", link(view, asked, step.operator, _("operator {code}", code=step.operator))]
    return parts


def _others(view: View, asked: Asked, number: str, others: Sequence[Visit], *, is_found: bool) -> list[Component]:
    """The number is used again each morning: its other uses, as links."""
    if not others:
        return []
    _ = view.catalogue.gettext
    said = _("Under the same number") if is_found else _("Known under this number")
    return [
        html.H3(said),
        html.Ul(
            [html.Li(_other(view, asked, number, each)) for each in others[:OTHERS_SHOWN]],
            className="others",
        ),
    ]


def _other(view: View, asked: Asked, number: str, visit: Visit) -> dcc.Link:
    here = next(each for each in visit.stays if each.branch == asked.branch)
    moment = here.first if here.started is None else here.started
    day = view.catalogue.date(date.fromordinal(view.network.local.day(moment)))
    href = asked.ticket_href(asked.centre or "", asked.branch or "", number, moment)
    return dcc.Link(f"{day}, {words.clock(view, moment, exact=True)}", href=href)
