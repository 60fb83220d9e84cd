"""Signing in and out, one's own account, and the open demo's switch: plain forms that work without a script."""

from pathlib import Path
from typing import Any, Final

import flask
import structlog
from flask import request, session
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from callbacks import pairing
from callbacks.identity import LOOK_COOKIE, SCREEN_COOKIE, Signed, cookie_name, is_open, of_account, read_look
from callbacks.viewing import viewer, whole
from layouts import plain
from layouts.view import View

log = structlog.get_logger()

SHIPPED: Final = Path(__file__).parent.parent / "dashboard" / "plain"
LOOK_S: Final = 30 * 86_400
_REFUSED: Final = {"too_many": 429, "unavailable": 503, "stale_form": 400}


class LoginForm(FlaskForm):  # type: ignore[misc]
    login = StringField(validators=[InputRequired(), Length(max=120)])
    password = PasswordField(validators=[InputRequired(), Length(max=256)])
    next = StringField()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    old = PasswordField(validators=[InputRequired(), Length(max=256)])
    new = PasswordField(validators=[InputRequired()])
    again = PasswordField(validators=[InputRequired()])


class LeaveForm(FlaskForm):  # type: ignore[misc]
    leave = StringField(validators=[InputRequired()])


class LookForm(FlaskForm):  # type: ignore[misc]
    look = StringField(validators=[InputRequired()])


def register(server: flask.Flask, services: Any) -> None:
    """The routes, as the blueprint ``signing``."""
    routes = flask.Blueprint("signing", __name__)
    routes.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    routes.add_url_rule("/account", "account", account, methods=["GET", "POST"])
    routes.add_url_rule("/password", "password", password, methods=["GET", "POST"])
    routes.add_url_rule("/look", "look", look, methods=["GET", "POST"])
    routes.add_url_rule("/plain/<name>", "shipped", shipped)
    pairing.register(routes)
    if getattr(services, "oidc", None) is not None:
        services.oidc.init_app(server)
        routes.add_url_rule("/login/oidc", "oidc", oidc)
        routes.add_url_rule("/login/oidc/back", "oidc_back", oidc_back)
    server.register_blueprint(routes)


def shipped(name: str) -> flask.Response:
    return flask.send_from_directory(SHIPPED, name)


def login() -> flask.typing.ResponseReturnValue:
    form, back = LoginForm(), _safe(request.values.get("next", ""))
    if request.method == "GET":
        return _login_page("", "", back)
    if not form.validate_on_submit():
        return _login_page(form.login.data or "", "stale_form" if "csrf_token" in form.errors else "wrong", back)
    problem, found = _try(form.login.data, form.password.data)
    if found is None:
        note("login_failed", form.login.data.strip().lower()[:120], reason=problem)
        return _login_page(form.login.data, problem, back)
    return enter(found, back, "password")


def _try(said: str, secret: str) -> tuple[str, Any]:
    """The account, or the kind of what was wrong."""
    services, address = whole().services, request.remote_addr or ""
    try:
        if not services.logins.is_open(said, address):
            return "too_many", None
        found = services.accounts.check(said, secret)
        if found is None:
            services.logins.failed(said, address)
            return "wrong", None
        services.logins.succeeded(said)
    except services.logins.AWAY as error:
        log.error("attempts cannot be counted, so nobody is let in", error=repr(error))
        return "unavailable", None
    return ("disabled", None) if found.disabled is not None else ("", found)


def enter(account: Any, back: str, by: str) -> flask.typing.ResponseReturnValue:
    """A new session in the place of whatever session there was."""
    services = whole().services
    if "_user_id" in session:
        services.sessions.end(session["_user_id"])
    session.clear()
    token = services.sessions.begin(account)
    login_user(Signed(token, account))
    note("login", account.login, by=by)
    of = of_account(account)
    return flask.redirect("/password" if of.must_change else back or plain.home(of), 303)


def account() -> flask.typing.ResponseReturnValue:
    form, of = LeaveForm(), viewer()
    if of.is_open:
        return flask.redirect("/look", 303)
    if form.validate_on_submit():
        services = whole().services
        ended = services.sessions.end_all(of.id) if form.leave.data == "everywhere" else 1
        services.sessions.end(current_user.token)
        note("logout", of.login, sessions=ended)
        logout_user()
        session.clear()
        return flask.redirect("/login", 303)
    done = _view().catalogue.gettext("The password has been changed.") if "changed" in request.args else ""
    return _page(plain.account(_view(), of, whole().services.sessions.count(of.id), done))


def password() -> flask.typing.ResponseReturnValue:
    form, of = PasswordForm(), viewer()
    if of.is_open:
        return flask.redirect("/look", 303)
    if request.method == "GET":
        return _page(plain.password(_view(), of, ""))
    problem = "stale_form" if not form.validate_on_submit() else _change(of, form)
    if problem:
        return _page(plain.password(_view(), of, problem), _REFUSED.get(problem, 422))
    return flask.redirect("/account?changed=1", 303)


def _change(of: Any, form: PasswordForm) -> str:
    """Change it, end every other session, and go on with a new one; else the kind of what was wrong."""
    services = whole().services
    problem, found = _try(of.login, form.old.data)
    if found is None:
        note("login_failed", of.login, reason=problem, by="change of password")
        return "old_wrong" if problem == "wrong" else problem
    if form.new.data != form.again.data:
        return "not_same"
    if form.new.data == form.old.data:
        return "same_as_old"
    try:
        services.accounts.set_password(of.id, form.new.data)
    except ValueError as error:
        return str(getattr(error, "kind", "password_common"))
    services.sessions.end_all(of.id)
    session.clear()
    login_user(Signed(services.sessions.begin(found), found))
    note("password_changed", of.login)
    return ""


def look() -> flask.typing.ResponseReturnValue:
    """The open demo only."""
    if not is_open():
        return flask.redirect("/login", 303)
    form = LookForm()
    if form.validate_on_submit():
        as_ = read_look(form.look.data)
        answer = flask.redirect(plain.home(as_), 303)
        answer.delete_cookie(cookie_name(SCREEN_COOKIE))
        answer.set_cookie(LOOK_COOKIE, form.look.data, max_age=LOOK_S, httponly=True, samesite="Lax")
        return answer
    view = whole().view()
    names = {each.id: view.name(each.id) for each in whole().services.network.centres}
    return _page(plain.look(view, viewer(), names, request.cookies.get(LOOK_COOKIE, "administrator")))


def oidc() -> flask.typing.ResponseReturnValue:
    session["next"] = _safe(request.args.get("next", ""))
    try:
        found: flask.typing.ResponseReturnValue = whole().services.oidc.begin(
            flask.url_for("signing.oidc_back", _external=True)
        )
    except Exception as error:
        log.error("the provider of sign-in cannot be reached", error=repr(error))
        return _login_page("", "oidc_failed", "")
    return found


def oidc_back() -> flask.typing.ResponseReturnValue:
    services, back = whole().services, _safe(session.get("next", ""))
    try:
        names = services.oidc.finish()
    except Exception as error:
        log.warning("signing in by OpenID Connect failed", error=repr(error))
        return _login_page("", "oidc_failed", back)
    found = next((each for each in map(services.accounts.find, names) if each is not None), None)
    if found is None or found.disabled is not None:
        note("login_failed", names[0] if names else "", reason="no account" if found is None else "disabled", by="oidc")
        return _login_page("", "oidc_no_account" if found is None else "disabled", back)
    return enter(found, back, "oidc")


def note(action: str, who_: str, **about: str | int) -> None:
    """To the audit log, which nobody can change (and which writes to the log)."""
    whole().services.audit.record(action, who_, request.remote_addr or "", **about)


def _login_page(said: str, problem: str, back: str) -> flask.typing.ResponseReturnValue:
    with_oidc = getattr(whole().services, "oidc", None) is not None
    status = _REFUSED.get(problem, 403) if problem else 200
    answer = _page(plain.login(_view(), said, problem, back, with_oidc), status)
    if status == 429:
        answer.headers["Retry-After"] = "900"
    return answer


def _page(page: plain.Plain, status: int = 200) -> flask.Response:
    body = plain.render(_view(), page, generate_csrf())
    return flask.Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _view() -> View:
    return whole().view()


def _safe(address: str) -> str:
    """An address of ours, else nothing: no other host may be gone to by way of signing in."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\", "/login"))
    return address if is_ours and all(each.isprintable() and each not in "\\ " for each in address) else ""
