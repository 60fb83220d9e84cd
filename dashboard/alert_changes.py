"""Changes of alarm rules, laid over the rules of the file: what one may say, and what is in force (docs/alarms.md)."""

import json
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final, Literal

from msgspec import Struct, field, structs

from dashboard.alert_file import parse
from dashboard.alert_rules import Rule, Ruleset

WHY_MOST: Final = 300
Said = Mapping[str, Any]
"""Members of a ``[[rules]]`` table. Numbers may be text, as people type them."""
Kind = Literal["add", "set", "off", "on", "file"]
"""``add``: a rule more; ``set``: another rule in the place of one, whole; ``off`` and ``on``: whether it is watched;
``file``: as the file has it."""
_NUMBERS: Final = ("threshold", "clear", "minutes", "clear_minutes", "escalate_minutes")


class RuleChangeError(ValueError):
    """A change that cannot be made. ``kind`` is for the screen, the text for the log."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class RuleChange(Struct, frozen=True):
    """One row. It is in force from the moment that it is made."""

    number: int
    rule: str
    """Id of the rule."""
    made: float
    """Epoch seconds."""
    who: str
    """A login, never a name."""
    why: str
    kind: Kind
    new: Rule | None = None
    """Of ``add`` and ``set``; None in a row that this version cannot read, which changes nothing."""


class Held(Struct, frozen=True):
    """One rule as it is now."""

    rule: Rule
    of_file: Rule | None
    """What the file says; None of a rule that was added."""
    is_on: bool = True
    last: RuleChange | None = None
    """The last change of it; None: it is as the file says."""

    @property
    def seen(self) -> int:
        """Number of the last change, 0 for none: a form that was made of another state is known by it."""
        return 0 if self.last is None else self.last.number


class Book(Struct, frozen=True):
    """The rules of the file with all changes laid over them."""

    file: Ruleset
    held: dict[str, Held] = field(default_factory=dict)
    """All by id, those that are off too: those of the file in its order, then those that were added."""
    changes: tuple[RuleChange, ...] = ()

    @property
    def ruleset(self) -> Ruleset:
        """What is in force."""
        return structs.replace(self.file, rules=tuple(each.rule for each in self.held.values() if each.is_on))

    @property
    def known(self) -> dict[str, Rule]:
        """Every rule by id: what is over may be of one that is off."""
        return {id_: each.rule for id_, each in self.held.items()}

    def number(self) -> int:
        """Of the newest change, 0 for none."""
        return self.changes[-1].number if self.changes else 0

    def since(self, number: int) -> frozenset[str]:
        """Ids of the rules that were changed after a change."""
        return frozenset(each.rule for each in self.changes if each.number > number)


def laid_over(file: Ruleset, changes: Iterable[RuleChange]) -> Book:
    """The rules of a file with changes over them, in the order of their numbers. A change of a rule that the file no
    longer has changes nothing."""
    changes = tuple(changes)
    held = {rule.id: Held(rule, rule) for rule in file.rules}
    for each in changes:
        before = held.get(each.rule)
        if each.kind == "add" and each.new is not None and before is None:
            held[each.rule] = Held(each.new, None, last=each)
        elif before is None:
            continue
        elif each.kind in ("add", "set"):
            held[each.rule] = structs.replace(before, rule=each.new or before.rule, last=each)
        elif each.kind == "file":
            held[each.rule] = structs.replace(before, rule=before.of_file or before.rule, last=each)
        else:
            held[each.rule] = structs.replace(before, is_on=each.kind == "on", last=each)
    return Book(file, held, changes)


def members(rule: Rule) -> dict[str, Any]:
    """A rule as a ``[[rules]]`` table has it."""
    found = {
        "id": rule.id,
        "names": structs.asdict(rule.names),
        "metric": rule.metric,
        "scope": rule.scope,
        "worse": rule.worse,
        "threshold": rule.threshold,
        "clear": rule.clear,
        "minutes": rule.for_s / 60,
        "clear_minutes": rule.clear_s / 60,
        "opening_hours": rule.opening_hours,
        "severity": rule.severity,
        "roles": list(rule.roles),
    }
    if rule.escalate_s is not None:
        found |= {"escalate_minutes": rule.escalate_s / 60, "escalate_roles": list(rule.escalate_roles)}
    return found


def checked(said: Said) -> Rule:
    """The rule of members, by the one reader that files of rules have; :class:`dashboard.alert_file.RuleError` for what
    no file may say either."""
    numbers = {name: _number(said[name]) for name in _NUMBERS if name in said}
    return parse(toml({**said, **numbers}), "rule").rules[0]


def toml(said: Said) -> str:
    """Members as a ``[[rules]]`` table of a file."""
    return "\n".join(["[[rules]]", *(f"{name} = {toml_value(value)}" for name, value in said.items())]) + "\n"


def check_why(why: str) -> str:
    """The reason without what surrounds it."""
    why = " ".join(why.split())
    if not 1 <= len(why) <= WHY_MOST or not why.isprintable():
        raise RuleChangeError("rule_why", f"say why, in 1 to {WHY_MOST} characters")
    return why


def _number(value: Any) -> Any:
    """As a file would have it; what is no number stays what it is, for the reader to refuse."""
    if not isinstance(value, str):
        return value
    try:
        found = float(value.replace(",", "."))
    except ValueError:
        return value
    return found if isfinite(found) else value


def toml_value(value: Any) -> str:
    """A value as TOML has it, whatever a text holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # the escapes of JSON are TOML's, and TOML wants one more
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return f"{value:.12g}" if isinstance(value, float) and float(f"{value:.12g}") == value else repr(value)
