"""Settings: a mapping (the environment) in, a frozen record or a clear error out."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

PREFIX: Final = "TENDAYS_"
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*")
KNOWN: Final = (
    "REDIS_URL", "DATABASE_URL", "DATA_DIR", "NETWORK", "HOST", "PORT", "SECRET_KEY", "DEMO_OFFSET_MINUTES",
    "DEMO_OPEN", "METRICS_TOKEN", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET",
    "HOSTS", "PROXIES",
)  # fmt: skip


class SettingsError(ValueError):
    """A setting that cannot be: which, what it is, what to do."""


class Oidc(Struct, frozen=True):
    """An OpenID Connect provider."""

    issuer: str
    client_id: str
    client_secret: str


class Settings(Struct, frozen=True):
    redis_url: str | None
    """None: an embedded server in the data folder."""
    database_url: str | None
    """None: SQLite in the data folder."""
    data_dir: Path
    network: Path | None
    """None: the Atyrau network."""
    host: str
    port: int
    secret_key: str | None
    unknown: tuple[str, ...]
    """``TENDAYS_*`` variables that are not settings: perhaps typing mistakes, so they are logged."""
    demo_offset_minutes: int | None
    """Set by the demo for its own processes: the network works seven days in this offset from UTC."""

    demo_open: bool
    """Set by the demo for its own processes: who comes from this very machine need not sign in."""
    metrics_token: str | None
    """What Prometheus says to be let in; None: only who is signed in and has the right."""
    oidc: Oidc | None
    """The akimat's own sign-in, when there is one."""

    hosts: tuple[str, ...]
    """Names by which viewers ask for the web, beside those of this very machine."""
    proxies: int
    """How many proxies in front of the web are trusted to say who asks."""

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Every name, in lower case, that a request may be for."""
        return (*LOOPBACK_NAMES, self.host.lower(), *self.hosts)

    @property
    def is_local(self) -> bool:
        """Whether the web listens on this very machine only."""
        return is_loopback(self.host)

    @property
    def history_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/history.db"


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from ``TENDAYS_*``; :class:`SettingsError` for one that cannot be."""
    found = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    return Settings(
        redis_url=_url(found, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        database_url=_url(found, "DATABASE_URL", ("sqlite:///", "postgresql://", "postgresql+psycopg://")),
        data_dir=Path(found.get("DATA_DIR") or "var"),
        network=_file(found, "NETWORK"),
        host=found.get("HOST") or "127.0.0.1",
        port=_number(found, "PORT", 8050, 1, 65_535),
        secret_key=_secret(found, "SECRET_KEY"),
        unknown=tuple(sorted(PREFIX + name for name in found if name not in KNOWN)),
        demo_offset_minutes=_number(found, "DEMO_OFFSET_MINUTES", 0, -720, 840)
        if "DEMO_OFFSET_MINUTES" in found
        else None,
        demo_open=found.get("DEMO_OPEN") == "1",
        metrics_token=_secret(found, "METRICS_TOKEN"),
        oidc=_oidc(found),
        hosts=_names(found, "HOSTS"),
        proxies=_number(found, "PROXIES", 0, 0, 9),
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: ``localhost`` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _oidc(found: Mapping[str, str]) -> Oidc | None:
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    values = [found.get(name) or "" for name in names]
    if not any(values):
        return None
    missing = [PREFIX + name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise SettingsError(f"{' and '.join(missing)} must be set too: signing in by OpenID Connect needs all three")
    issuer = values[0].rstrip("/")
    secure = issuer.startswith("https://") or is_loopback(urlsplit(issuer).hostname or "")
    if not secure:
        raise SettingsError(f"{PREFIX}OIDC_ISSUER is {issuer!r}; it must start with https://")
    return Oidc(issuer, values[1], values[2])


def _url(found: Mapping[str, str], name: str, starts: tuple[str, ...]) -> str | None:
    value = found.get(name)
    if value and not value.startswith(starts):
        raise SettingsError(f"{PREFIX}{name} is {_hidden(value)!r}; it must start with {' or '.join(starts)}")
    return value or None


def _hidden(url: str) -> str:
    """A URL without what may be a password."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if mark and "@" in rest else url


def _file(found: Mapping[str, str], name: str) -> Path | None:
    value = found.get(name)
    if not value:
        return None
    if not Path(value).is_file():
        raise SettingsError(f"{PREFIX}{name} is {value!r}, and no such file is there; give the path of a network file")
    return Path(value)


def _number(found: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = found.get(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise SettingsError(f"{PREFIX}{name} is {value!r}; it must be a whole number from {least} to {most}")
    return number


def _names(found: Mapping[str, str], name: str) -> tuple[str, ...]:
    names = tuple(each.strip().lower() for each in (found.get(name) or "").split(",") if each.strip())
    for each in names:
        if not _NAME.fullmatch(each):
            raise SettingsError(
                f"{PREFIX}{name} has {each!r}; give names or addresses alone, parted by commas: no scheme, port or path"
            )
    return names


def _secret(found: Mapping[str, str], name: str) -> str | None:
    value = found.get(name)
    if value and len(value) < 16:
        raise SettingsError(f"{PREFIX}{name} has {len(value)} characters; it must have at least 16")
    return value or None
