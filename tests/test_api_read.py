"""The read API: what it says is what pages and rollups say, a mistake is told of, and its description is true."""

from datetime import date
from typing import Any

import pytest
import schemathesis
from desk_app import BUSY, PLANNED, SINGLE, DeskApp
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks import create_app
from callbacks.api_read import OPERATIONS
from dashboard.calendars import LocalTime
from dashboard.counts import Counts, DocumentCounts
from dashboard.i18n import catalogues
from dashboard.metrics import METRICS
from dashboard.read_api import ROWS
from dashboard.series import SERIES, by_buckets, by_days


@pytest.fixture(scope="module")
def server(desk_app: DeskApp) -> Any:
    return create_app(desk_app.services).server


@pytest.fixture
def api(server: Any) -> FlaskClient:
    client: FlaskClient = server.test_client()
    return client


def ask(api: FlaskClient, path: str, **query: str) -> Any:
    answer = api.get(f"/api/v1{path}", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_a_centre_and_a_branch_say_what_the_snapshot_says(api: FlaskClient, desk_app: DeskApp) -> None:
    shown = desk_app.centre(BUSY)
    found = ask(api, f"/centres/{BUSY}")
    assert {name: found[name] for name in ("queue", "load", "turnover", "sla", "state", "level", "levels")} == {
        name: shown[name] for name in ("queue", "load", "turnover", "sla", "state", "level", "levels")
    }
    assert found["names"]["ru"] == "Атырау № 1"
    part = shown["branches"][0]
    one = ask(api, f"/branches/{BUSY}/{part['id']}")
    assert (one["queue"], one["sla"], one["centre"]) == (part["queue"], part["sla"], BUSY)
    assert one == found["branches"][0]


def test_all_centres_are_there_and_what_is_not_known_is_null(api: FlaskClient, desk_app: DeskApp) -> None:
    found = ask(api, "/centres")
    assert [each["id"] for each in found["centres"]] == [each.id for each in desk_app.network.centres]
    planned = next(each for each in found["centres"] if each["id"] == PLANNED)
    assert planned["state"] == "planned"
    assert planned["queue"]["waiting"] is None


def test_a_branch_that_only_one_centre_has_needs_no_centre(api: FlaskClient, desk_app: DeskApp) -> None:
    whose = {each.id: [branch.id for branch in each.branches] for each in desk_app.network.centres}
    only = next(
        (centre, branch)
        for centre, branches in whose.items()
        for branch in branches
        if sum(branch in others for others in whose.values()) == 1
    )
    assert ask(api, f"/branches/{only[1]}")["centre"] == only[0]
    answer = api.get("/api/v1/branches/main")
    assert (answer.status_code, answer.json["error"]) == (404, "ambiguous_branch")
    assert f"/branches/{BUSY}/main" in answer.json["message"]


def test_the_catalogue_has_every_metric_in_three_languages_with_its_norm(api: FlaskClient, desk_app: DeskApp) -> None:
    found = {each["key"]: each for each in ask(api, "/metrics-catalogue")["metrics"]}
    assert set(found) == {each.key for each in METRICS}
    for each in found.values():
        for words in (each["label"], each["definition"], each["formula"]):
            assert set(words) == {"ru", "kk", "en"}
            assert all(words.values())
    assert found["queue.waiting"]["label"]["ru"] == catalogues()["ru"].gettext("People waiting")
    assert found["queue.longest_wait_s"]["norm"] == desk_app.network.norms.wait_s
    rule = next(each for each in desk_app.network.thresholds if each.metric == "sla.overdue")
    assert (found["sla.overdue"]["watch"], found["sla.overdue"]["act"]) == (rule.watch, rule.act)


def test_a_series_by_day_week_hour_and_five_minutes_adds_up_to_the_same(api: FlaskClient, desk_app: DeskApp) -> None:
    local = desk_app.network.local
    last = date.fromordinal(local.day(desk_app.clock())).isoformat()
    first = date.fromordinal(local.day(desk_app.clock()) - 6).isoformat()
    sums = {}
    for by in ("week", "day", "hour", "5m"):
        found = ask(api, "/series/queue.issued", of=SINGLE, by=by, **{"from": first, "to": last})
        assert (found["from"], found["to"], found["by"], found["unit"]) == (first, last, by, "people")
        sums[by] = sum(value for _, value in found["points"])
    rows = desk_app.services.rollups.days(local.day(desk_app.clock()) - 6, local.day(desk_app.clock()), SINGLE)
    assert set(sums.values()) == {Counts.total(rows.values()).issued}
    assert sums["day"] > 0


def test_documents_come_by_day_and_by_week(api: FlaskClient, desk_app: DeskApp) -> None:
    by_day = ask(api, "/series/sla.finished")
    by_week = ask(api, "/series/sla.finished", by="week")
    assert sum(value for _, value in by_day["points"]) == sum(value for _, value in by_week["points"]) > 0
    assert by_day["of"] is None


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/centres/nowhere", {}, 404, "unknown_centre"),
        (f"/branches/{BUSY}/nowhere", {}, 404, "unknown_branch"),
        ("/branches/nowhere", {}, 404, "unknown_branch"),
        ("/series/nothing", {}, 404, "unknown_metric"),
        ("/series/queue.issued", {"of": "nowhere"}, 404, "unknown_centre"),
        ("/series/queue.issued", {"of": f"{BUSY}/nowhere"}, 404, "unknown_branch"),
        ("/series/queue.issued", {"from": "yesterday"}, 400, "not_a_day"),
        ("/series/queue.issued", {"from": "2026-11-23", "to": "2026-11-01"}, 400, "period_backwards"),
        ("/series/queue.issued", {"from": "2001-01-01", "to": "2026-11-01"}, 400, "period_too_long"),
        ("/series/queue.issued", {"from": "2026-01-01", "by": "hour", "of": BUSY}, 400, "period_too_long"),
        ("/series/queue.issued", {"by": "hour"}, 400, "needs_centre"),
        ("/series/queue.issued", {"by": "year"}, 400, "unknown_division"),
        ("/series/sla.late", {"by": "hour", "of": BUSY}, 400, "unknown_division"),
        ("/nothing/here", {}, 404, "not_found"),
    ],
)
def test_a_mistake_has_a_code_and_says_what_to_do(
    api: FlaskClient, path: str, query: dict[str, str], status: int, code: str
) -> None:
    answer = api.get(f"/api/v1{path}", query_string=query)
    assert (answer.status_code, answer.json["error"]) == (status, code)
    assert answer.json["message"]
    assert answer.mimetype == "application/json"


def test_what_has_not_changed_is_not_sent_again(api: FlaskClient) -> None:
    first = api.get("/api/v1/metrics-catalogue")
    again = api.get("/api/v1/metrics-catalogue", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_week_begins_on_monday_and_an_hour_on_the_wall_clocks_hour() -> None:
    monday = date(2026, 11, 23).toordinal()
    days = {monday - 1: Counts(issued=1), monday: Counts(issued=2), monday + 6: Counts(issued=4)}
    assert by_days(SERIES["queue.issued"], days, "week") == [("2026-11-16", 1), ("2026-11-23", 6)]
    assert days[monday].issued == 2
    done = {monday: DocumentCounts(finished=3), monday + 1: DocumentCounts()}
    assert by_days(SERIES["sla.on_time"], done, "day") == [("2026-11-23", None), ("2026-11-24", None)]
    kathmandu = LocalTime("Asia/Kathmandu")  # 5:45 from UTC: its hours begin at a quarter past
    start = kathmandu.at(monday, 10 * 3600)
    rows = [(start - 300, Counts(issued=1)), (start, Counts(issued=2)), (start + 3300, Counts(issued=4))]
    assert by_buckets(SERIES["queue.issued"], rows, "hour", kathmandu) == [
        ("2026-11-23T09:00:00+05:45", 1),
        ("2026-11-23T10:00:00+05:45", 6),
    ]


def test_every_row_has_its_function_and_its_description(api: FlaskClient) -> None:
    assert set(OPERATIONS) == {row.operation for row in ROWS}
    said = api.get("/api/v1/openapi.json").json["paths"]
    assert {path["get"]["operationId"] for path in said.values() if "get" in path} == {*OPERATIONS, "snapshot"}


CONFORMS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operation)
def test_whatever_is_asked_the_answer_is_one_of_the_description(server: Any, row: Any) -> None:
    def local(environ: dict[str, Any], start: Any) -> Any:
        return server({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)  # the tests' application is open to this machine

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", local)
    operation = schema["/api/v1" + row.path.replace("<", "{").replace(">", "}")]["GET"]
    checks = [schemathesis.checks.CHECKS.get_one(name) for name in CONFORMS]
    modes = [operation.as_strategy(mode) for mode in schemathesis.GenerationMode] if row.parameters else []

    @given(st.one_of(*(modes or [operation.as_strategy()])))
    @settings(max_examples=12 if row.parameters else 1, suppress_health_check=list(HealthCheck))
    def conforms(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=checks, headers={"Accept-Encoding": "identity"})

    conforms()
