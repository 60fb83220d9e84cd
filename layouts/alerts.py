"""The alarms page: what stands, what must be acted on first, who has it; then what is over."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.alert_words import value_text
from dashboard.roles import may
from layouts import message
from layouts.alarm_count import switch
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.plain import Field, Form, Plain
from layouts.view import View

Shown = Any
"""data_sources.alarms.Shown."""
STEP_WORDS: Final = {
    "fired": message("raised"),
    "acknowledged": message("taken on"),
    "unacknowledged": message("the time taken for it has passed"),
    "escalated": message("told further up: nobody had taken it on"),
    "recovering": message("good again"),
    "relapsed": message("bad again"),
    "resolved": message("over"),
    "changed": message("its rule was changed; the new one holds from here on"),
}
WHY_WORDS: Final = {
    "good": message("the number is good again"),
    "closed": message("the doors closed"),
    "withdrawn": message("the rule was switched off, or the place is gone"),
}
FOR_HOURS: Final = (1, 4, 24)
NOTE_LONGEST: Final = 200


def title(view: View) -> str:
    return view.catalogue.gettext("Alarms")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    _ = view.catalogue.gettext
    return [(_("Wall"), asked.href("/wall")), (_("Alarms"), None)]


def now(view: View, asked: Asked, found: Any) -> list[Component]:
    """``found``: data_sources.alarms.Alarms."""
    return [
        *problems(view, found),
        headline(view, found.standing),
        switch(view),
        standing(view, asked, found.standing),
        over(view, asked, found.over),
    ]


def problems(view: View, found: Any) -> list[html.P]:
    """What makes the page itself not to be trusted."""
    _ = view.catalogue.gettext
    said = []
    if not found.is_watched:
        said.append(_("Nobody watches the rules now: no alarm is raised and nobody is told. Call the administrator."))
    if found.undelivered:
        said.append(
            view.catalogue.ngettext(
                "{n} message could not be delivered so far.",
                "{n} messages could not be delivered so far.",
                found.undelivered,
            )
        )
    return [html.P(each, className="problem", role="alert") for each in said]


def headline(view: View, alarms: Sequence[Shown]) -> html.Div:
    _, number = view.catalogue.gettext, view.catalogue.number
    free = [each for each in alarms if each.state == "firing"]
    act = sum(each.severity == "act" for each in free)
    taken = sum(each.state == "acknowledged" for each in alarms)
    parts = (
        (_("Act now"), act, "act" if act else "ok"),
        (_("To be watched"), len(free) - act, "watch" if len(free) > act else "ok"),
        (_("Taken on"), taken, "ok"),
        (_("Recovering"), len(alarms) - len(free) - taken, "ok"),
    )
    return html.Div(
        [
            html.Div(
                [
                    html.P(
                        [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(label)],
                        className="four-label",
                        **{"data-mark": mark},
                    ),
                    html.P(html.Span(number(count)), className="four-number"),
                ],
                className="four-one",
                **{"data-mark": mark},
            )
            for label, count, mark in parts
        ],
        className="four",
    )


def standing(view: View, asked: Asked, alarms: Sequence[Shown]) -> html.Section:
    _ = view.catalogue.gettext
    head = _("Now")
    if not alarms:
        return html.Section([html.H2(head), html.P(_("No alarm stands."), className="note")], className="card alarms")
    return html.Section(
        [html.H2(head), html.Ul([_one(view, asked, each) for each in alarms], className="alarm-list")],
        className="card alarms",
    )


def over(view: View, asked: Asked, alarms: Sequence[Shown]) -> html.Section:
    """What was over last, the newest first."""
    _ = view.catalogue.gettext
    head = _("Over")
    body: Component = html.P(_("Nothing yet."), className="note")
    if alarms:
        body = html.Ul([_one(view, asked, each) for each in alarms], className="alarm-list")
    return html.Section([html.H2(head), body], className="card alarms alarms-over")


def _one(view: View, asked: Asked, each: Shown) -> html.Li:
    is_over = each.ended is not None
    mark = "ok" if is_over or each.state in ("acknowledged", "recovering") else each.severity
    return html.Li(
        [
            html.P(
                [
                    html.Span(className="shape", **{"aria-hidden": "true"}),
                    html.Strong(what(view, each)),
                    _place(view, asked, each),
                    html.Span(when_text(view, each), className="alarm-when"),
                ],
                className="alarm-head",
            ),
            html.P(numbers_text(view, each), className="alarm-numbers"),
            html.P([html.Span(state_text(view, each)), *_take(view, each)], className="alarm-state"),
            _steps(view, each),
        ],
        **{"data-alarm": each.id, "data-state": each.state, "data-mark": mark},
    )


def what(view: View, each: Shown) -> str:
    return each.rule.names.get(view.catalogue.language) if each.rule else str(each.rule_id)


def _place(view: View, asked: Asked, each: Shown) -> Component:
    if not each.centre:
        return html.Span(view.network.names.get(view.catalogue.language), className="alarm-place")
    known = view.network.centre_by_id.get(each.centre)
    has_branches = known is not None and len(known.branches) > 1 and each.branch
    name = (
        f"{view.name(each.centre)}, {view.branch_name(each.centre, each.branch)}"
        if has_branches
        else view.name(each.centre)
    )
    if not view.may_open("centre", each.centre):
        return html.Span(name, className="alarm-place")
    return dcc.Link(name, href=asked.centre_href(each.centre), className="alarm-place")


def when_text(view: View, each: Shown) -> str:
    """Since when it stands and how long; of one that is over, from when to when."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    if each.ended is None:
        return _("since {when} ({age})", when=view.when_at(each.began), age=catalogue.duration(view.now - each.began))
    return _(
        "{since} – {until} ({age})",
        since=_exact(view, each.began),
        until=_exact(view, each.ended),
        age=catalogue.duration(each.ended - each.began),
    )


def numbers_text(view: View, each: Shown) -> str:
    """Its number against its threshold, and how bad it was."""
    _, metric = view.catalogue.gettext, each.rule.metric if each.rule else None
    if metric is None:
        return ""
    value, threshold, worst = (value_text(view.catalogue, metric, n) for n in (each.value, each.threshold, each.worst))
    if each.ended is not None:
        return _("at the worst {worst}, threshold {threshold}", worst=worst, threshold=threshold)
    if value == worst:
        return _("{value} now, threshold {threshold}", value=value, threshold=threshold)
    return _("{value} now, threshold {threshold}, at the worst {worst}", value=value, threshold=threshold, worst=worst)


def state_text(view: View, each: Shown) -> str:
    """Who has it, or why it is over."""
    _ = view.catalogue.gettext
    if each.ended is not None:
        return _(WHY_WORDS[each.why]) if each.why in WHY_WORDS else ""
    if each.state == "acknowledged":
        note = f": {each.note}" if each.note else ""
        if each.until is None:
            return _("{who} has it until it is over", who=each.by) + note
        return _("{who} has it until {when}", who=each.by, when=_exact(view, each.until)) + note
    if each.state == "recovering":
        return _("good again, and watched for a while")
    if each.escalated:
        return _("nobody has taken it on; told further up")
    return _("nobody has taken it on yet")


def _take(view: View, each: Shown) -> list[Component]:
    is_free = each.ended is None and each.state in ("firing", "acknowledged")
    if not is_free or not may(view.viewer, "acknowledge", each.centre or None):
        return []
    _ = view.catalogue.gettext
    text = _("Take it on") if each.state == "firing" else _("Take it on anew")
    return [html.A(text, href=f"/alerts/take?{urlencode({'alarm': each.id})}", className="alarm-take")]


def _steps(view: View, each: Shown) -> html.Details:
    _ = view.catalogue.gettext
    lines = [
        html.Li(
            [
                html.Span(_exact(view, at), className="when"),
                html.Span(" · ".join(part for part in (_(STEP_WORDS[kind]), by, note) if part)),
            ]
        )
        for at, kind, by, note in each.steps
    ]
    head = _("All that happened to it")
    return html.Details([html.Summary(head), html.Ol(lines)], className="alarm-steps")


def _exact(view: View, moment: float) -> str:
    """Wall-clock time, with the day when it is another."""
    time, local = view.catalogue.time(moment, view.network.local), view.network.local
    return time if local.day(moment) == local.day(view.now) else f"{view.when_at(moment)}, {time}"


def taking(view: View, each: Shown | None, problem: str = "") -> Plain:
    """The form that takes an alarm on: a page that works without a script."""
    _ = view.catalogue.gettext
    back = (("/alerts", _("Back")),)
    if each is None:
        return Plain(_("Alarms"), "take", lines=(_("This alarm is over, or is not yours."),), links=back)
    hours = view.catalogue
    choices = [
        *((str(n), hours.ngettext("for {n} hour", "for {n} hours", n)) for n in FOR_HOURS),
        ("", _("until it is over")),
    ]
    fields = (
        Field("hours", _("I have it"), value=str(FOR_HOURS[0]), choices=tuple(choices)),
        Field("note", _("What is being done"), value=each.note, is_optional=True),
    )
    place = view.name(each.centre) if each.centre else view.network.names.get(view.catalogue.language)
    return Plain(
        what(view, each),
        "take",
        lines=(f"{place}: {numbers_text(view, each)}", when_text(view, each)),
        problem=problem,
        forms=(Form(_("Take it on"), fields),),
        links=back,
        keep={"alarm": each.id},
    )
