"""Settings in, services out: the only place that builds clients."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import flask
import redis
from flask_caching import Cache
from msgspec import structs
from sqlalchemy import Engine

from dashboard import alert_file
from dashboard.network import Network
from dashboard.network_file import DEFAULT, demo, load
from dashboard.settings import PREFIX, Settings
from data_sources import request_logs, runfile, telemetry
from data_sources.accounts import Accounts
from data_sources.alarms import AlarmDesk
from data_sources.audit import Audit
from data_sources.cached import CachedBytes, make_cache
from data_sources.decks import KINDS as DECKS
from data_sources.decks import DeckKind
from data_sources.direct import DirectUsers
from data_sources.directives import Directives
from data_sources.embedded import EmbeddedServer
from data_sources.export import KINDS, Kind
from data_sources.feeds import Feeds
from data_sources.gateway import Gateway
from data_sources.gateway_http import blueprint
from data_sources.history import History, open_engine, upgrade
from data_sources.kept_weeks import KeptWeeks
from data_sources.live import LiveHub
from data_sources.login_limits import LoginLimits
from data_sources.moments import Moment, Moments
from data_sources.narrowed import NarrowServices
from data_sources.norm_book import NormBook
from data_sources.oidc import OidcSignIn
from data_sources.recipient_book import RecipientBook
from data_sources.rollups import Rollups
from data_sources.rule_book import RuleBook
from data_sources.screens import Screens
from data_sources.secret import kept_secret
from data_sources.sent_forms import SentForms
from data_sources.sessions import Sessions
from data_sources.telemetry import Telemetry
from data_sources.tokens import Tokens
from data_sources.week_ends import WeekEnds
from data_sources.weeks import Weeks

CONNECTIONS: Final = 20
NO_SERVER: Final = "redis://127.0.0.1:0"
FEEDS_KEPT_S: Final = 2
"""The feeds page asks history; so many seconds all viewers share one answer."""


@dataclass(frozen=True)
class Services:
    """Everything that reaches outside, built from settings."""

    settings: Settings
    network: Network
    redis: redis.Redis
    engine: Engine

    @cached_property
    def history(self) -> History:
        return History(self.engine)

    @cached_property
    def live(self) -> LiveHub:
        return LiveHub(self.redis, self.network.id, self.telemetry.viewer)

    @cached_property
    def telemetry(self) -> Telemetry:
        return Telemetry(self)

    @cached_property
    def moments(self) -> Moments:
        return Moments(self.history, self.network, self.snapshot, self.clock)

    @cached_property
    def cache(self) -> Cache:
        """For what is computed from history."""
        return make_cache(self.settings.redis_url or "", f"tendays:{self.network.id}:cache:")

    @cached_property
    def cached(self) -> CachedBytes:
        return CachedBytes(self.cache)

    @cached_property
    def rollups(self) -> Rollups:
        return Rollups(self.engine, self.network, self.cached)

    @cached_property
    def norms(self) -> NormBook:
        return NormBook(self.engine, self.network, self.clock)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.engine, self.clock)

    @cached_property
    def alarms(self) -> AlarmDesk:
        return AlarmDesk(self.engine, self.rules)

    @cached_property
    def rules(self) -> RuleBook:
        """The alarm rules that are in force."""
        return RuleBook(self.engine, alert_file.load(alert_file.rules_path(self.settings.network)), self.clock)

    @cached_property
    def recipients(self) -> RecipientBook:
        """Who is told of alarms."""
        return RecipientBook(self.settings.data_dir, self.network, self.engine, self.clock)

    @cached_property
    def weeks(self) -> KeptWeeks:
        """Facts of weeks, for the weekly conference, and those that it closed."""
        ends = WeekEnds(self.history, self.network, self.moment, self.clock)
        return KeptWeeks(Weeks(self.rollups, self.network, ends.moment, self.clock), self.engine, self.clock)

    @cached_property
    def directives(self) -> Directives:
        """What the weekly conference decides."""
        return Directives(self.redis, self.network, self._directive_codes, self.clock)

    def _directive_codes(self, centre: str) -> Iterable[str]:
        moment = self.moment()
        return () if moment is None else moment.state(centre).directives

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway(self)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.engine, frozenset(self.network.centre_by_id), self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, self.accounts, self.clock)

    @cached_property
    def logins(self) -> LoginLimits:
        return LoginLimits(self.redis)

    @cached_property
    def screens(self) -> Screens:
        return Screens(self.engine, self.clock)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.engine, self.clock)

    @cached_property
    def direct(self) -> DirectUsers:
        return DirectUsers(self.redis, frozenset(self.network.centre_by_id))

    @cached_property
    def sent_forms(self) -> SentForms:
        return SentForms(self.redis)

    @cached_property
    def oidc(self) -> OidcSignIn | None:
        """The akimat's own sign-in; None when there is none."""
        return None if self.settings.oidc is None else OidcSignIn(self.settings.oidc)

    def secret(self) -> str:
        """What signs cookies: the setting, else one that is kept in the data folder."""
        return self.settings.secret_key or kept_secret(self.settings.data_dir)

    @cached_property
    def _narrowed(self) -> dict[str, NarrowServices]:
        return {each: NarrowServices(self, each) for each in self.network.centre_by_id}

    def narrowed(self, centre: str) -> NarrowServices:
        """These services for a viewer of one centre. ``KeyError`` for one that the network has not."""
        return self._narrowed[centre]

    def blueprints(self) -> list[flask.Blueprint]:
        """Routes that belong to no page: what centres send, and how to send it; what Prometheus asks for."""
        return [
            blueprint(lambda: self.gateway, self.network.id),
            telemetry.blueprint(self.telemetry),
            request_logs.blueprint(),
        ]

    @property
    def decks(self) -> Mapping[str, DeckKind]:
        """What the weekly deck is written as, by the ending of the file's name."""
        return DECKS

    @property
    def files(self) -> Mapping[str, Kind]:
        """What tables are written as, by the ending of the file's name."""
        return KINDS

    def clock(self) -> float:
        """Epoch seconds."""
        return time.time()

    def snapshot(self) -> bytes:
        """The newest published snapshot (JSON), empty before there is one."""
        return self.live.snapshot()

    def standing(self) -> bytes:
        """What stands of alarms (docs/snapshot.md), empty when no runner ever said it."""
        return self.live.alarms()

    def moment(self, at: float | None = None) -> Moment | None:
        """The network now, or at a moment of the past (epoch seconds); None while there is no snapshot yet."""
        return self.moments.moment(at)

    def feeds(self) -> list[dict[str, Any]]:
        """One row a centre: how its feed is, what came today, what was refused and why (data_sources.feeds)."""
        kept: list[dict[str, Any]] | None = self.cache.get("feeds")
        if kept is None:
            kept = Feeds(self.redis, self.history, self.network, self.snapshot, self.cached, self.clock).rows()
            self.cache.set("feeds", kept, timeout=FEEDS_KEPT_S)
        return kept


def network_of(settings: Settings) -> Network:
    """The network that the settings name; with the demo's offset, as the demo runs it."""
    network = load(settings.network or DEFAULT)
    return network if settings.demo_offset_minutes is None else demo(network, settings.demo_offset_minutes)


def connect(settings: Settings) -> Services:
    """Clients for settings that name a Redis; the database is brought to the newest schema."""
    assert settings.redis_url is not None
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.history_url)
    upgrade(engine)
    services = Services(settings, network_of(settings), redis_client(settings.redis_url), engine)
    services.norms.read()
    return services


def redis_client(url: str) -> redis.Redis:
    """A client that waits its turn when many ask at once, rather than refuse; 5 s for a server that does not answer."""
    pool = redis.BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=10)
    return redis.Redis.from_pool(pool)


@contextmanager
def opened(settings: Settings, *, attach: bool = False) -> Iterator[Services]:
    """Services for one command. With no Redis named an embedded server runs as long; with ``attach`` an instance that
    runs on the data folder is used instead, if there is one."""
    running = runfile.read(settings.data_dir) if attach and settings.redis_url is None else None
    if running:
        settings = attached(settings, running)
    if settings.redis_url is not None:
        yield connect(settings)
        return
    with EmbeddedServer(settings.data_dir / "valkey") as server:
        yield connect(structs.replace(settings, redis_url=server.url))


def records(settings: Settings) -> Services:
    """Services for a command that asks the database alone: it works beside whatever runs on the data folder, and starts
    no server. What asks for Redis fails."""
    running = runfile.read(settings.data_dir) if settings.redis_url is None else None
    settings = attached(settings, running) if running else settings
    return connect(settings if settings.redis_url else structs.replace(settings, redis_url=NO_SERVER))


def attached(settings: Settings, running: dict[str, Any]) -> Settings:
    """The settings of the instance that ``run.json`` tells of."""
    return structs.replace(
        settings,
        redis_url=running["redis"],
        database_url=running["database"],
        # the demo's clock is that of its own network, not of one that is named
        demo_offset_minutes=None if settings.network else running.get("offset_minutes"),
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of ours must be told so that it has the same settings: server, database, offset."""
    found = {
        "REDIS_URL": settings.redis_url or "",
        "DATABASE_URL": settings.history_url,
        "DATA_DIR": str(settings.data_dir.absolute()),
        "HOST": settings.host,
        "PORT": str(settings.port),
    }
    if settings.demo_open:
        found["DEMO_OPEN"] = "1"
    if settings.demo_offset_minutes is not None:
        found["DEMO_OFFSET_MINUTES"] = str(settings.demo_offset_minutes)
    return {PREFIX + name: value for name, value in found.items()}
