"""What is computed from history is kept in Redis by Flask-Caching, as msgpack; without it everything still works."""

import time
from collections.abc import Callable
from hashlib import blake2s
from pathlib import Path
from typing import Any, Final

import msgspec
import redis
import structlog
from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache

log = structlog.get_logger()

AWAY_S: Final = 5.0
"""A cache that did not answer is not asked for so long: a page must not wait for it again and again."""
ANSWER_S: Final = 1.0
"""How long the cache may take to answer."""


class Msgpack(BaseSerializer):
    """Plain data only: what is read back from the cache can never run."""

    def dumps(self, value: Any, *_: Any, **__: Any) -> bytes:
        return msgspec.msgpack.encode(value)

    def loads(self, bvalue: bytes | None) -> Any:
        """The value; None for what is not there, or is nothing that we wrote."""
        try:
            return None if bvalue is None else msgspec.msgpack.decode(bvalue)
        except msgspec.DecodeError:
            return None


def written_by() -> str:
    """A short name for the code that computes answers: another version of it never reads what this one kept."""
    whole = blake2s(digest_size=8)
    root = Path(__file__).parent.parent
    for folder in ("dashboard", "data_sources", "callbacks"):
        for path in sorted((root / folder).glob("*.py")):
            whole.update(path.read_bytes())
    return whole.hexdigest()


def make_cache(redis_url: str, prefix: str) -> Cache:
    """A cache that works without a web application too, and is any application's after ``init_app``."""
    config: dict[str, Any] = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": redis_url}
    config |= {"CACHE_KEY_PREFIX": f"{prefix}{written_by()}:"}
    config |= {"CACHE_SERIALIZER": Msgpack, "CACHE_OPTIONS": {"socket_timeout": ANSWER_S}}
    cache = Cache(config=config | {"CACHE_DEFAULT_TIMEOUT": 60})
    cache.init_app(Flask(__name__))
    return cache


class CachedBytes:
    """``cached(name, key, make)``: kept bytes, or what ``make`` gives, kept for the next who asks.

    The key must change with what the answer rests on: nothing is ever thrown away but by its age.
    """

    def __init__(self, cache: Cache, kept_s: int = 3600, clock: Callable[[], float] = time.monotonic) -> None:
        self._cache, self._kept_s, self._clock, self._away_until = cache, kept_s, clock, float("-inf")

    def __call__(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        place = f"{name}:{key}"
        kept = self._ask(lambda: self._cache.get(place))
        if isinstance(kept, bytes):
            return kept
        made = make()
        self._ask(lambda: self._cache.set(place, made, timeout=self._kept_s))
        return made

    def _ask(self, ask: Callable[[], Any]) -> Any:
        if self._clock() < self._away_until:
            return None
        try:
            return ask()
        except redis.RedisError as error:
            self._away_until = self._clock() + AWAY_S
            log.warning("the cache does not answer: computing anew", error=str(error))
            return None
