"""Alarm rules in words: each member as people read it, and what a change changes."""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboard.alert_changes import Book, RuleChange
from dashboard.alert_rules import FRESHNESS, NO_WINDOW, Rule
from dashboard.alert_words import unit
from layouts import message
from layouts.metric_words import LABELS
from layouts.plain import ROLE_WORDS
from layouts.units import exact
from layouts.view import View

METRIC_WORDS: Final[Mapping[str, str]] = {
    **LABELS,
    FRESHNESS: message("Time without data"),
    NO_WINDOW: message("People waiting where no window is open"),
}
SCOPE_WORDS: Final = {
    "network": message("the whole network"),
    "centre": message("each centre"),
    "branch": message("each branch"),
}
SEVERITY_WORDS: Final = {
    "act": message("must be acted on: told at any hour"),
    "watch": message("to be watched: waits through quiet hours"),
}
WORSE_WORDS: Final = {"above": message("more is worse"), "below": message("less is worse")}
HOURS_WORDS: Final = {True: message("in opening hours only"), False: message("at any hour")}
_NAMES: Final = message("Name")


def watched(view: View, rule: Rule) -> str:
    """The number and where it is looked at."""
    _ = view.catalogue.gettext
    return f"{metric_text(view, rule.metric)}: {_(SCOPE_WORDS[rule.scope])}"


def metric_text(view: View, metric: str) -> str:
    return view.catalogue.gettext(METRIC_WORDS[metric]) if metric in METRIC_WORDS else metric


def bad_text(view: View, rule: Rule) -> str:
    return f"{'≥' if rule.worse == 'above' else '≤'}\N{NO-BREAK SPACE}{exact(view, unit(rule.metric), rule.threshold)}"


def good_text(view: View, rule: Rule) -> str:
    return f"{'≤' if rule.worse == 'above' else '≥'}\N{NO-BREAK SPACE}{exact(view, unit(rule.metric), rule.clear)}"


def roles_text(view: View, roles: Sequence[str]) -> str:
    words: Mapping[str, str] = {str(role): text for role, text in ROLE_WORDS.items()}
    return ", ".join(view.catalogue.gettext(words[each]) for each in roles)


def further_text(view: View, rule: Rule) -> str:
    _ = view.catalogue.gettext
    if rule.escalate_s is None:
        return _("never")
    return _("after {time}: {roles}", time=minutes(view, rule.escalate_s), roles=roles_text(view, rule.escalate_roles))


def minutes(view: View, seconds: float) -> str:
    return exact(view, "seconds", seconds)


def members(view: View, rule: Rule) -> dict[str, str]:
    """All that can be changed of a rule: what it is called to how it is written."""
    _ = view.catalogue.gettext
    return {
        _(_NAMES): " / ".join((rule.names.ru, rule.names.kk, rule.names.en)),
        _("Bad from"): bad_text(view, rule),
        _("Good again from"): good_text(view, rule),
        _("Bad for so long"): minutes(view, rule.for_s),
        _("Good for so long"): minutes(view, rule.clear_s),
        _("When it counts"): _(HOURS_WORDS[rule.opening_hours]),
        _("Importance"): _(SEVERITY_WORDS[rule.severity]),
        _("Who is told"): roles_text(view, rule.roles),
        _("Told further up"): further_text(view, rule),
    }


def differences(view: View, old: Rule | None, new: Rule) -> tuple[str, ...]:
    """What is another one now, a line each; without an old rule all of the new one."""
    there = members(view, new)
    if old is None:
        return (watched(view, new), *(f"{name}: {text}" for name, text in there.items()))
    here = members(view, old)
    return tuple(f"{name}: {here[name]} → {text}" for name, text in there.items() if text != here[name])


def history(view: View, book: Book) -> list[tuple[RuleChange, str]]:
    """Every change in the order of its number, and what it changed in words."""
    _ = view.catalogue.gettext
    of_file = {rule.id: rule for rule in book.file.rules}
    rules, found = dict(of_file), list[tuple[RuleChange, str]]()
    for each in book.changes:
        old = rules.get(each.rule)
        text = {"off": _("switched off"), "on": _("switched on"), "file": _("as in the file again")}.get(each.kind, "")
        if each.kind in ("add", "set") and each.new is not None:
            text = "; ".join(differences(view, old, each.new)) or _("the same")
            text = _("added: {what}", what=text) if each.kind == "add" else text
            rules[each.rule] = each.new
        elif each.kind in ("add", "set"):
            text = _("this version cannot read the change: it changes nothing")
        elif each.kind == "file" and each.rule in of_file:
            rules[each.rule] = of_file[each.rule]
        found.append((each, text))
    return found
