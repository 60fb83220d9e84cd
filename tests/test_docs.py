"""The documentation is held to the code."""

from pathlib import Path

import pytest
from sqlalchemy import Table

from dashboard import alert_file
from dashboard.alert_file import RuleTable, SendingTable
from dashboard.alert_rules import Rule
from dashboard.events import EVENT_CLASSES
from dashboard.metrics import METRICS
from dashboard.roles import MEANINGS, RIGHTS, ROLES, TABLE, Right
from data_sources.history_tables import CHECKPOINTS, DOCUMENTS, EVENTS, POSITIONS, ROLLUPS, STATES

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("key", [metric.key for metric in METRICS])
def test_every_metric_is_documented(key: str) -> None:
    assert f"| `{key}` |" in (DOCS / "metrics.md").read_text()


@pytest.mark.parametrize("type_", EVENT_CLASSES)
def test_every_event_type_is_documented(type_: str) -> None:
    assert f"`{type_}`" in (DOCS / "events.md").read_text()


@pytest.mark.parametrize("type_", EVENT_CLASSES)
def test_every_member_of_an_events_data_is_documented(type_: str) -> None:
    rows = [
        line for line in (DOCS / "events.md").read_text().splitlines() if line.startswith("|") and f"`{type_}`" in line
    ]
    for member in EVENT_CLASSES[type_].__annotations__["data"].__struct_fields__:
        assert member in rows[0].rpartition("|")[0].rpartition("|")[2]


@pytest.mark.parametrize("table", [*ROLLUPS, DOCUMENTS, EVENTS, POSITIONS, STATES, CHECKPOINTS], ids=str)
def test_every_table_of_history_is_documented(table: Table) -> None:
    assert f"`{table.name}`" in (DOCS / "history.md").read_text()


@pytest.mark.parametrize("right", RIGHTS)
def test_the_table_of_rights_is_that_of_the_code(right: Right) -> None:
    scopes = [TABLE[right].get(role, "none").replace("none", "–") for role in ROLES]
    assert f"| `{right}` | {MEANINGS[right]} | {' | '.join(scopes)} |" in (DOCS / "access.md").read_text()


def test_the_columns_of_the_table_of_rights_are_the_roles() -> None:
    assert f"| right | what | {' | '.join(ROLES)} |" in (DOCS / "access.md").read_text()


def test_every_runtime_dependency_has_its_line() -> None:
    required = (DOCS.parent / "requirements.in").read_text().splitlines()
    text = (DOCS / "dependencies.md").read_text()
    for line in required:
        if line and not line.startswith("#"):
            name = line.split(">")[0].split("[")[0].strip()
            assert f"| `{name}` |" in text, name


@pytest.mark.parametrize("rule", alert_file.load(alert_file.DEFAULT).rules, ids=lambda rule: rule.id)
def test_every_default_alarm_is_documented_as_it_is(rule: Rule) -> None:
    sign = "≥" if rule.worse == "above" else "≤"
    after = "never" if rule.escalate_s is None else f"{rule.escalate_s / 60:g} min"
    cells = (
        f"`{rule.id}`",
        f"`{rule.metric}`",
        rule.scope,
        f"{sign} {rule.threshold:g}",
        f"{rule.clear:g}",
        f"{rule.for_s / 60:g} min",
        "opening" if rule.opening_hours else "always",
        rule.severity,
        ", ".join(rule.roles),
        after,
    )
    assert f"| {' | '.join(cells)} |" in (DOCS / "alarms.md").read_text()


@pytest.mark.parametrize("member", [*RuleTable.__struct_fields__, *SendingTable.__struct_fields__])
def test_every_member_of_the_alarm_file_is_documented(member: str) -> None:
    assert f"| `{member}` |" in (DOCS / "alarms.md").read_text()
