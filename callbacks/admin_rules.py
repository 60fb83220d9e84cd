"""What the forms of alarm rules do."""

from collections.abc import Mapping
from typing import Any, Final

from callbacks.admin_actions import Action, Outcome, Said
from callbacks.viewing import record, who
from dashboard import alert_changes
from dashboard.alert_changes import Book, RuleChange, RuleChangeError
from dashboard.alert_rules import Rule
from layouts import admin_rules
from layouts.admin import Asked
from layouts.view import View


def _change(services: Any, said: Said) -> Outcome:
    book = services.rules.read()
    old = _rule(book, said)
    members = admin_rules.members(said, old.metric)
    change = services.rules.change(old.id, members, _seen(said), who(), said.get("why", ""))
    _record(change, alert_changes.members(old))
    return Outcome("rule_changed")


def _add(services: Any, said: Said) -> Outcome:
    change = services.rules.add(admin_rules.new_members(said), who(), said.get("why", ""))
    _record(change, {})
    return Outcome("rule_added", to=admin_rules.TAB)


def _switch(services: Any, said: Said) -> Outcome:
    is_on = said.get("do") == "rule_on"
    change = services.rules.switch(said.get("rule", ""), is_on, _seen(said), who(), said.get("why", ""))
    _record(change, {})
    return Outcome("rule_on") if is_on else Outcome("rule_off")


def _as_in_file(services: Any, said: Said) -> Outcome:
    change = services.rules.as_in_file(said.get("rule", ""), _seen(said), who(), said.get("why", ""))
    _record(change, {})
    return Outcome("rule_file")


def _ask_change(services: Any, view: View, said: Said) -> Asked:
    """Refused before the question what would be refused after it."""
    book = services.rules.read()
    old = _rule(book, said)
    new = services.rules.tried(old.id, admin_rules.members(said, old.metric), _seen(said), said.get("why", ""))
    return admin_rules.asked(view, old, new)


def _ask_add(services: Any, view: View, said: Said) -> Asked:
    return admin_rules.asked(view, None, services.rules.tried_new(admin_rules.new_members(said), said.get("why", "")))


def _ask(services: Any, view: View, said: Said) -> Asked:
    """Before a rule is off, or as the file has it."""
    book = services.rules.read()
    old, of_file = _rule(book, said), book.held[said["rule"]].of_file
    if said.get("do") == "rule_file" and of_file is not None and of_file != old:
        return admin_rules.asked(view, old, of_file)
    return Asked((old.names.get(view.catalogue.language),))


def _rule(book: Book, said: Said) -> Rule:
    held = book.held.get(said.get("rule", ""))
    if held is None:
        raise RuleChangeError("rule_gone", f"{said.get('rule', '')!r}: there is no such rule")
    return held.rule


def _seen(said: Said) -> int:
    """Of a form that was tampered with, a number that no change has."""
    seen = said.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1


def _record(change: RuleChange, old: Mapping[str, Any]) -> None:
    """Of another rule what differs, as its file would say it."""
    new = alert_changes.members(change.new) if change.new else {}
    what = ", ".join(f"{name}={value}" for name, value in new.items() if old.get(name) != value)
    about = {"what": what} if what else {}
    record("rule_changed", number=change.number, rule=change.rule, change=change.kind, **about)


RULES: Final[Mapping[str, Action]] = {
    "rule": Action(_change, "rule_changed", _ask_change),
    "rule_new": Action(_add, "rule_added", _ask_add),
    "rule_off": Action(_switch, "rule_off", _ask),
    "rule_on": Action(_switch),
    "rule_file": Action(_as_in_file, "rule_file", _ask),
}
