"""Administration: accounts, and one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from layouts.admin import Admin, Cell, Part, Row, do, role_choices, stamp
from layouts.plain import ROLE_WORDS, Field, Form
from layouts.view import View


def accounts(view: View, found: Sequence[Any], sessions: Mapping[str, int], said: Mapping[str, str]) -> Admin:
    """All accounts (data_sources.accounts.Account), their open sessions by id, and the form for a new one; ``said`` is
    what was typed into it."""
    _ = view.catalogue.gettext
    heads = (_("Login"), _("Role"), _("State"), _("Signed in at"), _("Made"))
    rows = tuple(_row(view, each, sessions.get(each.id, 0)) for each in found)
    return Admin(
        _("Accounts"),
        "admin-accounts",
        tab="/admin/accounts",
        parts=(
            Part(heads=heads, rows=rows, empty=_("There is no account yet.")),
            Part(_("A new account"), forms=(_new(view, said),)),
        ),
    )


def _row(view: View, account: Any, sessions: int) -> Row:
    _, ngettext = view.catalogue.gettext, view.catalogue.ngettext
    below = account.name if account.name.lower() != account.login else ""
    places = ngettext("{n} place", "{n} places", sessions) if sessions else "—"
    return Row(
        (
            Cell(account.login, below, f"/admin/accounts/{account.id}"),
            Cell(_of(view, account)),
            _state(view, account),
            Cell(places),
            Cell(stamp(view, account.made, time=False)),
        )
    )


def _state(view: View, account: Any) -> Cell:
    _ = view.catalogue.gettext
    if account.disabled is not None:
        return Cell(_("account is closed"), stamp(view, account.disabled, time=False), mark="act")
    return Cell(_("has a one-time password"), mark="watch") if account.must_change else Cell(_("account is open"))


def _of(view: View, account: Any) -> str:
    _ = view.catalogue.gettext
    if account.centre is not None:
        return _("director: {centre}", centre=view.name(account.centre))
    return _(ROLE_WORDS[account.role])


def _new(view: View, said: Mapping[str, str]) -> Form:
    _ = view.catalogue.gettext
    return do(
        "make",
        _("Make the account"),
        (
            Field("login", _("Login"), value=said.get("login", ""), note=_("For instance the e-mail address at work.")),
            Field(
                "name",
                _("Shown as"),
                value=said.get("name", ""),
                note=_("A position or a staff code. Without one the login is shown."),
                is_optional=True,
            ),
            Field("role", _("Role"), value=said.get("role", "akim"), choices=role_choices(view)),
        ),
        quiet=False,
    )


def account(view: View, found: Any, sessions: int, *, is_own: bool) -> Admin:
    """One account and what can be done with it."""
    _, ngettext, login = view.catalogue.gettext, view.catalogue.ngettext, found.login
    lines = [
        _of(view, found),
        _state(view, found).text,
        ngettext("Signed in at {n} place", "Signed in at {n} places", sessions) if sessions else _("Not signed in."),
        _("Made on {when}", when=stamp(view, found.made)),
    ]
    if is_own:
        lines.append(_("This is your own account."))
    role = f"{found.role}/{found.centre}" if found.centre else found.role
    choice = Field("role", _("Role"), value=role, choices=role_choices(view))
    change = do("role", _("Give this role"), (choice,), quiet=False, login=login)
    is_closed = found.disabled is not None
    forms = [do("reset", _("Reset the password"), login=login)]
    if sessions:
        forms.append(do("end", _("Sign out everywhere"), login=login))
    word = _("Open the account again") if is_closed else _("Close the account")
    forms.append(do("enable" if is_closed else "disable", word, login=login))
    return Admin(
        found.name or login,
        "admin-account",
        lines=(login,) if found.name and found.name != login else (),
        tab="/admin/accounts",
        parts=(Part(lines=tuple(lines), forms=tuple(forms)), Part(_("Another role"), forms=(change,))),
        links=(("/admin/accounts", _("All accounts")),),
    )
