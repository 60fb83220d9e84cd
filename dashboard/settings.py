"""Settings: a mapping (the environment) in, a frozen record or a clear error out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

PREFIX: Final = "TENDAYS_"
KNOWN: Final = (
    "REDIS_URL", "DATABASE_URL", "DATA_DIR", "NETWORK", "HOST", "PORT", "SECRET_KEY", "DEMO_OFFSET_MINUTES",
)  # fmt: skip


class SettingsError(ValueError):
    """A setting that cannot be: which, what it is, what to do."""


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
        secret_key=_secret(found),
        unknown=tuple(sorted(PREFIX + name for name in found if name not in KNOWN)),
        demo_offset_minutes=_number(found, "DEMO_OFFSET_MINUTES", 0, -720, 840)
        if "DEMO_OFFSET_MINUTES" in found
        else None,
    )


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


def _secret(found: Mapping[str, str]) -> str | None:
    value = found.get("SECRET_KEY")
    if value and len(value) < 16:
        raise SettingsError(f"{PREFIX}SECRET_KEY has {len(value)} characters; it must have at least 16")
    return value or None
