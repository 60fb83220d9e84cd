"""Logs: one JSON event a line, each request with its id, and never a secret."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import structlog

from data_sources import logs, request_logs

ROOT = Path(__file__).parent.parent
TOKEN = "tendays_Ab12_Zm9vYmFyYmF6cXV4cXV1eGNvcmdl"
PASSWORD = "hunter2-and-more"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What has been logged since it was last asked, each line read as JSON."""
    root = logging.getLogger()
    level = root.level
    logs.configure()
    yield lambda: [json.loads(each) for each in capsys.readouterr().err.splitlines()]
    for each in [each for each in root.handlers if isinstance(each, logs.StandardError)]:
        root.removeHandler(each)
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_our_lines_and_those_of_libraries_are_the_same_kind(lines: Lines) -> None:
    structlog.get_logger().info("worker started", centres=16)
    logging.getLogger("some.library").warning("slow answer of %s", "a server")
    ours, theirs = lines()
    assert (ours["event"], ours["level"], ours["centres"]) == ("worker started", "info", 16)
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "slow answer of a server",
        "warning",
        "some.library",
    )
    assert ours["timestamp"].endswith("Z")


class Told:
    def __repr__(self) -> str:
        return f"Told({TOKEN})"


@pytest.mark.parametrize(
    "said",
    [
        {"token": TOKEN},
        {"new_password": PASSWORD},
        {"why": f"401 for {TOKEN}"},
        {"url": f"rediss://centre:{PASSWORD}@redis.example.kz:6380/0"},
        {"url": f"postgresql://:{PASSWORD}@db/tendays"},
        {"headers": {"Authorization": f"Bearer {TOKEN}", "Cookie": PASSWORD}},
        {"header": f"Basic {PASSWORD}"},
        {"address": f"/login?password={PASSWORD}&next=/wall"},
        {"several": [TOKEN, {"secret": PASSWORD}]},
        {"thing": Told()},
        {"error": ValueError(f"cannot reach redis://:{PASSWORD}@host")},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_secret_is_withheld_wherever_it_stands(lines: Lines, said: dict[str, Any]) -> None:
    structlog.get_logger().error("trouble", **said)
    (line,) = lines()
    text = json.dumps(line)
    assert TOKEN not in text
    assert PASSWORD not in text
    assert logs.HIDDEN in text


def test_a_library_too_tells_no_secret_that_has_the_form_of_one(lines: Lines) -> None:
    logging.getLogger("library").error("trouble with %s at %s", TOKEN, f"redis://:{PASSWORD}@host")
    (line,) = lines()
    assert line["event"] == f"trouble with tendays_Ab12_{logs.HIDDEN} at redis://:{logs.HIDDEN}@host"


def test_a_traceback_is_one_line_and_holds_no_secret(lines: Lines) -> None:
    try:
        raise RuntimeError(f"the token {TOKEN} and redis://:{PASSWORD}@host")
    except RuntimeError:
        structlog.get_logger().exception("it failed")
    (line,) = lines()
    assert "RuntimeError" in line["exception"]
    assert TOKEN not in json.dumps(line)
    assert PASSWORD not in json.dumps(line)


@pytest.fixture
def client() -> Any:
    app = flask.Flask(__name__)
    app.register_blueprint(request_logs.blueprint())

    @app.get("/page")
    def page() -> str:
        structlog.get_logger().info("inside")
        return "page"

    @app.get("/assets/x.css")
    def css() -> str:
        return ""

    @app.get("/broken")
    def broken() -> tuple[str, int]:
        return "", 503

    return app.test_client()


def test_a_request_has_one_id_in_its_answer_and_in_all_its_lines(client: Any, lines: Lines) -> None:
    answer = client.get(f"/page?q=D-77&token={TOKEN}")
    inside, request = lines()
    assert inside["request_id"] == request["request_id"] == answer.headers["X-Request-ID"]
    assert (request["method"], request["path"], request["status"]) == ("GET", "/page", 200)
    assert request["ms"] >= 0
    assert "D-77" not in json.dumps(request)
    client.get("/page")
    assert {each["request_id"] for each in lines()} != {answer.headers["X-Request-ID"]}


@pytest.mark.parametrize(("said", "kept"), [("proxy-0001-abcd", True), ("x", False), ("a b<script>1234", False)])
def test_an_id_of_the_proxy_is_kept_when_it_is_one(client: Any, lines: Lines, said: str, kept: bool) -> None:
    answer = client.get("/page", headers={"X-Request-ID": said})
    assert (answer.headers["X-Request-ID"] == said) == kept


def test_what_is_asked_for_all_the_time_is_logged_only_when_it_fails(client: Any, lines: Lines) -> None:
    client.get("/assets/x.css")
    assert lines() == []
    client.get("/assets/no.css")
    client.get("/broken")
    missing, broken = lines()
    assert (missing["status"], missing["level"]) == (404, "info")
    assert (broken["status"], broken["level"]) == (503, "error")


def run(command: list[str], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def test_gunicorns_own_lines_are_ours(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "no_such_module:app"]
    with run(command, TENDAYS_PORT="0") as process:
        assert process.stderr is not None
        lines = list(process.stderr)
    said = [json.loads(each) for each in lines if each.startswith("{")]
    others = [each for each in lines if not each.startswith("{")]
    assert others in ([], ["No module named 'no_such_module'\n"])  # which it prints beside its log
    assert any("no_such_module" in each.get("exception", "") + each["event"] for each in said)
    assert {each["level"] for each in said} <= {"error", "warning", "critical"}


def test_a_worker_without_its_redis_says_so_without_the_password(tmp_path: Path) -> None:
    url = f"redis://centre:{PASSWORD}@127.0.0.1:1/0"
    with run([sys.executable, "app.py", "worker"], TENDAYS_REDIS_URL=url, TENDAYS_DATA_DIR=str(tmp_path)) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "redis is away" in line:
                break
        process.terminate()
        said += process.stderr.read()
    assert "redis is away" in said
    assert PASSWORD not in said
