"""Administration (docs/admin.md): accounts, tokens, wall screens, norms, alarm rules and recipients, the
audit log, the last backup.

Plain forms that the server makes whole: they work without a script, and a secret that is shown once stands in one
answer and in no component's state.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import flask
import structlog
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf

from callbacks.admin_actions import ACCOUNTS, NORMS, SCREENS, TOKENS, Action, Outcome
from callbacks.admin_recipients import RECIPIENTS
from callbacks.admin_rules import RULES
from callbacks.viewing import viewer, who, whole
from layouts import admin as layout
from layouts import admin_accounts, admin_log, admin_norms, admin_recipients, admin_rules, admin_screens, admin_tokens
from layouts.admin_words import DONE, PROBLEMS
from layouts.view import View

log = structlog.get_logger()

T = TypeVar("T")
Show = Callable[[Outcome], layout.Admin]
PAGE_ENTRIES: Final = 50
_REFUSED: Final = {"sent_twice": 409, "redis_away": 503}


def register(server: flask.Flask) -> None:
    """The routes, as the blueprint ``admin``."""
    routes = flask.Blueprint("admin", __name__)
    both = ["GET", "POST"]
    routes.add_url_rule("/admin", "overview", overview)
    routes.add_url_rule("/admin/accounts", "accounts", accounts, methods=both)
    routes.add_url_rule("/admin/accounts/<id_>", "account", account, methods=both)
    routes.add_url_rule("/admin/tokens", "tokens", tokens, methods=both)
    routes.add_url_rule("/admin/screens", "screens", screens, methods=both)
    routes.add_url_rule("/admin/norms", "norms", norms, methods=both)
    routes.add_url_rule("/admin/rules", "rules", rules)
    routes.add_url_rule("/admin/rules/<id_>", "rule", rule, methods=both)
    routes.add_url_rule("/admin/new-rule", "new_rule", new_rule, methods=both)
    routes.add_url_rule("/admin/recipients", "recipients", recipients, methods=both)
    routes.add_url_rule("/admin/recipients/<id_>", "recipient", recipient, methods=both)
    routes.add_url_rule("/admin/log", "audit", audit)
    routes.add_url_rule("/admin/backup", "backup", backup)
    server.register_blueprint(routes)


def overview() -> flask.typing.ResponseReturnValue:
    services, view = whole().services, _view()
    last = services.audit.read(limit=1, action="backup")
    looking = [each for each in services.screens.list() if each.revoked is None]
    dark = sum(admin_screens.is_dark(each, view.now) for each in looking)
    held, told = services.rules.read().held.values(), services.recipients.read()
    counts = layout.Counts(
        screens=len(looking),
        dark=dark,
        rules=sum(each.is_on for each in held),
        off=sum(not each.is_on for each in held),
        recipients=len(told.rows) if told.problem_line is None else None,
    )
    backup_ = last[0] if last else None
    return _page(layout.overview(view, services.accounts.all(), services.tokens.all(), counts, backup_))


def accounts() -> flask.typing.ResponseReturnValue:
    services, view = whole().services, _view()

    def show(outcome: Outcome) -> layout.Admin:
        return admin_accounts.accounts(view, services.accounts.all(), services.sessions.counts(), outcome.said)

    return _answer(ACCOUNTS, show)


def account(id_: str) -> flask.typing.ResponseReturnValue:
    services, view = whole().services, _view()
    if services.accounts.get(id_) is None:
        return flask.redirect("/admin/accounts", 303)

    def show(_outcome: Outcome) -> layout.Admin:
        found = services.accounts.get(id_)
        return admin_accounts.account(view, found, services.sessions.count(id_), is_own=id_ == viewer().id)

    return _answer(ACCOUNTS, show)


def tokens() -> flask.typing.ResponseReturnValue:
    services, view = whole().services, _view()

    def show(outcome: Outcome) -> layout.Admin:
        return admin_tokens.tokens(view, services.tokens.all(), _direct(services), outcome.said)

    return _answer(TOKENS, show)


def _direct(services: Any) -> frozenset[str] | None:
    """None when Redis does not say who its users are: it is away, or this user may not ask."""
    try:
        found: frozenset[str] = services.direct.all()
    except services.direct.AWAY as error:
        log.warning("the Redis users of centres are not known", error=repr(error))
        return None
    return found


def screens() -> flask.typing.ResponseReturnValue:
    services, view = whole().services, _view()

    def show(outcome: Outcome) -> layout.Admin:
        return admin_screens.screens(view, services.screens.list(), outcome.said)

    return _answer(SCREENS, show)


def norms() -> flask.typing.ResponseReturnValue:
    services = whole().services

    def show(outcome: Outcome) -> layout.Admin:
        services.norms.read()
        return admin_norms.norms(_view(), services.norms.earliest(), outcome.said)

    return _answer(NORMS, show)


def rules() -> flask.typing.ResponseReturnValue:
    done = request.args.get("done", "")
    page = admin_rules.rules(_view(), whole().services.rules.read())
    return _page(page, done=done if done in DONE else "")


def rule(id_: str) -> flask.typing.ResponseReturnValue:
    services = whole().services
    if id_ not in services.rules.read().held:
        return flask.redirect("/admin/rules", 303)

    def show(outcome: Outcome) -> layout.Admin:
        return admin_rules.rule(_view(), services.rules.read(), id_, outcome.said)

    return _answer(RULES, show)


def new_rule() -> flask.typing.ResponseReturnValue:
    return _answer(RULES, lambda outcome: admin_rules.new_rule(_view(), outcome.said))


def recipients() -> flask.typing.ResponseReturnValue:
    return _answer(RECIPIENTS, _recipients)


def _recipients(outcome: Outcome) -> layout.Admin:
    services, view = whole().services, _view()
    book, found = services.recipients, services.recipients.read()
    addresses = {each.id: book.shown(each) for each in found.rows}
    is_watched = services.alarms.is_watched(view.now)
    sent = book.last_sent()
    return admin_recipients.recipients(view, found, sent, addresses, outcome.said, is_watched=is_watched)


def recipient(id_: str) -> flask.typing.ResponseReturnValue:
    """Whoever changes a recipient that somebody else has changed meanwhile is told so on the page of all."""
    book = whole().services.recipients
    now = book.read()
    found = next((each for each in now.rows if each.id == id_), None)
    if found is None and request.method == "GET":
        return flask.redirect(admin_recipients.TAB, 303)
    if found is None:
        return _page(_recipients(Outcome()), 422, problem="recipient_gone")
    return _answer(
        RECIPIENTS,
        lambda outcome: admin_recipients.recipient(_view(), found, now.seen, book.shown(found), outcome.said),
    )


def audit() -> flask.typing.ResponseReturnValue:
    services, said = whole().services, request.args
    action, who_, before = said.get("action", ""), said.get("who", "").strip(), said.get("before", "")
    found = services.audit.read(
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        limit=PAGE_ENTRIES + 1,
        action=action or None,
        who=who_ or None,
    )
    verdict = services.audit.verify() if "verify" in said else None
    if verdict is not None and verdict.problem:
        log.error("the audit log is not whole", entries=verdict.entries, problem=verdict.problem)
    more = found[PAGE_ENTRIES - 1].number if len(found) > PAGE_ENTRIES else None
    return _page(admin_log.audit(_view(), found[:PAGE_ENTRIES], services.audit.actions, action, who_, more, verdict))


def backup() -> flask.typing.ResponseReturnValue:
    return _page(admin_log.backup(_view(), whole().services.audit.read(limit=10, action="backup")))


def _answer(actions: Mapping[str, Action], show: Show) -> flask.typing.ResponseReturnValue:
    """A page, or what became of the form that was sent from it: a secret on the page itself, else the page anew."""
    if request.method == "GET":
        done = request.args.get("done", "")
        return _page(show(Outcome()), done=done if done in DONE else "")
    said = request.form.to_dict()
    action = actions.get(said.get("do", ""))
    if action is None or not FlaskForm().validate_on_submit():
        return _page(show(Outcome(said=said)), 400, problem="stale_form")
    if action.sure and said.get("sure") != "yes":
        return _ask(action, said, show)
    problem, outcome = _try(said, lambda: _run(action, said))
    if outcome is None:
        return _page(show(Outcome(said=said)), _REFUSED.get(problem, 422), problem=problem)
    if outcome.secret:
        return _page(show(outcome), done=outcome.done, secret=outcome.secret, about=outcome.about)
    return flask.redirect(f"{outcome.to or request.path}?done={outcome.done}", 303)


def _run(action: Action, said: Mapping[str, str]) -> Outcome | None:
    """What was done; None for a form that was sent already."""
    services = whole().services
    return action.run(services, said) if services.sent_forms.is_first(_digest(said)) else None


def _try(said: Mapping[str, str], attempt: Callable[[], T | None]) -> tuple[str, T | None]:
    """What came of it; or the kind of what was wrong, and None."""
    try:
        return "sent_twice", attempt()
    except whole().services.sent_forms.AWAY as error:
        log.error("nothing can be changed while Redis is away", error=repr(error))
        return "redis_away", None
    except ValueError as error:
        kind = str(getattr(error, "kind", ""))
        if kind not in PROBLEMS:
            raise
        log.warning("not changed", who=who(), action=said["do"], error=str(error))
        return kind, None


def _digest(said: Mapping[str, str]) -> str:
    """Of everything in a form, and so of the random member that each page's forms have (``once``)."""
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()


def _ask(action: Action, said: Mapping[str, str], show: Show) -> flask.Response:
    """The question, when what is to be done can be done."""
    problem, asked = _try(said, lambda: action.ask(whole().services, _view(), said))
    if asked is None:
        return _page(show(Outcome(said=said)), _REFUSED.get(problem, 422), problem=problem)
    kept = {name: value for name, value in said.items() if name != "csrf_token"}
    page = layout.sure(_view(), action.sure, kept, request.path, asked)
    return _send(layout.render(_view(), page, generate_csrf()))


def _page(page: layout.Admin, status: int = 200, **about: str) -> flask.Response:
    found = layout.finish(_view(), page, secrets.token_urlsafe(12), **about)
    return _send(layout.render(_view(), found, generate_csrf()), status)


def _send(body: str, status: int = 200) -> flask.Response:
    return flask.Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _view() -> View:
    return whole().view()
