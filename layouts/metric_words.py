"""What each metric is called on the screen, and how its number is written."""

from collections.abc import Callable
from typing import Any, Final

from dashboard.i18n import UNKNOWN, Catalogue
from dashboard.metrics import METRIC_BY_KEY
from layouts import message
from layouts.view import View

LABELS: Final = {
    "queue.waiting": message("People waiting"),
    "queue.longest_wait_s": message("Longest wait"),
    "queue.wait_p50_s": message("Median wait"),
    "queue.wait_p90_s": message("Nine in ten wait up to"),
    "queue.within_norm": message("Called within the norm"),
    "queue.abandonment": message("Left without service"),
    "queue.issued_today": message("Tickets today"),
    "queue.called_today": message("Called today"),
    "queue.abandoned_today": message("Left today"),
    "load.windows_open": message("Windows open"),
    "load.windows_total": message("Windows in all"),
    "load.serving": message("Windows serving"),
    "load.occupancy": message("Load"),
    "load.waiting_per_window": message("People per window"),
    "turnover.rate_12m": message("Turnover"),
    "turnover.headcount": message("Staff"),
    "turnover.posts": message("Posts"),
    "turnover.left_90d": message("Left in 90 days"),
    "turnover.vacancies": message("Vacancies"),
    "turnover.left_12m": message("Left in 12 months"),
    "turnover.short_service_share": message("Left in the first half year"),
    "turnover.annualised": message("Less than a year of history"),
    "turnover.reasons": message("Reasons for leaving"),
    "sla.overdue": message("Overdue"),
    "sla.at_risk": message("Due within 2 working days"),
    "sla.breached_7d": message("Became late in 7 days"),
    "sla.on_time_30d": message("On time in 30 days"),
    "sla.oldest_overdue_days": message("Oldest overdue"),
    "sla.with_agency": message("At agencies"),
    "sla.open": message("In progress"),
    "sla.overdue_by": message("Whose delay"),
}
"""Message ids by the metric's key."""


def label(view: View, key: str) -> str:
    """The metric's name; ``KeyError`` for one that is not in the table."""
    return view.catalogue.gettext(LABELS[key])


def value_text(view: View, key: str, value: Any) -> str:
    """A metric's value as people read it, with its unit; a dash for what is not known."""
    if value is None:
        return UNKNOWN
    write = _WRITE.get(METRIC_BY_KEY[key].unit)
    return write(view.catalogue, value) if write else view.catalogue.number(value)


_WRITE: Final[dict[str, Callable[[Catalogue, Any], str]]] = {
    "share": lambda catalogue, value: catalogue.percent(value),
    "seconds": lambda catalogue, value: catalogue.duration(value),
    "days": lambda catalogue, value: catalogue.gettext("{n} d", n=catalogue.number(value)),
    "people per window": lambda catalogue, value: catalogue.decimal(value, 1),
    "flag": lambda catalogue, value: catalogue.gettext("yes") if value else catalogue.gettext("no"),
    "map": lambda catalogue, value: catalogue.number(sum(value.values())),
}
"""By unit; what is not here is a whole number."""
