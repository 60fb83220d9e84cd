"""The command `token`: tokens of centres for sending events over HTTP."""

from datetime import UTC, datetime
from typing import Protocol

import redis
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from dashboard.network import Network
from data_sources.audit import Audit, at_console
from data_sources.direct import make_user
from data_sources.tokens import Token, TokenError, Tokens


class TokenServices(Protocol):
    @property
    def engine(self) -> Engine: ...
    @property
    def network(self) -> Network: ...
    @property
    def redis(self) -> redis.Redis: ...
    @property
    def audit(self) -> Audit: ...
    def clock(self) -> float: ...


def make(
    services: TokenServices, centre: str | None, label: str, days: float, rotate: str | None, overlap_days: float
) -> None:
    """Make a token, or rotate one, and print its text: once, and alone on its line."""
    tokens = Tokens(services.engine, services.clock)
    if rotate:
        text, token = tokens.rotate(rotate, days, overlap_days)
        _record(services, "token_rotated", token.centre, token.id, before=rotate)
    else:
        if centre not in services.network.centre_by_id:
            known = ", ".join(services.network.centre_by_id)
            raise TokenError(
                "bad_centre", f"the network {services.network.id} has no centre {centre!r}; it has {known}"
            )
        text, token = tokens.make(centre, label, days)
        _record(services, "token_made", token.centre, token.id)
    console = _aside()
    console.print(f"Token {token.id} of {token.centre}, good until {_when(token.expires)}. It is not shown again:")
    print(text)  # noqa: T201 - to standard output and nothing else, so that it can go into a file


def make_redis_user(services: TokenServices, centre: str | None) -> None:
    """Make the Redis user of a centre that writes to its stream itself, and print its password: once."""
    known = services.network.centre_by_id
    if centre not in known:
        raise TokenError(
            "bad_centre", f"the network {services.network.id} has no centre {centre!r}; it has {', '.join(known)}"
        )
    user = make_user(services.redis, str(centre))
    _record(services, "token_made", str(centre), user.name)
    console = _aside()
    console.print(f"Redis user {user.name}, which may XADD to {user.key} and nothing else. Its password, shown once:")
    print(user.password)  # noqa: T201
    if not user.is_kept:
        console.print("The server has no ACL file: the user is gone when it stops. Set aclfile in its configuration.")


def show(services: TokenServices) -> None:
    """A table of all tokens."""
    table = Table("id", "centre", "label", "made", "good until", "last used", "state")
    now = services.clock()
    for each in Tokens(services.engine, services.clock).all():
        used = "never" if each.used is None else _when(each.used)
        table.add_row(each.id, each.centre, each.label, _when(each.made), _when(each.expires), used, _state(each, now))
    Console().print(table)


def revoke(services: TokenServices, id_: str) -> None:
    token = Tokens(services.engine, services.clock).revoke(id_)
    _record(services, "token_revoked", token.centre, token.id)
    Console().print(f"Token {token.id} of {token.centre} is refused from now on.")


def _no_centre(services: TokenServices, centre: str | None) -> TokenError:
    known = ", ".join(services.network.centre_by_id)
    return TokenError("bad_centre", f"the network {services.network.id} has no centre {centre!r}; it has {known}")


def _record(services: TokenServices, action: str, centre: str, token: str, **about: str) -> None:
    services.audit.record(action, at_console(), centre=centre, token=token, **about)


def _aside() -> Console:
    """What is said beside the secret, which alone goes to standard output."""
    return Console(stderr=True, soft_wrap=True)


def _state(token: Token, now: float) -> str:
    if token.revoked is not None:
        return "revoked"
    return "good" if token.is_good(now) else "expired"


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
