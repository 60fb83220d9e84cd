"""The direct way: a centre that writes to its stream itself, as a Redis user that may do nothing else (design §3.2)."""

import secrets
from typing import Any, Final

import redis
from msgspec import Struct

from data_sources.stream import events_key
from data_sources.tokens import TokenError

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


def centres_with_user(client: Any) -> frozenset[str]:
    """Centres that have a user for writing to their stream themselves."""
    names = [each.decode() if isinstance(each, bytes) else str(each) for each in client.execute_command("ACL", "USERS")]
    return frozenset(each.removeprefix(PREFIX) for each in names if each.startswith(PREFIX))


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


class DirectUsers:
    """The same over one client; ``centres`` are those that there are. Raises ``redis.RedisError`` as they do."""

    AWAY: Final = (redis.RedisError, OSError)

    def __init__(self, client: Any, centres: frozenset[str]) -> None:
        self._client, self._centres = client, centres

    def all(self) -> frozenset[str]:
        return centres_with_user(self._client)

    def check(self, centre: str) -> None:
        """:class:`TokenError` for a centre that there is not."""
        if centre not in self._centres:
            raise TokenError("bad_centre", f"the network has no centre {centre!r}")

    def make(self, centre: str) -> DirectUser:
        self.check(centre)
        return make_user(self._client, centre)

    def drop(self, centre: str) -> bool:
        return drop_user(self._client, centre)
