"""The documentation is held to the code."""

from pathlib import Path

import pytest
from sqlalchemy import Table

from dashboard.events import EVENT_CLASSES
from dashboard.metrics import METRICS
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


def test_every_runtime_dependency_has_its_line() -> None:
    required = (DOCS.parent / "requirements.in").read_text().splitlines()
    text = (DOCS / "dependencies.md").read_text()
    for line in required:
        if line and not line.startswith("#"):
            name = line.split(">")[0].split("[")[0].strip()
            assert f"| `{name}` |" in text, name
