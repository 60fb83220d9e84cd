"""Administration: what its pages are made of, and the overview. The server renders them without Dash."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel.dates import format_date
from msgspec import Struct, structs

from dashboard.roles import ACCOUNT_ROLES, WITH_CENTRE
from layouts import message, plain
from layouts.admin_words import DONE, PROBLEMS, SURE
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
    ("/admin/rules", message("Alarm rules")),
    ("/admin/recipients", message("Recipients")),
    ("/admin/log", message("Audit log")),
    ("/admin/backup", message("Backup")),
)


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
    """The page with what became of a form; ``done`` and ``problem`` are keys of :mod:`layouts.admin_words`."""
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


class Asked(Struct, frozen=True):
    """What a form says of itself in the question before it."""

    what: tuple[str, ...] = ()
    """What it is about, when it says that in members of its own."""
    lines: tuple[str, ...] = ()
    """What it changes, a line each."""
    sample_lines: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    """How to try it first: words, then what can be copied."""


def sure(view: View, question: str, said: Mapping[str, str], back: str, asked: Asked) -> Plain:
    """The question before what cannot be undone. The form is sent once more, with the answer."""
    _ = view.catalogue.gettext
    title, text = SURE[question]
    kept = tuple(Field(name, type="hidden", value=value) for name, value in said.items() if name != "sure")
    about = [said[name] for name in ("login", "id") if name in said]
    about += [view.name(said["centre"])] if "centre" in said else []
    about += asked.what
    about += [text for role, text in role_choices(view) if role == said.get("role")]
    return Plain(
        _(title),
        "sure",
        lines=(" → ".join(about), *asked.lines, _(text)),
        forms=(Form(_("Yes, do it"), (*kept, Field("sure", type="hidden", value="yes")), back),),
        links=((back, _("No, go back")),),
        sample_lines=asked.sample_lines,
        samples=asked.samples,
    )


class Counts(Struct, frozen=True, kw_only=True):
    """What the overview counts."""

    screens: int
    """How many may look, and how many of them are ``dark``: not seen now."""
    dark: int
    rules: int
    """Alarm rules in force, and those that are ``off``."""
    off: int
    recipients: int | None
    """None: their file cannot be read."""


def overview(view: View, accounts: Sequence[Any], tokens: Sequence[Any], counts: Counts, backup: Any) -> Admin:
    """``accounts`` and ``tokens`` are all there are (data_sources), ``backup`` the newest entry of one, or None."""
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
            ngettext("{n} screen", "{n} screens", counts.screens),
            ngettext("{n} of them is not seen now", "{n} of them are not seen now", counts.dark) if counts.dark else "",
            "watch" if counts.dark else "",
        ),
        "/admin/norms": (_("what each number is held against"), "", ""),
        "/admin/rules": (
            ngettext("{n} rule in force", "{n} rules in force", counts.rules),
            ngettext("{n} is switched off", "{n} are switched off", counts.off) if counts.off else "",
            "watch" if counts.off else "",
        ),
        "/admin/recipients": (
            _("their file cannot be read")
            if counts.recipients is None
            else ngettext("{n} recipient", "{n} recipients", counts.recipients),
            _("nobody is told of alarms") if counts.recipients == 0 else "",
            "" if counts.recipients else "watch",
        ),
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
