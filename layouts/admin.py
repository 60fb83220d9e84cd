"""Administration: what its pages are made of, its words, and the overview. The server renders them without Dash."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel.dates import format_date
from msgspec import Struct, structs

from dashboard.roles import ACCOUNT_ROLES, WITH_CENTRE
from layouts import message, plain
from layouts.plain import Field, Form, Plain
from layouts.view import View

EXPIRING_DAYS: Final = 30
"""A token that is good for fewer days is pointed out."""
TABS: Final = (
    ("/admin", message("Overview")),
    ("/admin/accounts", message("Accounts")),
    ("/admin/tokens", message("Tokens of centres")),
    ("/admin/screens", message("Wall screens")),
    ("/admin/norms", message("Norms and thresholds")),
    ("/admin/log", message("Audit log")),
    ("/admin/backup", message("Backup")),
)
PROBLEMS: Final[Mapping[str, str]] = {
    **plain.PROBLEMS,
    "sent_twice": message("This form was sent already. Nothing was done a second time."),
    "redis_away": message("Nothing was changed: the server of the streams does not answer. Try again in a minute."),
    "bad_login": message("The login must have 1 to 120 characters and no spaces."),
    "bad_name": message("The name must have 1 to 80 characters."),
    "login_taken": message("There is an account with this login already."),
    "bad_role": message("There is no such role."),
    "bad_centre": message("There is no such centre, or the role is of none."),
    "last_administrator": message("This is the last administrator. Make another one first."),
    "no_account": message("There is no such account any more."),
    "bad_days": message("The number of days must be more than 0 and at most 3660; of the old token, 0 or more."),
    "bad_label": message("The label is too long: at most 80 characters."),
    "token_over": message("This token is no longer good. Make a new one."),
    "no_token": message("There is no such token."),
    "no_code": message("No screen shows this code now. Read it again: it changes every ten minutes."),
    "no_screen": message("There is no such screen."),
    "norm_member": message("There is no such norm or number."),
    "norm_value": message("The value is not one that this norm or threshold can have."),
    "norm_order": message("The second threshold must be worse than the first."),
    "norm_margin": message("The two thresholds are too near one another: the level would flicker."),
    "norm_same": message("This is what holds on that day already."),
    "norm_day": message("A change begins tomorrow at the earliest (after 23:45 the day after), and within ten years."),
    "norm_why": message("Say why, in 1 to 300 characters."),
    "norm_begun": message("This change cannot be taken back any more. A new change can follow it."),
}
DONE: Final[Mapping[str, str]] = {
    "account_made": message("The account has been made. At the first sign-in another password must be chosen."),
    "account_reset": message("The password has been reset, and the account signed out everywhere."),
    "account_disabled": message("The account is closed and signed out everywhere."),
    "account_enabled": message("The account is open again."),
    "account_role": message("The account has another role now, and signs in again."),
    "account_ended": message("The account is signed out everywhere."),
    "token_made": message("The token has been made. Give it to the centre's IT."),
    "token_rotated": message("The new token has been made. Put it in before the old one ends."),
    "token_revoked": message("The token is refused from now on."),
    "direct_made": message("The Redis user may write to the stream of its centre and do nothing else."),
    "direct_made_not_kept": message(
        "The Redis user may write to the stream of its centre and do nothing else. The server has no file for its "
        "users: this one is gone when the server stops. Set aclfile in its configuration."
    ),
    "screen_paired": message("The screen is paired: it shows the wall within seconds."),
    "screen_revoked": message("The screen may look no more, and shows a code again."),
    "direct_dropped": message("The Redis user is gone, and its connections are closed."),
    "norm_changed": message("The change is kept. It begins on its day, by itself."),
    "norm_taken_back": message("The change does not come."),
}
SURE: Final[Mapping[str, tuple[str, str]]] = {
    "account_reset": (
        message("Reset the password?"),
        message("The present password stops working, and the account is signed out everywhere."),
    ),
    "account_disabled": (
        message("Close the account?"),
        message("It is signed out everywhere and signs in no more. It can be opened again."),
    ),
    "account_role": (
        message("Change the role?"),
        message("The account is signed out everywhere, and sees at the next sign-in what the new role sees."),
    ),
    "token_revoked": (
        message("Revoke the token?"),
        message("What the centre sends with it is refused from this moment. This cannot be undone."),
    ),
    "screen_revoked": (
        message("Revoke the screen?"),
        message("It shows the wall no more. To have it back somebody must stand before it and read its code."),
    ),
    "direct_renewed": (
        message("Make a new password?"),
        message("The present one stops working: until the new one is put in, the centre sends nothing."),
    ),
    "norm_changed": (
        message("Change it from that day on?"),
        message("Numbers of the days before stay as they are. Until the day comes, the change can be taken back."),
    ),
    "norm_taken_back": (
        message("Take the change back?"),
        message("What holds now goes on. The row stays in the list."),
    ),
    "direct_dropped": (
        message("Take the Redis user away?"),
        message("The centre's direct connections are closed at once. This cannot be undone."),
    ),
}
"""The question, and what will happen."""


class Cell(Struct, frozen=True):
    text: str
    below: str = ""
    href: str = ""
    mark: str = ""
    """``watch`` or ``act``: to be noticed."""
    is_code: bool = False
    is_short: bool = False
    """Stands on one line."""


class Row(Struct, frozen=True):
    cells: tuple[Cell, ...]
    forms: tuple[Form, ...] = ()


class Part(Struct, frozen=True):
    """A piece of a page: lines, a table, forms, in this order."""

    title: str = ""
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    empty: str = ""
    forms: tuple[Form, ...] = ()
    code: str = ""
    filter: tuple[Field, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


class Admin(Plain, frozen=True, kw_only=True):
    """What is on a page of administration."""

    parts: tuple[Part, ...] = ()
    tab: str = "/admin"
    tabs: tuple[tuple[str, str, bool], ...] = ()
    """Address, words, whether one is there."""
    once: str = ""
    """A random member of every form of the page, so that a form that is sent again is known."""
    secret: str = ""
    secret_of: str = ""


def finish(
    view: View, page: Admin, once: str, *, done: str = "", problem: str = "", secret: str = "", about: str = ""
) -> Admin:
    """The page with what became of a form; ``done`` and ``problem`` are keys of the tables above."""
    _ = view.catalogue.gettext
    return structs.replace(
        page,
        once=once,
        done=_(DONE[done]) if done else "",
        problem=problem,
        secret=secret,
        secret_of=_("Shown once, write it down now: {of}", of=about) if secret else "",
        tabs=tuple((path, _(text), path == page.tab) for path, text in TABS),
    )


def render(view: View, page: Plain, csrf: str) -> str:
    template = "admin.html" if isinstance(page, Admin) else "plain.html"
    return plain.render(view, page, csrf, template, PROBLEMS)


def sure(view: View, question: str, said: Mapping[str, str], back: str, what: tuple[str, ...] = ()) -> Plain:
    """The question before what cannot be undone. The form is sent once more, with the answer. ``what`` says what a form
    is about that says it in members of its own."""
    _ = view.catalogue.gettext
    title, text = SURE[question]
    kept = tuple(Field(name, type="hidden", value=value) for name, value in said.items() if name != "sure")
    about = [said[name] for name in ("login", "id") if name in said]
    about += [view.name(said["centre"])] if "centre" in said else []
    about += what
    about += [text for role, text in role_choices(view) if role == said.get("role")]
    return Plain(
        _(title),
        "sure",
        lines=(" → ".join(about), _(text)),
        forms=(Form(_("Yes, do it"), (*kept, Field("sure", type="hidden", value="yes")), back),),
        links=((back, _("No, go back")),),
    )


def overview(view: View, accounts: Sequence[Any], tokens: Sequence[Any], screens: int, dark: int, backup: Any) -> Admin:
    """``accounts`` and ``tokens`` are all there are (data_sources), ``screens`` how many may look and ``dark`` how
    many of them are not seen now, ``backup`` the newest entry of one, or None."""
    _, ngettext = view.catalogue.gettext, view.catalogue.ngettext
    closed = sum(each.disabled is not None for each in accounts)
    good = [each for each in tokens if each.is_good(view.now)]
    ending = sum(each.expires - view.now < EXPIRING_DAYS * 86_400 for each in good)
    said = {
        "/admin/accounts": (
            ngettext("{n} account", "{n} accounts", len(accounts)),
            ngettext("{n} of them is closed", "{n} of them are closed", closed) if closed else "",
            "",
        ),
        "/admin/tokens": (
            ngettext("{n} good token", "{n} good tokens", len(good)),
            ngettext("{n} ends within 30 days", "{n} end within 30 days", ending) if ending else "",
            "watch" if ending else "",
        ),
        "/admin/screens": (
            ngettext("{n} screen", "{n} screens", screens),
            ngettext("{n} of them is not seen now", "{n} of them are not seen now", dark) if dark else "",
            "watch" if dark else "",
        ),
        "/admin/norms": (_("what each number is held against"), "", ""),
        "/admin/log": (_("who signed in, took and changed what"), "", ""),
        "/admin/backup": (
            (_("never made"), "", "watch") if backup is None else (_("last one"), stamp(view, backup.at), "")
        ),
    }
    rows = tuple(
        Row((Cell(_(text), href=path), Cell(said[path][0], said[path][1], mark=said[path][2])))
        for path, text in TABS
        if path in said
    )
    return Admin(_("Administration"), "admin", parts=(Part(heads=(_("Part"), _("As it is now")), rows=rows),))


def do(
    name: str, button: str, fields: tuple[Field, ...] = (), *, quiet: bool = True, about: str = "", **said: str
) -> Form:
    """A form that does ``name``; ``said`` are its hidden members."""
    hidden = tuple(Field(key, type="hidden", value=value) for key, value in {"do": name, **said}.items())
    return Form(button, (*hidden, *fields), quiet=quiet, about=about)


def role_choices(view: View) -> tuple[tuple[str, str], ...]:
    """``akim``, or ``director/<centre>``: role and centre are one choice, so none is chosen that cannot be."""
    _, choices = view.catalogue.gettext, []
    for role in ACCOUNT_ROLES:
        if role in WITH_CENTRE:
            centres = view.network.centres
            choices += [(f"{role}/{each.id}", _("director: {centre}", centre=view.name(each.id))) for each in centres]
        else:
            choices.append((role, _(plain.ROLE_WORDS[role])))
    return tuple(choices)


def stamp(view: View, moment: float | None, *, time: bool = True) -> str:
    """Day, year and time of epoch seconds in the network's zone; a dash for None."""
    if moment is None:
        return "—"
    local = view.network.local
    day = format_date(dt.date.fromordinal(local.day(moment)), "medium", locale=view.catalogue.locale)
    return f"{day}, {view.catalogue.time(moment, local)}" if time else day
