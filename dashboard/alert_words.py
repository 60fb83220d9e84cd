"""A notice in words, in the reader's language: a title and lines, each with its number, its threshold and its time."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import structs

from dashboard.alert_notices import Item, Notice
from dashboard.alert_rules import FRESHNESS, NO_WINDOW, Rule
from dashboard.alerts import Alarm
from dashboard.calendars import LocalTime
from dashboard.i18n import UNKNOWN, Catalogue
from dashboard.metrics import METRIC_BY_KEY
from dashboard.network import Network

_UNITS: Final = {FRESHNESS: "seconds", NO_WINDOW: "people"}
_WRITE: Final[dict[str, Callable[[Catalogue, float], str]]] = {
    "share": lambda catalogue, value: catalogue.percent(value),
    "seconds": lambda catalogue, value: catalogue.duration(value),
    "days": lambda catalogue, value: catalogue.gettext("{n} d", n=catalogue.number(value)),
    "people per window": lambda catalogue, value: catalogue.decimal(value, 1),
}


def value_text(catalogue: Catalogue, metric: str, value: float | None) -> str:
    """A rule's number with its unit, a dash for what is not known."""
    if value is None:
        return UNKNOWN
    write = _WRITE.get(unit(metric))
    return write(catalogue, value) if write else catalogue.number(value)


def unit(metric: str) -> str:
    """Of what a rule may look at; empty for what it may not."""
    known = METRIC_BY_KEY.get(metric)
    return _UNITS.get(metric) or (known.unit if known else "")


def place_name(catalogue: Catalogue, network: Network, alarm: Alarm) -> str:
    """The network, the centre, or the centre and its branch where it has more than one."""
    centre = network.centre_by_id.get(alarm.centre)
    if centre is None:
        return alarm.centre or network.names.get(catalogue.language)
    name = centre.names.get(catalogue.language)
    branch = next((each for each in centre.branches if each.id == alarm.branch), None)
    return f"{name}, {branch.names.get(catalogue.language)}" if branch and len(centre.branches) > 1 else name


def moment_text(catalogue: Catalogue, local: LocalTime, moment: float, now: float) -> str:
    """Wall-clock time, with the date when it is not today's."""
    time = catalogue.time(moment, local)
    return time if local.day(moment) == local.day(now) else f"{catalogue.date(catalogue.day_of(moment, local))}, {time}"


def texts(catalogue: Catalogue, network: Network, rules: dict[str, Rule], notice: Notice) -> tuple[str, str]:
    """Title and body. The last line is the notice's key: two messages with one key are one message."""
    lines = [_line(catalogue, network, rules.get(each.alarm.rule), each, notice.at) for each in notice.items]
    return _title(catalogue, network, rules, notice), "\n".join([*lines, "", f"№ {notice.key}"])


def test_texts(catalogue: Catalogue, network: Network) -> tuple[str, str]:
    """Of the message by which an administrator sees whether an address is right."""
    _ = catalogue.gettext
    title = _("{network}: a test message", network=network.names.get(catalogue.language))
    return title, _("Messages about alarms come to this address. Nothing has happened, and nothing needs to be done.")


def _title(catalogue: Catalogue, network: Network, rules: dict[str, Rule], notice: Notice) -> str:
    count, first = len(notice.items), notice.items[0]
    if notice.is_digest:
        return catalogue.ngettext("Digest: {n} alarm", "Digest: {n} alarms", count)
    place = place_name(catalogue, network, first.alarm if count == 1 else structs.replace(first.alarm, branch=""))
    if count > 1:
        return catalogue.ngettext("{place}: {n} alarm", "{place}: {n} alarms", count, place=place)
    rule = rules.get(first.alarm.rule)
    what = rule.names.get(catalogue.language) if rule else first.alarm.rule
    return catalogue.gettext("Over: {what}", what=f"{place}: {what}") if _is_over(first) else f"{place}: {what}"


def _line(catalogue: Catalogue, network: Network, rule: Rule | None, item: Item, now: float) -> str:
    alarm, local = item.alarm, network.local
    values: dict[str, Any] = {
        "place": place_name(catalogue, network, alarm),
        "what": rule.names.get(catalogue.language) if rule else alarm.rule,
        "value": value_text(catalogue, rule.metric, alarm.value) if rule else UNKNOWN,
        "threshold": value_text(catalogue, rule.metric, rule.threshold) if rule else UNKNOWN,
        "since": moment_text(catalogue, local, alarm.began, now),
    }
    said = catalogue.gettext("{place}: {what}: {value} (threshold {threshold}), since {since}", **values)
    more = ""
    if _is_over(item):
        more = catalogue.gettext("It is over.")
    elif item.told == "escalated":
        more = catalogue.gettext("Nobody has taken it on for {age}.", age=catalogue.duration(now - alarm.asked))
    elif item.told == "unacknowledged":
        more = catalogue.gettext("The time that was taken for it has passed.")
    return f"{said}. {more}" if more else said


def _is_over(item: Item) -> bool:
    return item.over or item.told == "resolved"
