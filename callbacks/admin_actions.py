"""What the forms of administration do: a name to a function, and the question that is asked first."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from callbacks.viewing import record, who
from layouts import admin_norms
from layouts.admin import Asked
from layouts.view import View

Said = Mapping[str, str]


class Outcome(NamedTuple):
    """What became of a form: a key of :data:`layouts.admin_words.DONE`, and what is shown once."""

    done: str = ""
    secret: str = ""
    about: str = ""
    """Whose secret."""
    said: Said = MappingProxyType({})
    """What was typed, when it must be typed again."""
    to: str = ""
    """The page that says so; the form's own unless given."""


def _ask_nothing(_services: Any, _view: View, _said: Said) -> Asked:
    return Asked()


class Action(NamedTuple):
    run: Callable[[Any, Said], Outcome]
    """(services, form); ``ValueError`` with a ``kind`` of ``PROBLEMS`` (layouts.admin_words) when it cannot be done."""
    sure: str = ""
    """A key of :data:`layouts.admin_words.SURE`: what cannot be undone is asked about first."""
    ask: Callable[[Any, View, Said], Asked] = _ask_nothing
    """What the question says more; ``ValueError`` as ``run`` when there is nothing to ask about."""


def _make(services: Any, said: Said) -> Outcome:
    role, centre = _role(said)
    account, password = services.accounts.make(said.get("login", ""), role, said.get("name", ""), centre)
    record("account_changed", account=account.login, change="made", role=said.get("role", ""))
    return Outcome("account_made", password, account.login)


def _reset(services: Any, said: Said) -> Outcome:
    account, password = services.accounts.reset(said.get("login", ""))
    services.sessions.end_all(account.id)
    record("account_changed", account=account.login, change="reset")
    return Outcome("account_reset", password, account.login)


def _disable(services: Any, said: Said) -> Outcome:
    account = services.accounts.disable(said.get("login", ""))
    services.sessions.end_all(account.id)
    record("account_changed", account=account.login, change="disabled")
    return Outcome("account_disabled")


def _enable(services: Any, said: Said) -> Outcome:
    account = services.accounts.disable(said.get("login", ""), disabled=False)
    record("account_changed", account=account.login, change="enabled")
    return Outcome("account_enabled")


def _set_role(services: Any, said: Said) -> Outcome:
    account = services.accounts.set_role(said.get("login", ""), *_role(said))
    services.sessions.end_all(account.id)
    record("account_changed", account=account.login, change="role", role=said.get("role", ""))
    return Outcome("account_role")


def _end(services: Any, said: Said) -> Outcome:
    account = services.accounts.find(said.get("login", ""))
    ended = 0 if account is None else services.sessions.end_all(account.id)
    record("account_changed", account=said.get("login", ""), change="signed out", sessions=ended)
    return Outcome("account_ended")


def _role(said: Said) -> tuple[str, str | None]:
    """``akim``, or ``director/<centre>``."""
    role, _, centre = said.get("role", "").partition("/")
    return role, centre or None


def _make_token(services: Any, said: Said) -> Outcome:
    services.direct.check(said.get("centre", ""))
    text, token = services.tokens.make(said["centre"], said.get("label", "").strip(), _days(said, "days"))
    record("token_made", centre=token.centre, token=token.id)
    return Outcome("token_made", text, token.id)


def _rotate(services: Any, said: Said) -> Outcome:
    before = said.get("id", "")
    text, token = services.tokens.rotate(before, _days(said, "days"), _days(said, "overlap"))
    record("token_rotated", centre=token.centre, token=token.id, before=before)
    return Outcome("token_rotated", text, token.id)


def _revoke(services: Any, said: Said) -> Outcome:
    token = services.tokens.revoke(said.get("id", ""))
    record("token_revoked", centre=token.centre, token=token.id)
    return Outcome("token_revoked")


def _make_direct(services: Any, said: Said) -> Outcome:
    user = services.direct.make(said.get("centre", ""))
    record("token_made", centre=said["centre"], token=user.name)
    return Outcome("direct_made" if user.is_kept else "direct_made_not_kept", user.password, user.name)


def _drop_direct(services: Any, said: Said) -> Outcome:
    services.direct.check(said.get("centre", ""))
    services.direct.drop(said["centre"])
    record("token_revoked", centre=said["centre"], token=f"tendays-{said['centre']}")
    return Outcome("direct_dropped")


def _pair(services: Any, said: Said) -> Outcome:
    screen = services.screens.confirm(said.get("code", ""), said.get("name", ""), who())
    record("screen_paired", screen=screen.id, name=screen.name)
    return Outcome("screen_paired")


def _revoke_screen(services: Any, said: Said) -> Outcome:
    screen = services.screens.revoke(said.get("id", ""))
    record("screen_revoked", screen=screen.id, name=screen.name)
    return Outcome("screen_revoked")


def _ask_norm(_services: Any, view: View, said: Said) -> Asked:
    return Asked(admin_norms.about(view, said))


def _change_norm(services: Any, said: Said) -> Outcome:
    try:
        day = date.fromisoformat(said.get("first_day", "")).toordinal()
    except ValueError:
        day = 0  # refused as any other day on which no change may begin
    members = admin_norms.members(said)
    change = services.norms.make(members, day, who(), said.get("why", ""))
    text = ", ".join(f"{name}={value}" for name, value in members.items())
    record("norm_changed", number=change.number, first_day=said["first_day"], what=text)
    return Outcome("norm_changed")


def _take_back_norm(services: Any, said: Said) -> Outcome:
    number = said.get("id", "")
    change = services.norms.take_back(int(number) if number.isdecimal() else 0, who(), said.get("why", ""))
    first_day = date.fromordinal(change.first_day).isoformat()
    record("norm_changed", number=change.number, first_day=first_day, takes_back=change.takes_back)
    return Outcome("norm_taken_back")


def _days(said: Said, name: str) -> float:
    try:
        return float(said.get(name, ""))
    except ValueError:
        return float("nan")  # the same as any other number of days that is none


ACCOUNTS: Final[Mapping[str, Action]] = {
    "make": Action(_make),
    "reset": Action(_reset, "account_reset"),
    "disable": Action(_disable, "account_disabled"),
    "enable": Action(_enable),
    "role": Action(_set_role, "account_role"),
    "end": Action(_end),
}
TOKENS: Final[Mapping[str, Action]] = {
    "make": Action(_make_token),
    "rotate": Action(_rotate),
    "revoke": Action(_revoke, "token_revoked"),
    "direct": Action(_make_direct),
    "renew_direct": Action(_make_direct, "direct_renewed"),
    "drop_direct": Action(_drop_direct, "direct_dropped"),
}
SCREENS: Final[Mapping[str, Action]] = {
    "pair": Action(_pair),
    "revoke": Action(_revoke_screen, "screen_revoked"),
}
NORMS: Final[Mapping[str, Action]] = {
    "norm": Action(_change_norm, "norm_changed", _ask_norm),
    "threshold": Action(_change_norm, "norm_changed", _ask_norm),
    "take_back": Action(_take_back_norm, "norm_taken_back"),
}
