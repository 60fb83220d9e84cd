"""Changes of alarm rules in the database of history: making one, and reading them, so that every process has the rules
that are in force (docs/alarms.md)."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from msgspec import structs
from sqlalchemy import Column, Connection, Double, Engine, Integer, Table, Text, select
from sqlalchemy.exc import IntegrityError

from dashboard.alert_changes import (
    Book,
    Held,
    Kind,
    RuleChange,
    RuleChangeError,
    Said,
    check_why,
    checked,
    laid_over,
    members,
)
from dashboard.alert_file import RULES_MOST, RuleError
from dashboard.alert_rules import Rule, Ruleset
from data_sources.history_tables import METADATA

RULE_CHANGES: Final = Table(
    "alarm_rule_changes",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1"),
    Column("rule", Text, nullable=False, comment="id of the rule"),
    Column("made", Double, nullable=False, comment="and in force from then on"),
    Column("who", Text, nullable=False, comment="a login, never a name"),
    Column("why", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="add, set, off, on or file"),
    Column("what", Text, nullable=False, comment="of add and set: JSON, a [[rules]] table; else empty"),
)
_KEPT: Final = ("id", "metric", "scope", "worse")
"""What makes a rule the one that it is: past alarms are called by it, and their numbers are of it."""

log = structlog.get_logger()


class RuleBook:
    """Safe to share between threads. ``file`` is what the changes are laid over."""

    def __init__(self, engine: Engine, file: Ruleset, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._file, self._clock = engine, file, clock
        self._changes: tuple[RuleChange, ...] = ()

    def read(self) -> Book:
        """The rules as they are now."""
        with self._engine.connect() as connection:
            return laid_over(self._file, self.changes(connection))

    def changes(self, connection: Connection) -> tuple[RuleChange, ...]:
        """All rows; only those that came since the last time are asked for: rows are never changed."""
        known = self._changes
        newer = RULE_CHANGES.c.number > (known[-1].number if known else 0)
        rows = connection.execute(select(RULE_CHANGES).where(newer).order_by(RULE_CHANGES.c.number)).all()
        if rows:
            known = self._changes = (*known, *map(_change, rows))
        return known

    # Each of these takes ``seen``, the number of the rule's last change that its maker knew of (0: none).

    def change(self, id_: str, said: Said, seen: int, who: str, why: str) -> RuleChange:
        """Other members of a rule; what it watches stays. :class:`RuleChangeError` and ``RuleError`` for what cannot
        be."""

        return self._add(id_, seen, who, why, lambda book: ("set", _changed(book, id_, said)))

    def tried(self, id_: str, said: Said, seen: int, why: str) -> Rule:
        """The rule that :meth:`change` would make, refused as there."""
        check_why(why)
        return _changed(self._unchanged(id_, seen), id_, said)

    def add(self, said: Said, who: str, why: str) -> RuleChange:
        """A rule more. An id that was used once is not used again: past alarms are called by it."""
        rule = checked(said)
        return self._add(rule.id, None, who, why, lambda book: ("add", _added(book, rule)))

    def tried_new(self, said: Said, why: str) -> Rule:
        """The rule that :meth:`add` would make, refused as there."""
        check_why(why)
        return _added(self.read(), checked(said))

    def switch(self, id_: str, is_on: bool, seen: int, who: str, why: str) -> RuleChange:
        """Watch a rule no more, or again."""

        def new(book: Book) -> tuple[Kind, Rule | None]:
            if _held(book, id_).is_on == is_on:
                raise RuleChangeError("rule_same", f"{id_}: this is what is in force already")
            return ("on" if is_on else "off"), None

        return self._add(id_, seen, who, why, new)

    def as_in_file(self, id_: str, seen: int, who: str, why: str) -> RuleChange:
        """A rule as the file has it; whether it is on stays."""

        def new(book: Book) -> tuple[Kind, Rule | None]:
            held = _held(book, id_)
            if held.of_file is None or held.rule == held.of_file:
                raise RuleChangeError("rule_same", f"{id_}: it is as the file has it, or the file has none")
            return "file", None

        return self._add(id_, seen, who, why, new)

    def _add(
        self, id_: str, seen: int | None, who: str, why: str, new: Callable[[Book], tuple[Kind, Rule | None]]
    ) -> RuleChange:
        why = check_why(why)
        while True:
            book = self._unchanged(id_, seen)
            kind, rule = new(book)
            change = RuleChange(book.number() + 1, id_, self._clock(), who, why, kind, rule)
            try:
                with self._engine.begin() as connection:
                    connection.execute(RULE_CHANGES.insert(), _row(change))
            except IntegrityError:  # somebody was quicker: what is to be done is looked at anew
                if self.read().number() < change.number:
                    raise
                continue
            return change

    def _unchanged(self, id_: str, seen: int | None) -> Book:
        """The rules as they are now, when nobody changed one since; None: whether anybody did does not matter."""
        book = self.read()
        held = book.held.get(id_)
        if held is not None and seen not in (None, held.seen):
            who = held.last.who if held.last else "nobody"
            raise RuleChangeError("rule_conflict", f"{id_}: {who} changed it meanwhile (change {held.seen})")
        return book


def _changed(book: Book, id_: str, said: Said) -> Rule:
    """A rule with other members, checked as a file's; what it watches stays."""
    old = _held(book, id_).rule
    was = members(old)
    rule = checked({**said, **{name: was[name] for name in _KEPT}})
    rule = structs.replace(
        rule,
        roles=_as_before(rule.roles, old.roles),
        escalate_roles=_as_before(rule.escalate_roles, old.escalate_roles),
    )
    if rule == old:
        raise RuleChangeError("rule_same", f"{id_}: this is what is in force already")
    return rule


def _as_before(roles: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
    """Roles in the order that they had: a form knows none."""
    return (*(each for each in old if each in roles), *(each for each in roles if each not in old))


def _added(book: Book, rule: Rule) -> Rule:
    if rule.id in book.held or any(each.rule == rule.id for each in book.changes):
        raise RuleChangeError("rule_taken", f"{rule.id}: there is a rule of this id already")
    if len(book.held) >= RULES_MOST:
        raise RuleChangeError("rule_many", f"there are {RULES_MOST} rules already")
    return rule


def _held(book: Book, id_: str) -> Held:
    if id_ not in book.held:
        raise RuleChangeError("rule_gone", f"{id_!r}: there is no such rule")
    return book.held[id_]


def _row(change: RuleChange) -> dict[str, Any]:
    row = structs.asdict(change)
    new = row.pop("new")
    return row | {"what": msgspec.json.encode(members(new)).decode() if new else ""}


def _change(row: Any) -> RuleChange:
    new = None
    if row.what:
        try:
            new = checked(msgspec.json.decode(row.what, type=dict[str, Any]))
        except RuleError as error:  # written by a version with other numbers
            log.error("a change of a rule cannot be read and changes nothing", number=row.number, error=str(error))
    return RuleChange(row.number, row.rule, row.made, row.who, row.why, row.kind, new)
