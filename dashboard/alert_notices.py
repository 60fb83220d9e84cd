"""Who is told what, and when: transitions of alarms to notices, without a storm. Pure, as the step itself.

Of each role separately, and of each centre's director: what one centre raises within ``group_s`` is one notice; a
centre and the network have a limit an hour; what a limit or the quiet hours held back goes in one digest. Nothing is
dropped: what was over before it could be told is told as over.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct, field, structs

from dashboard.alert_rules import Rule, Ruleset, Severity
from dashboard.alerts import Alarm, Transition
from dashboard.calendars import LocalTime

HOUR_S: Final = 3600.0
Told = Literal["fired", "escalated", "unacknowledged", "resolved"]
_TOLD: Final = ("fired", "escalated", "unacknowledged", "resolved")
_URGENCY: Final = {"escalated": 0, "fired": 1, "unacknowledged": 2, "resolved": 3}


class Item(Struct, frozen=True):
    """One alarm in a notice."""

    told: Told
    alarm: Alarm
    severity: Severity
    since: float
    """When it began to wait to be told."""
    over: bool = False
    """It was resolved meanwhile."""
    late: bool = False
    """A limit or the quiet hours held it back: it goes in a digest."""


class Notice(Struct, frozen=True):
    """What one role is sent at one moment. ``centre`` is "" for the network's own alarms and for a digest."""

    key: str
    """The same for every try and every copy: by it a reader knows that two are one."""
    role: str
    of: str
    """The centre whose director is meant; "" for any other role."""
    centre: str
    is_digest: bool
    items: tuple[Item, ...]
    at: float


class Desk(Struct):
    """What the next step must know of one role, or of one centre's director."""

    held: dict[str, Item] = field(default_factory=dict)
    """Alarm id to what is not told yet."""
    sent: list[tuple[float, str]] = field(default_factory=list)
    """(moment, centre, or "*" for a digest) of the notices of the last hour."""


class Post(Struct):
    """Memory of what was told. Plain data: it survives any encoding."""

    desks: dict[str, Desk] = field(default_factory=dict)
    told: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Alarm id to the roles that know of it, or are about to: they are told of its end."""
    digests: dict[str, float] = field(default_factory=dict)
    """Role to its last digest."""


def notices(
    post: Post, ruleset: Ruleset, transitions: Iterable[Transition], local: LocalTime, now: float
) -> tuple[Post, list[Notice]]:
    """Take what happened since the last time, and give what is due. ``post`` stays as it was."""
    rules = {rule.id: rule for rule in ruleset.rules}
    desks = {role: Desk(dict(desk.held), list(desk.sent)) for role, desk in post.desks.items()}
    told = dict(post.told)
    for each in transitions:
        _take(each, rules.get(each.alarm.rule), desks, told, now)
    quiet = ruleset.sending.is_quiet(local.seconds_of_day(now) / 60)
    found: list[Notice] = []
    digests = dict(post.digests)
    for role in sorted(desks):
        due = _due(role, desks[role], ruleset, digests.get(role), now, quiet=quiet)
        if due and due[-1].is_digest:
            digests[role] = now
        found += due
    kept = {role: desk for role, desk in desks.items() if desk.held or desk.sent}
    return Post(kept, told, digests), found


def _take(
    transition: Transition, rule: Rule | None, desks: dict[str, Desk], told: dict[str, tuple[str, ...]], now: float
) -> None:
    alarm, kind = transition.alarm, transition.kind
    if kind not in _TOLD:
        return
    know = told.get(alarm.id, ())
    if kind == "resolved":
        roles = told.pop(alarm.id, ())
    elif kind == "unacknowledged" or rule is None:
        roles = know
    else:
        roles = tuple(_desk(role, alarm) for role in (rule.roles if kind == "fired" else rule.escalate_roles))
        told[alarm.id] = (*know, *(role for role in roles if role not in know))
    severity: Severity = rule.severity if rule else "watch"
    for role in roles:
        desk = desks.setdefault(role, Desk())
        waiting = desk.held.get(alarm.id)
        if waiting is None:
            desk.held[alarm.id] = Item(kind, alarm, severity, now)
        elif kind == "resolved":
            desk.held[alarm.id] = structs.replace(waiting, alarm=alarm, over=True)
        else:
            first = min(waiting.told, kind, key=lambda each: _URGENCY[each])
            desk.held[alarm.id] = structs.replace(waiting, told=first, alarm=alarm)


def _desk(role: str, alarm: Alarm) -> str:
    """A centre's director is somebody else than the next one's; every other role is one."""
    return f"{role}/{alarm.centre}" if role == "director" else role


def _due(
    role: str, desk: Desk, ruleset: Ruleset, last_digest: float | None, now: float, *, quiet: bool
) -> list[Notice]:
    """What a role is sent now, a digest last; what is sent leaves the desk."""
    sending, found = ruleset.sending, list[Notice]()
    desk.sent = [each for each in desk.sent if now - each[0] < HOUR_S]
    if quiet:
        for id_, item in desk.held.items():
            if item.severity == "watch" and not item.late:
                desk.held[id_] = structs.replace(item, late=True)
    for centre, items in _groups(desk, sending.group_s, now):
        of_centre = sum(each == centre for _, each in desk.sent)
        # one of the network's is kept for the digest, so that it always comes
        if of_centre < sending.centre_per_hour and len(desk.sent) < sending.network_per_hour - 1:
            found.append(_send(role, desk, centre, items, now, is_digest=False))
        else:
            desk.held |= {each.alarm.id: structs.replace(each, late=True) for each in items}
    late = [each for each in desk.held.values() if each.late and not (quiet and each.severity == "watch")]
    rested = last_digest is None or now - last_digest >= sending.digest_s
    if late and rested and len(desk.sent) < sending.network_per_hour:
        found.append(_send(role, desk, "*", late, now, is_digest=True))
    return found


def _groups(desk: Desk, group_s: float, now: float) -> list[tuple[str, list[Item]]]:
    """Items that were not held back, by centre, where the oldest has waited long enough; the most urgent first."""
    groups: dict[str, list[Item]] = {}
    for item in desk.held.values():
        if not item.late:
            groups.setdefault(item.alarm.centre, []).append(item)
    ready = [(centre, items) for centre, items in groups.items() if now - min(each.since for each in items) >= group_s]
    return sorted(ready, key=lambda each: (min(map(_order, each[1])), each[0]))


def _send(role: str, desk: Desk, centre: str, items: list[Item], now: float, *, is_digest: bool) -> Notice:
    for each in items:
        del desk.held[each.alarm.id]
    desk.sent.append((now, centre))
    key, (name, _, of) = f"{role}/{centre}/{round(now * 1000)}", role.partition("/")
    return Notice(key, name, of, "" if is_digest else centre, is_digest, tuple(sorted(items, key=_order)), now)


def _order(item: Item) -> tuple[bool, bool, int, float]:
    return item.over, item.severity != "act", _URGENCY[item.told], item.since
