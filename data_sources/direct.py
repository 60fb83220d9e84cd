"""The direct way: a centre that writes to its stream itself, as a Redis user that may do nothing else (design §3.2)."""

import secrets
from typing import Any, Final

import redis
from msgspec import Struct

from data_sources.stream import events_key

PREFIX: Final = "tendays-"
SECRET_BYTES: Final = 32


class DirectUser(Struct, frozen=True):
    """A centre's Redis user. ``password`` is shown once; ``is_kept`` says whether it outlives the server."""

    name: str
    password: str
    key: str
    is_kept: bool


def make_user(client: Any, centre: str) -> DirectUser:
    """Make the centre's user, or give it a new password in the place of all old ones.

    It may XADD to its own key; no other command, no other key, no channel. Raises ``redis.RedisError``.
    """
    name, password, key = PREFIX + centre, secrets.token_urlsafe(SECRET_BYTES), events_key(centre)
    client.execute_command("ACL", "SETUSER", name, "reset", "on", f">{password}", f"%W~{key}", "+xadd")
    return DirectUser(name, password, key, _keep(client))


def drop_user(client: Any, centre: str) -> bool:
    """Take the user away, with its open connections; whether there was one."""
    gone: Any = client.execute_command("ACL", "DELUSER", PREFIX + centre)
    _keep(client)
    return bool(gone)


def _keep(client: Any) -> bool:
    try:
        client.execute_command("ACL", "SAVE")
    except redis.ResponseError:  # the server has no ACL file
        return False
    return True
