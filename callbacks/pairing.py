"""A wall screen asks to be let in: it shows a code, an administrator confirms it, and it goes to the wall."""

from typing import Final

import flask
from flask import request
from flask_wtf.csrf import generate_csrf

from callbacks.identity import SCREEN_COOKIE, cookie_name, is_screen, keep_screen
from callbacks.viewing import whole
from layouts import plain

_TOO_MANY: Final = 503


def register(routes: flask.Blueprint) -> None:
    routes.add_url_rule("/screen", "screen", screen)
    routes.add_url_rule("/screen/state", "screen_state", state)


def screen() -> flask.typing.ResponseReturnValue:
    """A screen that was paired goes on to the wall at once: so a kiosk may begin here after a power cut."""
    if is_screen():
        return flask.redirect("/wall", 302)
    view = whole().view()
    try:
        pairing = whole().services.screens.pair_begin(request.cookies.get(cookie_name(SCREEN_COOKIE), ""))
    except ValueError:
        page = plain.pairing(view, "", "too_many_screens")
        return flask.Response(plain.render(view, page), _TOO_MANY, mimetype="text/html", headers={"Retry-After": "60"})
    body = plain.render(view, plain.pairing(view, pairing.code, ""), generate_csrf())
    answer = flask.Response(body, mimetype="text/html", headers={"Cache-Control": "no-store"})
    keep_screen(answer, pairing.token)
    return answer


def state() -> flask.Response:
    found = whole().services.screens.state(request.cookies.get(cookie_name(SCREEN_COOKIE), ""))
    answer = flask.jsonify(state=found)
    answer.headers["Cache-Control"] = "no-store"
    return answer
