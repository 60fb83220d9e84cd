"""How often one may try to sign in: by account and by address, counted on Redis for all web processes."""

from typing import Final

import redis
from limits import RateLimitItemPerSecond, storage, strategies

WINDOW_S: Final = 15 * 60
OF_ACCOUNT: Final = 10
"""Wrong passwords for one login in the window. More than any hand mistypes, far less than guessing needs."""
OF_ADDRESS: Final = 40
"""From one address: an office behind one address is many people."""


class LoginLimits:
    """Counts what went wrong; what went right costs nothing. With Redis away it raises one of :data:`AWAY`."""

    AWAY: Final = (redis.RedisError, OSError)

    def __init__(self, client: redis.Redis) -> None:
        counts = storage.RedisStorage(
            "redis://", connection_pool=client.connection_pool, key_prefix="tendays:limits:login"
        )
        self._limiter = strategies.SlidingWindowCounterRateLimiter(counts)
        self._account = RateLimitItemPerSecond(OF_ACCOUNT, WINDOW_S)
        self._address = RateLimitItemPerSecond(OF_ADDRESS, WINDOW_S)

    def is_open(self, login: str, address: str) -> bool:
        """Whether another try is allowed."""
        return self._limiter.test(self._account, "account", _key(login)) and self._limiter.test(
            self._address, "address", address
        )

    def failed(self, login: str, address: str) -> None:
        self._limiter.hit(self._account, "account", _key(login))
        self._limiter.hit(self._address, "address", address)

    def succeeded(self, login: str) -> None:
        self._limiter.clear(self._account, "account", _key(login))


def _key(login: str) -> str:
    return login.strip().lower()[:120]
