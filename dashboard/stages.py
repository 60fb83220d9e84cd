"""A centre's documents by stage: at the centre, at which agency, back at the centre, ready and not issued."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from dashboard.papers import Paper, Stage
from dashboard.state import Application

_ORDER: Final[tuple[Stage, ...]] = ("accepted", "agency", "returned", "ready")


class StageCount(Struct):
    stage: Stage
    agency: str = ""
    """Of those at an agency, which."""
    documents: int = 0
    late: int = 0
    """Of them overdue now. What is ready is off the clock."""
    soon: int = 0
    """Of them due within 2 working days (``norms.at_risk_days``)."""


def by_stage(papers: Iterable[Paper], applications: Mapping[str, Application], now: float) -> list[StageCount]:
    """Stages in the order that documents go through them, agencies by how many they hold; empty ones are left out.

    Open documents are as many as ``sla.open`` says, late ones as ``sla.overdue``, soon ones as ``sla.at_risk``.
    """
    found: dict[tuple[Stage, str], StageCount] = {}
    for each in papers:
        if each.done is None:
            key = (each.stage, each.holder if each.stage == "agency" else "")
            count = found.setdefault(key, StageCount(*key))
            count.documents += 1
            count.late += "late" in each.groups
            count.soon += "soon" in each.groups
    waiting = sum(_waits_for_its_owner(each, now) for each in applications.values())
    if waiting:
        found["ready", ""] = StageCount("ready", documents=waiting)
    return sorted(found.values(), key=lambda each: (_ORDER.index(each.stage), -each.documents, each.agency))


def _waits_for_its_owner(each: Application, now: float) -> bool:
    """Ready, and neither issued nor stopped since."""
    gone = (each.issued, each.stopped)
    is_ready = each.accepted is not None and each.accepted <= now and each.ready is not None and each.ready <= now
    return is_ready and all(moment is None or moment > now for moment in gone)
