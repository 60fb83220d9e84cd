"""Settings: a mapping in; a record, or an error that names the variable, its value and what to do."""

from pathlib import Path

import pytest

from dashboard.settings import KNOWN, PREFIX, SettingsError, read

DOCS = Path(__file__).parent.parent / "docs"


def test_all_settings_are_optional() -> None:
    settings = read({"HOME": "/root"})
    assert (settings.redis_url, settings.network, settings.host, settings.port) == (None, None, "127.0.0.1", 8050)
    assert settings.data_dir == Path("var")
    assert settings.history_url == f"sqlite:///{Path('var').absolute()}/history.db"


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.touch()
    found = read({"TENDAYS_PORT": "9000", "TENDAYS_NETWORK": str(file), "TENDAYS_REDIS_URL": "redis://h/1"})
    assert (found.port, found.network, found.redis_url) == (9000, file, "redis://h/1")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "http", "'http'"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("DATABASE_URL", "mysql://u:secret@h/d", "postgresql://"),
        ("NETWORK", "/nowhere.toml", "no such file"),
        ("SECRET_KEY", "short", "at least 16"),
        ("HOSTS", "https://wall.example.kz", "no scheme"),
        ("HOSTS", "wall.example.kz:8050", "no scheme"),
        ("HOSTS", "*", "names or addresses"),
        ("PROXIES", "-1", "from 0 to 9"),
    ],
)
def test_an_error_names_the_variable_and_says_what_to_do(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=PREFIX + name) as error:
        read({PREFIX + name: value})
    assert said in str(error.value)
    assert "secret" not in str(error.value)


def test_the_names_that_are_answered_are_this_machines_and_those_that_are_set() -> None:
    found = read({"TENDAYS_HOSTS": "Wall.example.kz, 10.0.0.5,", "TENDAYS_HOST": "10.0.0.5"}).allowed_hosts
    assert set(found) == {"localhost", "127.0.0.1", "::1", "10.0.0.5", "wall.example.kz"}


def test_a_variable_that_is_no_setting_is_told_of_and_stops_nothing() -> None:
    assert read({"TENDAYS_PROT": "9000", "TENDAYS_PORT": "9001"}).unknown == ("TENDAYS_PROT",)


@pytest.mark.parametrize("name", KNOWN)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name}`" in (DOCS / "operations.md").read_text()
