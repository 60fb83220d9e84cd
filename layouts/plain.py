"""Pages that the server makes whole, without Dash: signing in, one's own account, what is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct

from dashboard.i18n import LANGUAGE_NAMES, LANGUAGES
from dashboard.roles import ACCOUNT_ROLES, WITH_CENTRE, Role, Viewer, may_open
from layouts import message
from layouts.view import THEMES, View

ROLE_WORDS: Final[Mapping[Role, str]] = {
    "akim": message("akim"),
    "deputy": message("deputy akim"),
    "director": message("director of a centre"),
    "commission": message("oversight commission"),
    "presenter": message("presenter of the conference"),
    "it": message("IT of the centres"),
    "administrator": message("administrator"),
    "screen": message("wall screen"),
    "visitor": message("not signed in"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "wrong": message("The login or the password is wrong."),
    "too_many": message("Too many attempts. Wait a quarter of an hour, or ask the administrator for a new password."),
    "disabled": message("This account is closed. Ask the administrator."),
    "stale_form": message("The page had stood open for too long. Please try again."),
    "unavailable": message("Signing in does not work at this moment. Try again in a minute."),
    "old_wrong": message("The present password is wrong."),
    "not_same": message("The two new passwords differ."),
    "same_as_old": message("The new password is the present one."),
    "password_short": message("The password is too short: at least 12 characters."),
    "password_long": message("The password is too long: at most 256 characters."),
    "password_login": message("The password must not be made of the login or the name."),
    "password_common": message("This password is one of the first that would be guessed. Choose another one."),
    "too_many_screens": message("Too many screens wait to be paired. Try again in a few minutes."),
    "oidc_failed": message("Signing in through the akimat's system did not succeed. Try again."),
    "oidc_no_account": message("There is no account for you here. Ask the administrator."),
}
"""The kind of what went wrong, as it is shown; what exactly it was stands in the log."""
_SHORT: Final = {"ru": "РУС", "kk": "ҚАЗ", "en": "ENG"}
_JINJA: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class Field(Struct, frozen=True):
    name: str
    label: str = ""
    type: str = "text"
    value: str = ""
    autocomplete: str = "off"
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Of a type ``checks`` any of them: each is a member ``name.value`` of the form, and ``value`` those that are on,
    with spaces between."""
    is_optional: bool = False
    least: str = ""
    most: str = ""


class Form(Struct, frozen=True):
    button: str
    fields: tuple[Field, ...] = ()
    action: str = ""
    quiet: bool = False
    about: str = ""
    """What the button is about, for who hears the page and does not see its row."""


class Plain(Struct, frozen=True):
    """What is on a page."""

    title: str
    mark: str = ""
    """``data-page``."""
    lines: tuple[str, ...] = ()
    problem: str = ""
    """A key of :data:`PROBLEMS`."""
    done: str = ""
    code: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    sample_lines: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    """Text to be copied, below everything, and what is said of it."""
    script: str = ""
    keep: Mapping[str, str] = {}
    """Members of the query that a switch of language or theme keeps."""


def render(
    view: View, page: Plain, csrf: str = "", template: str = "plain.html", problems: Mapping[str, str] = PROBLEMS
) -> str:
    """The whole document; everything that is put into it is escaped."""
    _ = view.catalogue.gettext
    names = {"auto": _("auto"), "day": _("day"), "night": _("night")}
    return _JINJA.get_template(template).render(
        view=view,
        page=page,
        csrf=csrf,
        problem=_(problems[page.problem]) if page.problem else "",
        network=view.network.names.get(view.catalogue.language),
        languages=[(each, _SHORT[each], LANGUAGE_NAMES[each]) for each in LANGUAGES],
        themes=[(each, names[each]) for each in THEMES],
        href=_switch(page.keep),
        _=_,
    )


def _switch(keep: Mapping[str, str]) -> Callable[[str, str], str]:
    return lambda name, value: "?" + urlencode({**keep, name: value})


def login(view: View, said: str, problem: str, back: str, with_oidc: bool) -> Plain:
    """``said`` is the login that was typed, ``back`` where one goes on to."""
    _ = view.catalogue.gettext
    fields = (
        Field("login", _("Login"), value=said, autocomplete="username"),
        Field("password", _("Password"), "password", autocomplete="current-password"),
        Field("next", type="hidden", value=back),
    )
    oidc = f"/login/oidc?{urlencode({'next': back})}"
    return Plain(
        _("Signing in"),
        "login",
        problem=problem,
        forms=(Form(_("Sign in"), fields),),
        links=((oidc, _("Sign in through the akimat's system")),) if with_oidc else (),
        keep={"next": back} if back else {},
    )


def password(view: View, viewer: Viewer, problem: str) -> Plain:
    """The change of one's own password; of one that somebody else set, before anything else."""
    _ = view.catalogue.gettext
    fields = (
        Field("old", _("Present password"), "password", autocomplete="current-password"),
        Field(
            "new",
            _("New password"),
            "password",
            autocomplete="new-password",
            note=_("At least 12 characters. A few words that only you would put together are best."),
        ),
        Field("again", _("New password once more"), "password", autocomplete="new-password"),
    )
    first = (_("This password was given to you. Choose your own before you go on."),) if viewer.must_change else ()
    return Plain(
        _("Change of password"),
        "password",
        lines=first,
        problem=problem,
        forms=(Form(_("Change it"), fields),),
        links=(("/account", _("Back")),),
    )


def account(view: View, viewer: Viewer, sessions: int, done: str) -> Plain:
    """Who is signed in, and the ways out."""
    _ = view.catalogue.gettext
    lines = [role_text(view, viewer)]
    if sessions > 1:
        lines.append(view.catalogue.ngettext("Signed in at {n} place", "Signed in at {n} places", sessions))
    leave = Field("leave", type="hidden", value="here")
    everywhere = Field("leave", type="hidden", value="everywhere")
    return Plain(
        viewer.name or viewer.login,
        "account",
        lines=tuple(lines),
        done=done,
        forms=(
            Form(_("Sign out"), (leave,), quiet=True),
            Form(_("Sign out everywhere"), (everywhere,), quiet=True),
        ),
        links=(("/password", _("Change of password")), (home(viewer), _("To the pages"))),
    )


def pairing(view: View, code: str, problem: str) -> Plain:
    """What a screen shows until it is paired."""
    _ = view.catalogue.gettext
    return Plain(
        _("This screen is not paired yet"),
        "pairing",
        lines=(
            _(
                "Its code is below. An administrator confirms it at /admin/screens, or with: "
                "python app.py screen CODE --name PLACE"
            ),
            _("The code is good for ten minutes, then another one comes by itself. Once confirmed, the wall comes."),
        ),
        problem=problem,
        code=f"{code[:4]}-{code[4:]}" if code else "",
        script="screen.js",
    )


def look(view: View, viewer: Viewer, names: Mapping[str, str], chosen: str) -> Plain:
    """The open demo's switch; ``names`` are those of the centres by id."""
    _ = view.catalogue.gettext
    choices: list[tuple[str, str]] = []
    for role in (*ACCOUNT_ROLES, "screen"):
        if role in WITH_CENTRE:
            choices += [(f"{role}/{each}", _("director: {centre}", centre=name)) for each, name in names.items()]
        else:
            choices.append((role, _(ROLE_WORDS[role])))
    return Plain(
        _("Look as"),
        "look",
        lines=(
            _("This is the open demonstration: nobody signs in, and it answers this machine only."),
            _("Each role sees its own part. Choose one, and go on as it would."),
        ),
        forms=(Form(_("Look so"), (Field("look", _("Role"), value=chosen, choices=tuple(choices)),)),),
        links=(("/login", _("Sign in with an account")), ("/wall", _("Wall"))),
    )


def refused(view: View) -> str:
    """What is not this viewer's to see."""
    _ = view.catalogue.gettext
    return render(view, refusal(view))


def refusal(view: View) -> Plain:
    _, viewer = view.catalogue.gettext, view.viewer
    other = ("/look", _("Look as")) if viewer.is_open else ("/account", _("Your account"))
    ways = [(home(viewer), _("To the pages"))] + ([] if viewer.role == "screen" and not viewer.is_open else [other])
    return Plain(_("This is not yours to see"), "refused", lines=(refusal_text(view),), links=tuple(ways))


def refusal_text(view: View) -> str:
    return view.catalogue.gettext(
        "You are here as: {role}. This page is for others. If it should be yours, ask the administrator.",
        role=role_text(view, view.viewer),
    )


def role_text(view: View, viewer: Viewer) -> str:
    """``director: ЦОН № 1``."""
    if viewer.centre is not None:
        return view.catalogue.gettext("director: {centre}", centre=view.name(viewer.centre))
    return view.catalogue.gettext(ROLE_WORDS[viewer.role])


def home(viewer: Viewer) -> str:
    """Where a viewer begins."""
    if viewer.centre is not None and may_open(viewer, "centre", viewer.centre):
        return f"/centre/{viewer.centre}"
    return "/feeds" if viewer.role == "it" else "/wall"
