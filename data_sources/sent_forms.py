"""Forms that were sent: what is done once must not be done again because somebody loads the answer once more."""

from typing import Final

import redis

KEPT_S: Final = 12 * 3600
"""As long as a session lasts: an older form is of no session."""


class SentForms:
    """Remembers forms on Redis, for all web processes. With Redis away it raises one of :data:`AWAY`."""

    AWAY: Final = (redis.RedisError, OSError)

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def is_first(self, form: str) -> bool:
        """Whether this very form was never sent before; from now on it was."""
        return bool(self._client.set(f"tendays:form:{form}", 1, nx=True, ex=KEPT_S))
