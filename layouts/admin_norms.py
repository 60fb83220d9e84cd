"""Administration: norms and thresholds in force, what changes them from a day on, and all changes to come and past."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from dashboard.metrics import METRIC_BY_KEY
from dashboard.norms import NormChange
from layouts import behind_words, message
from layouts.admin import Admin, Cell, Part, Row, do, stamp
from layouts.metric_words import LABELS, value_text
from layouts.plain import Field, Form
from layouts.units import scaled, unscaled, with_unit
from layouts.view import View
from layouts.words import templates

NORM_LABELS: Final[Mapping[str, str]] = {
    "wait_s": message("Waiting norm"),
    "occupancy": LABELS["load.occupancy"],
    "turnover": LABELS["turnover.rate_12m"],
    "overdue": LABELS["sla.overdue"],
    "at_risk_days": message("At risk: so many working days left"),
}
_MEASURED: Final = {
    "wait_s": "queue.longest_wait_s",
    "occupancy": "load.occupancy",
    "turnover": "turnover.rate_12m",
    "overdue": "sla.overdue",
}
"""A norm to a number that is written in its unit; what is not here is a count."""


def norms(view: View, earliest: int, said: Mapping[str, str]) -> Admin:
    """Every number that has a norm or a threshold, the forms, and the changes. ``earliest`` is the first local day on
    which a change may begin, ``said`` what was typed."""
    _ = view.catalogue.gettext
    lines = (
        _("A change begins with a day that has not begun yet, so no number of a past day changes."),
        _("The network file says what holds without a change."),
    )
    heads = (_("What is measured"), _("Norm"), _("First threshold"), _("Second threshold"))
    parts = (
        Part(lines=lines, heads=heads, rows=_in_force(view)),
        _changes(view, earliest),
        Part(
            _("Another norm, other thresholds"),
            forms=(_norm_form(view, earliest, said), _rule_form(view, earliest, said)),
        ),
    )
    return Admin(_("Norms and thresholds"), "admin-norms", tab="/admin/norms", parts=parts)


def members(said: Mapping[str, str]) -> dict[str, str]:
    """A form as the members that a change may have (:func:`dashboard.norm_checks.changed`): seconds and shares. What is
    no number stays what it is, to be refused."""
    if said.get("do") == "norm":
        member = said.get("member", "")
        return {member: unscaled(_unit(member), said.get("value", ""))}
    metric = said.get("metric", "")
    unit = METRIC_BY_KEY[metric].unit if metric in METRIC_BY_KEY else ""
    return {f"{metric}.{edge}": unscaled(unit, said.get(edge, "")) for edge in ("watch", "act")}


def about(view: View, said: Mapping[str, str]) -> tuple[str, ...]:
    """What a form would change and from which day, for the question before it: what holds then, and what would."""
    _ = view.catalogue.gettext
    day, text = _day(said), said.get("first_day", "")
    held = view.network if day is None else view.network.on(day)
    if said.get("do") == "norm":
        member = said.get("member", "")
        old = scaled(_unit(member), getattr(held.norms, member)) if member in NORM_LABELS else "—"
        found = [f"{_label(view, member)}: {old}", said.get("value", "")]
    elif said.get("do") == "threshold":
        metric = said.get("metric", "")
        rules = [each for each in held.thresholds if each.metric == metric]
        edges = [scaled(METRIC_BY_KEY[metric].unit, each) for rule in rules for each in (rule.watch, rule.act)]
        new = f"{said.get('watch', '')} / {said.get('act', '')}"
        found = [f"{_rule_label(view, metric)}: {' / '.join(edges) or '—'}", new]
    else:
        return ()
    shown = text if day is None else stamp(view, view.network.local.day_start(day), time=False)
    when = _("from {day}", day=shown)
    return *found[:-1], f"{found[-1]} ({when})"


def _in_force(view: View) -> tuple[Row, ...]:
    _ = view.catalogue.gettext
    ruled, none, rows = {each.metric for each in view.network.thresholds}, _("no norm is set"), []
    for key, label in LABELS.items():
        norm = behind_words.norm(view, key)
        if norm == none and key not in ruled:
            continue
        edges = dict(behind_words.thresholds(view, key))
        rows.append(Row((Cell(_(label)), Cell(norm), Cell(edges.get("watch", "—")), Cell(edges.get("act", "—")))))
    return tuple(rows)


def _norm_form(view: View, earliest: int, said: Mapping[str, str]) -> Form:
    _ = view.catalogue.gettext
    said = said if said.get("do") == "norm" else {}
    choices = tuple((member, _label(view, member)) for member in NORM_LABELS)
    fields = (
        Field("member", _("Norm"), value=said.get("member", ""), choices=choices),
        Field("value", _("New value"), "number", said.get("value", ""), least="0"),
        *_when_and_why(view, earliest, said),
    )
    return do("norm", _("Change the norm"), fields, quiet=False)


def _rule_form(view: View, earliest: int, said: Mapping[str, str]) -> Form:
    _ = view.catalogue.gettext
    said = said if said.get("do") == "threshold" else {}
    choices = tuple((each.metric, _rule_label(view, each.metric)) for each in view.network.thresholds)
    fields = (
        Field("metric", _("What is measured"), value=said.get("metric", ""), choices=choices),
        Field("watch", _("First threshold"), "number", said.get("watch", "")),
        Field("act", _("Second threshold"), "number", said.get("act", "")),
        *_when_and_why(view, earliest, said),
    )
    return do("threshold", _("Change the thresholds"), fields, quiet=False)


def _when_and_why(view: View, earliest: int, said: Mapping[str, str]) -> tuple[Field, ...]:
    _, least = view.catalogue.gettext, dt.date.fromordinal(earliest).isoformat()
    return (
        Field("first_day", _("From which day on"), "date", said.get("first_day", least), least=least),
        Field("why", _("Why"), value=said.get("why", ""), note=_("Stays beside the change: a decision, an order.")),
    )


def _changes(view: View, earliest: int) -> Part:
    _ = view.catalogue.gettext
    every = view.network.changes.known.every
    made = sorted((each for each in every if each.takes_back is None), key=lambda each: (each.first_day, each.number))
    back = {each.takes_back: each for each in every}
    rows = tuple(_row(view, each, back.get(each.number), earliest) for each in reversed(made))
    heads = (_("From which day on"), _("What changes"), _("Why"), _("State"), _("What can be done"))
    return Part(_("Changes"), heads=heads, rows=rows, empty=_("Nothing has been changed: the network file holds."))


def _row(view: View, change: NormChange, back: NormChange | None, earliest: int) -> Row:
    _, today = view.catalogue.gettext, view.network.local.day(view.now)
    if back is not None:
        state = Cell(_("taken back"), f"{stamp(view, back.made)}, {back.who}: {back.why}")
    else:
        state = Cell(_("since then") if change.first_day <= today else _("to come"))
    forms = (
        (do("take_back", _("Take back"), (Field("why", _("Why")),), about=f"№ {change.number}", id=str(change.number)),)
        if back is None and change.first_day >= earliest
        else ()
    )
    cells = (
        Cell(stamp(view, view.network.local.day_start(change.first_day), time=False), f"№ {change.number}"),
        Cell("; ".join(texts(view, change))),
        Cell(change.why, f"{change.who}, {stamp(view, change.made)}"),
        state,
    )
    return Row(cells, forms)


def texts(view: View, change: NormChange) -> list[str]:
    """What a change changes, in words: a line a norm or a rule."""
    _, words = view.catalogue.gettext, templates(view.catalogue)
    found = []
    for member, value in change.norms.items():
        key = _MEASURED.get(member)
        text = value_text(view, key, value) if key else view.catalogue.number(value)
        found.append(f"{_(NORM_LABELS[member])}: {text}")
    for rule in change.thresholds:
        sign = "≥" if rule.worse == "above" else "≤"
        edges = (("watch", rule.watch), ("act", rule.act))
        said = [f"{words[f'level.{level}']} {sign} {value_text(view, rule.metric, edge)}" for level, edge in edges]
        found.append(f"{_(LABELS[rule.metric])}: {', '.join(said)}")
    return found


def _label(view: View, member: str) -> str:
    """With the unit that people write it in."""
    if member not in NORM_LABELS:
        return member
    return with_unit(view, view.catalogue.gettext(NORM_LABELS[member]), _unit(member))


def _rule_label(view: View, metric: str) -> str:
    if metric not in METRIC_BY_KEY:
        return metric
    return with_unit(view, view.catalogue.gettext(LABELS[metric]), METRIC_BY_KEY[metric].unit)


def _unit(member: str) -> str:
    return METRIC_BY_KEY[_MEASURED[member]].unit if member in _MEASURED else ""


def _day(said: Mapping[str, str]) -> int | None:
    try:
        return dt.date.fromisoformat(said.get("first_day", "")).toordinal()
    except ValueError:
        return None
