"""The alarms page's wiring, and the form that takes one on."""

from typing import Any, Final

import dash
import flask
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import SelectField, StringField
from wtforms.validators import Length

from callbacks import desk
from callbacks.viewing import Viewing, current, record, who
from dashboard.period import PeriodKey
from layouts import alerts, plain
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View

PERIOD: Final[PeriodKey] = "today"
SHOWN: Final = ("lang", "theme")
"""What is looked at of the address: alarms are of now."""


class TakeForm(FlaskForm):  # type: ignore[misc]
    hours = SelectField(choices=[*map(str, alerts.FOR_HOURS), ""])
    note = StringField(validators=[Length(max=alerts.NOTE_LONGEST)])


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "alerts", "/alerts", {key: query[key] for key in SHOWN if key in query})


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return alerts.title(view)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return alerts.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    return alerts.now(view, asked, viewing.services.alarms.all(view.now))


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    """Nothing: what is over stands below what is not."""
    return []


def register(app: dash.Dash, services: Any) -> None:
    app.server.add_url_rule("/alerts/take", "take", take, methods=["GET", "POST"])


def take() -> flask.typing.ResponseReturnValue:
    """``?alarm=<id>``: the form, and what was filled in: the runner takes it within its next tick."""
    viewing, form = current(), TakeForm()
    view, desk_ = viewing.view(), viewing.services.alarms
    id_ = request.args.get("alarm", "")
    if not id_:
        return flask.redirect("/alerts", 303)
    found = desk_.find(id_)
    if found is None:
        return _page(view, alerts.taking(view, None), 404)
    if request.method == "GET":
        return _page(view, alerts.taking(view, found))
    if not form.validate_on_submit():
        return _page(view, alerts.taking(view, found, "stale_form"), 400)
    until = view.now + 3600 * int(form.hours.data) if form.hours.data else None
    desk_.take(id_, who(), until, " ".join((form.note.data or "").split()), view.now)
    record("alarm_taken", alarm=id_)
    return flask.redirect("/alerts", 303)


def _page(view: View, page: plain.Plain, status: int = 200) -> flask.Response:
    body = plain.render(view, page, generate_csrf())
    return flask.Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
