"""The read API as types: what each address answers. The routes are callbacks/api_read.py, their description for
programs data_sources/api_documents.py; both are made from :data:`ROWS`.
"""

from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from dashboard.metrics import METRICS
from dashboard.network import Names, Network
from dashboard.series import SERIES, By

ROOT: Final = "/api/v1"
Figure = float | int | bool | dict[str, int] | None
Figures = dict[str, Figure]
"""Members of a group of the snapshot (docs/snapshot.md); null is not known."""


class Problem(Struct, frozen=True):
    """Why there is no answer: a code for programs, a sentence for people that says what to do."""

    error: str
    message: str


class Place(Struct, frozen=True, kw_only=True):
    id: str
    names: Names
    state: str
    as_of: str | None
    """Time of the newest event."""
    at: str
    """The clock that the numbers were computed for."""
    queue: Figures
    load: Figures
    turnover: Figures
    sla: Figures


class BranchAnswer(Place, frozen=True, kw_only=True):
    centre: str
    warnings: list[str]


class CentreRow(Place, frozen=True, kw_only=True):
    kind: str
    level: str
    branches: list[str]


class CentreAnswer(Place, frozen=True, kw_only=True):
    kind: str
    level: str
    levels: dict[str, str]
    """By group and by rule."""
    opens: str | None
    warnings: list[str]
    branches: list[BranchAnswer]


class CentresAnswer(Struct, frozen=True):
    version: int
    at: str
    network: str
    centres: list[CentreRow]


class MetricAnswer(Struct, frozen=True):
    key: str
    """``group.member`` of the snapshot."""
    unit: str
    worse: str | None
    """Which way is worse: "above" or "below"."""
    norm: float | None
    watch: float | None
    act: float | None
    label: Names
    definition: Names
    formula: Names


class SeriesRow(Struct, frozen=True):
    key: str
    unit: str
    by: list[str]
    meaning: str


class CatalogueAnswer(Struct, frozen=True):
    metrics: list[MetricAnswer]
    series: list[SeriesRow]


class Point(Struct, frozen=True, array_like=True):
    start: str
    value: float | None


class SeriesAnswer(Struct, frozen=True, kw_only=True):
    metric: str
    unit: str
    of: str | None
    by: By
    since: str = field(name="from")
    until: str = field(name="to")
    time_zone: str
    points: list[Point]


class Parameter(NamedTuple):
    name: str
    where: str
    text: str
    schema: dict[str, Any]


class Row(NamedTuple):
    """One address. ``operation`` is the name of its function in callbacks/api_read.py."""

    path: str
    """With ``<name>`` where it takes one."""
    operation: str
    summary: str
    answer: type[Any]
    parameters: tuple[Parameter, ...] = ()


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_.-]+$"}
_DAY: Final = {"type": "string", "format": "date"}
CENTRE: Final = Parameter("centre", "path", "a centre's id in the network file", _TEXT)
BRANCH: Final = Parameter("branch", "path", "a branch's id in the network file", _TEXT)
ROWS: Final = (
    Row("/centres", "centres", "All centres, each with its numbers now", CentresAnswer),
    Row("/centres/<centre>", "centre", "One centre with its branches", CentreAnswer, (CENTRE,)),
    Row("/branches/<centre>/<branch>", "branch", "One branch", BranchAnswer, (CENTRE, BRANCH)),
    Row("/branches/<branch>", "only_branch", "A branch whose id no other has", BranchAnswer, (BRANCH,)),
    Row("/metrics-catalogue", "catalogue", "What every number means, and which series there are", CatalogueAnswer),
    Row(
        "/series/<metric>",
        "series",
        "A number of the past for each week, day, hour or 5 minutes",
        SeriesAnswer,
        (
            Parameter("metric", "path", "a key of the catalogue's series", {"type": "string", "enum": list(SERIES)}),
            Parameter(
                "of",
                "query",
                "a centre, or centre/branch; left out: the network (by day or week)",
                {"type": "string", "maxLength": 130},
            ),
            Parameter("from", "query", "first local day; left out: 29 days before the last", _DAY),
            Parameter("to", "query", "last local day; left out: today", _DAY),
            Parameter(
                "by",
                "query",
                "day if left out; hour (at most 31 days) and 5m (at most 7) of a centre's tickets",
                {"type": "string", "enum": ["week", "day", "hour", "5m"]},
            ),
        ),
    ),
)
OPERATIONS: Final = {row.operation: row for row in ROWS}


def norm_of(network: Network, key: str) -> float | None:
    """What the network file holds a metric against, in the metric's own unit."""
    norms = network.norms
    return {
        "queue.longest_wait_s": norms.wait_s,
        "queue.wait_p50_s": norms.wait_s,
        "queue.wait_p90_s": norms.wait_s,
        "load.occupancy": norms.occupancy,
        "turnover.rate_12m": norms.turnover,
        "sla.overdue": norms.overdue,
    }.get(key)


def metric_row(network: Network, key: str, label: Names, definition: Names, formula: Names) -> MetricAnswer:
    """A metric of the catalogue; its words are the caller's."""
    metric = next(each for each in METRICS if each.key == key)
    rule = next((each for each in network.thresholds if each.metric == key), None)
    watch, act = (rule.watch, rule.act) if rule else (None, None)
    return MetricAnswer(key, metric.unit, metric.worse, norm_of(network, key), watch, act, label, definition, formula)
