"""The weekly conference's routes: the deck, its files, what the meeting decides, closing and reopening a week."""

from datetime import date
from typing import Any, Final

import dash
import flask
import structlog
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import StringField

from callbacks.export import attachment
from callbacks.viewing import Viewing, current, record, viewer, who
from dashboard.deck import Deck
from dashboard.period import AddressError
from dashboard.roles import may
from dashboard.week import NUMBERS, Week, read_week, report, week_of
from dashboard.week_meeting import decided
from layouts import message, plain, week, week_deck
from layouts.view import View

log = structlog.get_logger()

PROBLEMS: Final = {
    "not_a_week": message("“{value}” is no week: write it as 2026-W47."),
    "unknown_kind": message("There is no deck of the kind “{value}”: ask for pptx, pdf or xlsx."),
    "no_facts": message("Nothing is known of the week {value}: it has not begun, or it was before there was data."),
}


class DecideForm(FlaskForm):  # type: ignore[misc]
    centre = StringField()
    number = StringField()
    text = StringField()
    due = StringField()
    view = StringField()


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = StringField()
    view = StringField()


def register(app: dash.Dash, services: Any) -> None:
    """The routes, as the blueprint ``week``: a deck is plain HTML (layouts.week)."""
    routes = flask.Blueprint("week", __name__)
    routes.add_url_rule("/week", "latest", latest)
    routes.add_url_rule("/week/<label>", "deck", deck)
    routes.add_url_rule("/week/<label>/file.<ending>", "file", file)
    routes.add_url_rule("/week/<label>/decide", "decide", decide, methods=["POST"])
    routes.add_url_rule("/week/<label>/close", "close", close, methods=["POST"])
    routes.add_url_rule("/week/<label>/reopen", "reopen", reopen, methods=["POST"])
    routes.register_error_handler(AddressError, refused)
    app.server.register_blueprint(routes)


def latest() -> flask.typing.ResponseReturnValue:
    """The last week that is over."""
    view = current().view()
    return flask.redirect(f"/week/{this_week(view).before().label}", 302)


def this_week(view: View) -> Week:
    return week_of(view.network.local.day(view.now))


def deck(label: str) -> flask.typing.ResponseReturnValue:
    return page(read_week(label), done=request.args.get("done", ""))


def page(of: Week, status: int = 200, **about: Any) -> flask.Response:
    """The deck as a document; ``about`` is what layouts.week.render is told of a form."""
    viewing = current()
    view = viewing.view()
    shown = make(viewing, view, of)
    body = week.render(
        view,
        shown,
        endings=list(viewing.services.decks),
        may_decide=may(viewer(), "decide"),
        csrf=generate_csrf(),
        presenter=request.values.get("view") == "presenter",
        week=of,
        later=of.before(-1) if of < this_week(view) else None,
        **about,
    )
    return flask.Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def make(viewing: Viewing, view: View, of: Week) -> Deck:
    """The deck of a week as this viewer may have it. :class:`AddressError` where nothing is known of it."""
    return make_deck(viewing.services, view, of)


def make_deck(services: Any, view: View, of: Week) -> Deck:
    """The same for whoever has services and a view, such as the command."""
    shown = services.weeks.shown(of)
    if shown is None:
        raise AddressError("no_facts", of.label)
    moment = services.moment(None)
    states = {} if moment is None else {each.id: moment.state(each.id) for each in view.network.centres}
    return week_deck.deck(
        view,
        report(shown.facts, view.network),
        decided=decided(states, of, view.now),
        closing=shown.closing,
        own=view.viewer.centre,
    )


def file(label: str, ending: str) -> flask.typing.ResponseReturnValue:
    viewing = current()
    view, of, services = viewing.view(), read_week(label), viewing.services
    kind = services.decks.get(ending)
    if kind is None:
        raise AddressError("unknown_kind", ending)
    shown = make(viewing, view, of)
    record("export", file=f"week.{ending}", of=label, language=shown.language)
    name = f"{shown.network} – {shown.title}.{ending}"
    response = flask.Response(kind.write(shown), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = attachment(name, f"{view.network.id}-{label}-{shown.language}.{ending}")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def decide(label: str) -> flask.typing.ResponseReturnValue:
    """A directive becomes an event on its centre's stream."""
    of, form, services = read_week(label), DecideForm(), current().services
    said = {name: (form[name].data or "").strip() for name in ("centre", "number", "text", "due")}
    problem = "stale_form" if not form.validate_on_submit() else _problem(current().view(), said)
    if not problem:
        try:
            code = services.directives.issue(of, said["centre"], said["number"], said["text"], said["due"])
        except ValueError as error:
            log.error("a directive was refused", centre=said["centre"], error=str(error))
            problem = "refused"
    if problem:
        return page(of, 422, problem=problem, form="decide", said=said)
    record("directive", code=code, centre=said["centre"], due=said["due"])
    return _back(label, "decided", said["centre"])


def _problem(view: View, said: dict[str, str]) -> str:
    """The kind of what is wrong with what was typed."""
    if said["centre"] not in view.network.centre_by_id:
        return "unknown_centre"
    if not said["text"] or said["number"] not in NUMBERS:
        return "no_text"
    try:
        due = date.fromisoformat(said["due"]).toordinal()
    except ValueError:
        return "no_due"
    return "" if due >= view.network.local.day(view.now) else "no_due"


def close(label: str) -> flask.typing.ResponseReturnValue:
    return _change(label, "closed", lambda of, _form: current().services.weeks.freeze(of, who()))


def reopen(label: str) -> flask.typing.ResponseReturnValue:
    return _change(
        label,
        "reopened",
        lambda of, form: current().services.weeks.reopen(of, who(), (form.reason.data or "")[:500]),
    )


def _change(label: str, done: str, do: Any) -> flask.typing.ResponseReturnValue:
    of, form = read_week(label), ReasonForm()
    if not form.validate_on_submit():
        return page(of, 422, problem="stale_form", form="close-week")
    try:
        do(of, form)
    except ValueError as error:
        return page(of, 422, problem=getattr(error, "kind", ""), form="close-week")
    record(f"week_{done}", week=label)
    return _back(label, done)


def _back(label: str, done: str, slide: str = "") -> flask.Response:
    view = "&view=presenter" if request.form.get("view") == "presenter" else ""
    answer = flask.redirect(f"/week/{label}?done={done}{view}" + (f"#{slide}" if slide else ""), 303)
    return flask.make_response(answer)


def refused(problem: AddressError) -> flask.Response:
    """What the address cannot mean, in words, with the way on."""
    view = current().view()
    said = view.catalogue.gettext(PROBLEMS[problem.kind], value=problem.value[:40])
    _ = view.catalogue.gettext
    ways = (("/week", _("The last week that is over")), ("/wall", _("Wall")))
    shown = plain.Plain(_("The week"), "week-problem", lines=(said,), links=ways)
    return flask.Response(plain.render(view, shown), 404, mimetype="text/html")
