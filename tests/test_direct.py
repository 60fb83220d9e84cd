"""The direct way: a centre's own Redis user may XADD to its own stream, and nothing else at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import NoPermissionError

from data_sources.direct import drop_user, make_user
from data_sources.embedded import EmbeddedServer
from data_sources.stream import events_key, refused_key, snapshot_key

ALWAYS = {"auth", "hello", "quit", "reset"}
"""What any connection may say: who it is, and that it goes."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def root(server: EmbeddedServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url) as client:
        yield client


def as_centre(server: EmbeddedServer, password: str) -> redis.Redis:
    return redis.Redis.from_url(server.url, username="tendays-makat", password=password, protocol=2)


def test_a_centre_writes_to_its_own_stream(server: EmbeddedServer, root: redis.Redis) -> None:
    user = make_user(root, "makat")
    with as_centre(server, user.password) as centre:
        centre.xadd(events_key("makat"), {"event": "{}"})
    assert root.xlen(events_key("makat")) == 1
    assert user.is_kept


def test_every_other_command_is_denied(server: EmbeddedServer, root: redis.Redis) -> None:
    make_user(root, "makat")
    commands = root.command()
    assert len(commands) > 200
    allowed = {name for name, found in commands.items() if is_allowed(root, name, abs(found["arity"]))}
    assert allowed - ALWAYS == {"xadd"}


def is_allowed(root: redis.Redis, name: str, arity: int) -> bool:
    """Whether the server would let the user say a command about its own key."""
    try:
        answer = root.execute_command("ACL", "DRYRUN", "tendays-makat", name, *[events_key("makat")] * (arity - 1))
    except redis.ResponseError:
        return False
    return bool(answer in (b"OK", "OK"))


@pytest.mark.parametrize(
    "key", [events_key("atyrau-1"), refused_key("makat"), snapshot_key("atyrau"), "tendays:{makat}:events2", "other"]
)
def test_every_other_key_is_denied(server: EmbeddedServer, root: redis.Redis, key: str) -> None:
    user = make_user(root, "makat")
    with as_centre(server, user.password) as centre, pytest.raises(NoPermissionError):
        centre.xadd(key, {"event": "{}"})


def test_what_it_wrote_it_cannot_read(server: EmbeddedServer, root: redis.Redis) -> None:
    user = make_user(root, "makat")
    with as_centre(server, user.password) as centre:
        centre.xadd(events_key("makat"), {"event": "{}"})
        for ask in (lambda: centre.xrange(events_key("makat")), lambda: centre.publish("x", "y"), centre.flushall):
            with pytest.raises(NoPermissionError):
                ask()


def test_a_new_password_takes_the_place_of_the_old_one(server: EmbeddedServer, root: redis.Redis) -> None:
    old, new = make_user(root, "makat"), make_user(root, "makat")
    with as_centre(server, old.password) as centre, pytest.raises(redis.AuthenticationError):
        centre.xadd(old.key, {"event": "{}"})
    with as_centre(server, new.password) as centre:
        assert centre.xadd(new.key, {"event": "{}"})


def test_a_user_that_was_taken_away_is_gone(server: EmbeddedServer, root: redis.Redis) -> None:
    user = make_user(root, "makat")
    assert drop_user(root, "makat")
    assert not drop_user(root, "makat")
    with as_centre(server, user.password) as centre, pytest.raises(redis.AuthenticationError):
        centre.xadd(user.key, {"event": "{}"})


def test_the_user_outlives_the_embedded_server(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "valkey") as server, redis.Redis.from_url(server.url) as root:
        password = make_user(root, "makat").password
    with EmbeddedServer(tmp_path / "valkey") as server, as_centre(server, password) as centre:
        assert centre.xadd(events_key("makat"), {"event": "{}"})
