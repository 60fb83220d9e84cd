"""What each number means, in plain words: its definition, its formula, its norm and thresholds, where it comes from."""

from datetime import date
from typing import Final

from dashboard.metrics import METRIC_BY_KEY
from layouts import message
from layouts.metric_words import value_text
from layouts.view import View
from layouts.words import templates

RECENT_DAYS: Final = 60
"""For so long after a norm has changed, what it was before is said too."""

DEFINITIONS: Final = {
    "queue.waiting": message(
        "Visitors who took a ticket, or were sent here from another queue, and whom nobody has called yet. "
        "Those who left, or were sent on, wait here no more."
    ),
    "queue.longest_wait_s": message(
        "How long the visitor who has waited longest has been waiting: from the issue of the ticket, or from the "
        "moment of being sent to this queue, until now."
    ),
    "queue.wait_p50_s": message(
        "Half of the visitors called in the last 60 minutes waited no longer than this. A wait runs from the issue of "
        "the ticket, or from the booked time when that is later, to the first call."
    ),
    "queue.wait_p90_s": message(
        "Nine in ten of the visitors called in the last 60 minutes waited no longer than this. A wait runs from the "
        "issue of the ticket, or from the booked time when that is later, to the first call."
    ),
    "queue.within_norm": message(
        "Of the visitors whose wait was decided today, the share who were called within the norm. Decided means: "
        "called; or left without a call, or still waiting, after longer than the norm."
    ),
    "queue.abandonment": message(
        "How many of today's visitors left without being served, those who did not come when called among them."
    ),
    "queue.issued_today": message(
        "Tickets issued since midnight. A ticket that was sent to another queue is not counted again."
    ),
    "queue.called_today": message("Tickets called for the first time since midnight."),
    "queue.abandoned_today": message(
        "Visitors who left without being served since midnight, those who did not come when called among them."
    ),
    "load.windows_open": message("Windows where an operator is at work and has not paused."),
    "load.windows_total": message("Windows that the place has by the network file, open or not."),
    "load.serving": message("Windows that have called a visitor and not yet finished with him."),
    "load.occupancy": message(
        "The share of their open time that operators spent on visitors in the last 60 minutes, from call to finish. "
        "Time with two tickets at once counts once."
    ),
    "load.waiting_per_window": message(
        "How many visitors wait for each open window. With no window open the number is not known."
    ),
    "turnover.rate_12m": message(
        "The share of the staff who left in the last 12 months. Who moved inside the place shown has not left it. "
        "With less than a year of history the number is scaled up to a year; with under 30 days it is not known."
    ),
    "turnover.headcount": message("People on the staff now: they have joined and not left."),
    "turnover.posts": message("Established posts: as the centre said last, else by the network file."),
    "turnover.left_90d": message(
        "People who left in the last 90 days. Who moved inside the place shown has not left it."
    ),
    "turnover.vacancies": message("Posts that nobody holds; below zero when there are more people than posts."),
    "turnover.left_12m": message(
        "People who left in the last 365 days. Who moved inside the place shown has not left it."
    ),
    "turnover.short_service_share": message(
        "Of the people who left in the last 365 days, and whose joining is known, the share who had served less than "
        "half a year (183 days)."
    ),
    "turnover.annualised": message(
        "Whether there is less than a year of history of the staff, so that the turnover is scaled up to a year."
    ),
    "turnover.reasons": message("People who left in the last 365 days, by the reason that was given."),
    "sla.overdue": message(
        "Documents whose due day has ended, and which are neither ready nor issued, rejected or withdrawn."
    ),
    "sla.at_risk": message("Documents that are not late yet and have few working days left."),
    "sla.breached_7d": message(
        "Documents that became late in the last 7 days, finished since or not: once late is late for ever."
    ),
    "sla.on_time_30d": message(
        "Of the documents finished, or become late, in the last 30 days, the share that were ready by the due day. "
        "Those rejected or withdrawn in time are left out."
    ),
    "sla.oldest_overdue_days": message(
        "How many days ago the due day of the overdue document that was due first came to its end."
    ),
    "sla.with_agency": message("Documents in progress that are at another agency now."),
    "sla.open": message("Documents that were accepted and are not finished."),
    "sla.overdue_by": message(
        "Overdue documents by whose delay it is: that of the party that used the most days beyond its allowance. "
        "A tie is the centre's."
    ),
}
"""By the metric's key."""

FORMULAS: Final = {
    "queue.waiting": message("number of tickets that wait"),
    "queue.longest_wait_s": message("now − issue of the oldest ticket that waits"),
    "queue.wait_p50_s": message("median of the waits, minutes"),
    "queue.wait_p90_s": message("90th percentile of the waits, minutes"),
    "queue.within_norm": message("called within the norm ÷ all whose wait was decided"),
    "queue.abandonment": message("left without service today ÷ tickets issued today"),
    "queue.issued_today": message("number of tickets"),
    "queue.called_today": message("number of tickets"),
    "queue.abandoned_today": message("number of tickets"),
    "load.windows_open": message("number of windows"),
    "load.windows_total": message("number of windows"),
    "load.serving": message("number of windows"),
    "load.occupancy": message("sum of minutes serving ÷ sum of minutes open"),
    "load.waiting_per_window": message("visitors who wait ÷ open windows"),
    "turnover.rate_12m": message(
        "people who left ÷ mean of the headcounts at the month boundaries × 365 ÷ days of history (365 at most)"
    ),
    "turnover.headcount": message("number of people"),
    "turnover.posts": message("sum of the posts"),
    "turnover.left_90d": message("number of people"),
    "turnover.vacancies": message("posts − people on the staff"),
    "turnover.left_12m": message("number of people"),
    "turnover.short_service_share": message("left with under 183 days of service ÷ all who left"),
    "turnover.annualised": message("days of history < 365"),
    "turnover.reasons": message("number of people by reason"),
    "sla.overdue": message("number of documents"),
    "sla.at_risk": message("number of documents"),
    "sla.breached_7d": message("number of documents"),
    "sla.on_time_30d": message("ready by the due day ÷ all documents listed"),
    "sla.oldest_overdue_days": message("today − the earliest due day"),
    "sla.with_agency": message("number of documents"),
    "sla.open": message("number of documents"),
    "sla.overdue_by": message("number of documents by party"),
}
"""By the metric's key: how the number follows from the rows."""

SOURCES: Final = {
    "queue": message("Ticket events of the queue systems: issued, called, finished, left, sent on."),
    "load": message("Events of operators (opened, paused, resumed, closed) and of tickets."),
    "turnover": message("Staff events of the centres: joined, left, posts."),
    "sla": message("Document events of the centres: accepted, sent to an agency, returned, ready, issued, stopped."),
}
"""By the metric's group."""
_PERCENTILES: Final = message("Percentiles by linear interpolation (Hyndman and Fan 1996, type 7).")


def definition(view: View, key: str) -> str:
    text = view.catalogue.gettext(DEFINITIONS[key])
    if key != "sla.at_risk":
        return text
    days = view.network.norms.at_risk_days
    most = view.catalogue.ngettext("At most {n} working day.", "At most {n} working days.", days)
    return f"{text} {most}"


def formula(view: View, key: str) -> str:
    return view.catalogue.gettext(FORMULAS[key])


def source(view: View, key: str) -> str:
    _ = view.catalogue.gettext
    text = _(SOURCES[METRIC_BY_KEY[key].group])
    return f"{text} {_(_PERCENTILES)}" if key in ("queue.wait_p50_s", "queue.wait_p90_s") else text


def norm(view: View, key: str) -> str:
    """What the number is held against, by the network file; in words also that there is nothing."""
    _, norms = view.catalogue.gettext, view.network.norms
    if key in ("queue.longest_wait_s", "queue.wait_p50_s", "queue.wait_p90_s", "queue.within_norm"):
        return _("a wait of {most} at most", most=value_text(view, "queue.longest_wait_s", norms.wait_s))
    limit = {
        "load.occupancy": norms.occupancy,
        "turnover.rate_12m": norms.turnover,
        "sla.overdue": norms.overdue,
    }.get(key)
    return _("no norm is set") if limit is None else _("{most} at most", most=value_text(view, key, limit))


def other_norms(view: View, key: str) -> list[str]:
    """What the norm was before a change of the last :data:`RECENT_DAYS`, and what it is to be."""
    _, today = view.catalogue.gettext, view.network.local.day(view.now)
    found: dict[bool, str] = {}
    for change in view.network.changes.known.rows:
        first = change.first_day
        before, after = (norm(view.held_on(day), key) for day in (first - 1, first))
        if before != after and today - RECENT_DAYS < first <= today:
            found[True] = _("until {day}: {norm}", day=_day(view, first - 1), norm=before)
        elif before != after and first > today:
            found.setdefault(False, _("from {day}: {norm}", day=_day(view, first), norm=after))
    return list(found.values())


def _day(view: View, day: int) -> str:
    return view.catalogue.date(date.fromordinal(day))


def thresholds(view: View, key: str) -> list[tuple[str, str]]:
    """(level, text) of the network file's rule for the number: from which value on it is watched and acted on."""
    words = templates(view.catalogue)
    return [
        (level, f"{words[f'level.{level}']}: {'≥' if rule.worse == 'above' else '≤'} {value_text(view, key, edge)}")
        for rule in view.network.thresholds
        if rule.metric == key
        for level, edge in (("watch", rule.watch), ("act", rule.act))
    ]
