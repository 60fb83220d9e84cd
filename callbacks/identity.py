"""Who asks: a session's account, a paired screen, the open demo's viewer, or a visitor."""

import time
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, Final

import flask
from flask import current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user
from msgspec import structs

from callbacks.viewing import viewer, whole
from dashboard.roles import ACCOUNT_ROLES, OPEN, VISITOR, WITH_CENTRE, Viewer
from dashboard.settings import is_loopback

LOOK_COOKIE: Final = "look"
SCREEN_COOKIE: Final = "screen"
CHECK_S: Final = 15.0
"""An open stream asks again so often whether its viewer may still follow it."""
SCREEN_S: Final = 400 * 86_400
_BY_ITSELF: Final = ("live", "snapshot")
"""What pages ask for without anybody sitting before them; and being drawn again (:func:`is_asking`)."""
_KEEPS_A_SCREEN: Final = ("/", "/<path:path>", "live", "snapshot")
_THROUGH_A_PROXY: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
_ROUTER: Final = ".._pages_content.children..._pages_store.data.."


class Signed(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: known by the token of the session, so that ending a session ends it everywhere."""

    def __init__(self, token: str, account: Any) -> None:
        self.token, self.account = token, account

    def get_id(self) -> str:
        return self.token


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie; behind TLS it is Secure and has the ``__Host-`` prefix, which no other host can set."""

    def get_cookie_name(self, app: flask.Flask) -> str:  # noqa: ARG002 - Flask's own
        return cookie_name("session")

    def get_cookie_secure(self, app: flask.Flask) -> bool:  # noqa: ARG002
        return request.is_secure


def cookie_name(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name


def set_up(server: flask.Flask, services: Any) -> None:
    """Flask-Login over sessions that the server keeps."""
    server.secret_key = services.secret()
    server.session_interface = Cookies()
    server.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_PATH="/")
    manager = LoginManager(server)

    @server.after_request
    def keep(answer: flask.Response) -> flask.Response:
        if viewer().role == "screen" and not viewer().is_open and request.endpoint in _KEEPS_A_SCREEN:
            keep_screen(answer, request.cookies[cookie_name(SCREEN_COOKIE)])
        return answer

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Signed | None:
        account = services.sessions.find(token, is_asking=is_asking())
        return None if account is None else Signed(token, account)


def identify() -> Viewer:
    """Who asks, from the cookies of the request."""
    if "_user_id" in session and current_user.is_authenticated:
        return of_account(current_user.account)
    found = _screen()
    if found is not None:
        return Viewer("screen", found.id, name=found.name)
    if is_open():
        return read_look(request.cookies.get(LOOK_COOKIE, ""))
    return VISITOR


def _screen() -> Any:
    token = request.cookies.get(cookie_name(SCREEN_COOKIE), "")
    return whole().services.screens.find(token) if token else None


def is_screen() -> bool:
    """Whether a paired screen asks."""
    return _screen() is not None


def has_screen_cookie() -> bool:
    return bool(request.cookies.get(cookie_name(SCREEN_COOKIE)))


def keep_screen(answer: flask.Response, token: str) -> None:
    """Give a screen its token; browsers keep a cookie 400 days at most, so it is given again while it looks."""
    answer.set_cookie(
        cookie_name(SCREEN_COOKIE),
        token,
        max_age=SCREEN_S,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def of_account(account: Any) -> Viewer:
    """An account's viewer. A centre that the network has no more is nobody's."""
    centre = account.centre if account.centre in whole().services.network.centre_by_id else None
    return Viewer(account.role, account.id, account.login, account.name, centre, account.must_change)


def read_look(text: str) -> Viewer:
    """``akim`` or ``director/<centre>`` of the open demo's switch; what cannot be read looks as at first."""
    role, _, centre = text.partition("/")
    known = next((each for each in (*ACCOUNT_ROLES, "screen") if each == role), None)
    if known is None:
        return OPEN
    if known not in WITH_CENTRE:
        return structs.replace(OPEN, role=known)
    is_there = centre in whole().services.network.centre_by_id
    return structs.replace(OPEN, role=known, centre=centre) if is_there else OPEN


def is_open() -> bool:
    """Whether nobody needs to sign in: in the demo, on loopback, asked from this very machine and through no proxy. A
    proxy, or a name that points here, would let others in."""
    settings = whole().services.settings
    if not (settings.demo_open and settings.is_local) or any(each in request.headers for each in _THROUGH_A_PROXY):
        return False
    host = request.host.rpartition(":")[0] if request.host[-1:].isdigit() and ":" in request.host else request.host
    return is_loopback(host.strip("[]")) and _is_here(request.remote_addr)


def _is_here(address: str | None) -> bool:
    try:
        return address is not None and ip_address(address).is_loopback
    except ValueError:
        return False


def is_asking() -> bool:
    """Whether somebody does something; a page that is drawn again by itself does not keep a session alive."""
    if request.endpoint in _BY_ITSELF:
        return False
    return request.endpoint != "/_dash-update-component" or callback_output() == _ROUTER


def callback_output() -> str:
    """Which callback a request asks for; empty when that cannot be read."""
    body = request.get_json(silent=True)
    found = body.get("output") if isinstance(body, dict) else None
    return found if isinstance(found, str) else ""


def while_good(frames: Iterator[bytes]) -> Iterator[bytes]:
    """A stream for as long as its viewer may follow it: it ends within seconds of a session that has ended."""
    of = viewer()
    if not of.id:
        return frames
    services = whole().services
    token = session.get("_user_id", "")
    screen_token = request.cookies.get(cookie_name(SCREEN_COOKIE), "")
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def is_good() -> bool:
        with app.app_context():
            if of.role == "screen":
                return services.screens.find(screen_token) is not None
            account = services.sessions.find(token, is_asking=False)
            return account is not None and of_account(account) == of

    return _until(frames, is_good)


def _until(frames: Iterator[bytes], is_good: Any) -> Iterator[bytes]:
    due = time.monotonic() + CHECK_S
    for each in frames:
        if time.monotonic() >= due:
            if not is_good():
                return
            due = time.monotonic() + CHECK_S
        yield each
