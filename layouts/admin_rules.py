"""Administration: alarm rules in force, one of them with the form that changes it, and a new one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard import alert_changes
from dashboard.alert_changes import Book, Held
from dashboard.alert_file import WATCHED
from dashboard.alert_rules import ROLES, Rule
from dashboard.alert_words import unit
from dashboard.i18n import LANGUAGE_NAMES, LANGUAGES
from layouts import rule_words
from layouts.admin import Admin, Asked, Cell, Part, Row, do, stamp
from layouts.plain import ROLE_WORDS, Field, Form
from layouts.units import scaled, unscaled, with_unit
from layouts.view import View

Said = Mapping[str, str]
SHOWN: Final = 50
"""Changes on the page of all rules; each rule's own page has all of its."""
TRIED_DAYS: Final = 7
TAB: Final = "/admin/rules"
NEW: Final = "/admin/new-rule"
_FIRST: Final = {"scope": "centre", "minutes": "5", "clear_minutes": "5", "severity": "watch"}
"""What a new form is filled with: the calmer way."""


def rules(view: View, book: Book) -> Admin:
    """Every rule, those that are off last, and the last changes."""
    _ = view.catalogue.gettext
    heads = (_("Rule"), _("Bad from"), _("Good again from"), _("Who is told"), _("Where it is from"))
    every = sorted(book.held.values(), key=lambda each: not each.is_on)
    lines = (
        _("A change is in force within seconds: an alarm that stands is judged by the new rule from then on."),
        _("The file of rules says what holds without a change."),
    )
    parts = (
        Part(lines=lines, heads=heads, rows=tuple(_row(view, each) for each in every), links=((NEW, _("A new rule")),)),
        _changes(view, book, None),
    )
    return Admin(_("Alarm rules"), "admin-rules", tab=TAB, parts=parts)


def rule(view: View, book: Book, id_: str, said: Said) -> Admin:
    """One rule: as it is and as the file has it, what can be done with it, and all that was."""
    _, held = view.catalogue.gettext, book.held[id_]
    heads = (_("Rule"), _("In force"), *((_("In the file"),) if _is_other(held) else ()))
    parts = (
        Part(
            lines=(rule_words.watched(view, held.rule), *_source(view, held)),
            heads=heads,
            rows=_members(view, held),
            links=((TAB, _("All rules")),),
        ),
        Part(_("What can be done"), forms=(_change_form(view, held, said), *_other_forms(view, held, said))),
        _changes(view, book, id_),
    )
    title = held.rule.names.get(view.catalogue.language)
    return Admin(title, "admin-rule", tab=TAB, parts=parts)


def new_rule(view: View, said: Said) -> Admin:
    """The form of a rule that there is not yet."""
    _, said = view.catalogue.gettext, said or _FIRST
    metrics = tuple((each, with_unit(view, rule_words.metric_text(view, each), unit(each))) for each in WATCHED)
    fields = (
        Field("rule", _("Short id"), value=said.get("rule", ""), note=_("Stays for ever, for example: long-wait.")),
        *_name_fields(view, said),
        Field("metric", _("What is watched"), value=said.get("metric", ""), choices=metrics),
        Field("scope", _("Where"), value=said.get("scope", ""), choices=_choices(view, rule_words.SCOPE_WORDS)),
        Field(
            "worse",
            _("Which way is worse"),
            value=said.get("worse", ""),
            choices=(("", _("as the number itself says")), *_choices(view, rule_words.WORSE_WORDS)),
        ),
        *_fields(view, "", said),
    )
    form = do("rule_new", _("Add the rule"), fields, quiet=False)
    note = _("Times are in minutes, shares in per cent.")
    return Admin(
        _("A new rule"),
        "admin-new-rule",
        tab=TAB,
        parts=(Part(lines=(note,), forms=(form,), links=((TAB, _("All rules")),)),),
    )


def members(said: Said, metric: str) -> dict[str, Any]:
    """A form as members of a ``[[rules]]`` table; what is no number stays what it is, to be refused."""
    of = unit(metric)
    found: dict[str, Any] = {"names": {each: _clean(said.get(f"name_{each}", "")) for each in LANGUAGES}}
    for name in ("threshold", "clear"):
        if said.get(name, "").strip():
            found[name] = unscaled(of, said[name])
    for name in ("minutes", "clear_minutes", "escalate_minutes"):
        if said.get(name, "").strip():
            found[name] = said[name]
    found["severity"] = said.get("severity", "")
    found["opening_hours"] = {"yes": True, "no": False}.get(said.get("opening_hours", ""), "")
    found["roles"] = [each for each in ROLES if f"roles.{each}" in said]
    if "escalate_minutes" in found:
        found["escalate_roles"] = [each for each in ROLES if f"escalate_roles.{each}" in said]
    return found


def new_members(said: Said) -> dict[str, Any]:
    """The same of a rule that there is not yet."""
    metric = said.get("metric", "")
    found = {"id": said.get("rule", "").strip(), "metric": metric, "scope": said.get("scope", "")}
    found |= {"worse": said["worse"]} if said.get("worse") else {}
    return {**found, **members(said, metric)}


def asked(view: View, old: Rule | None, new: Rule) -> Asked:
    """The question before another rule: what it changes, and how to try it on the past first."""
    _, today = view.catalogue.gettext, view.network.local.day(view.now)
    first, last = (dt.date.fromordinal(today - ago).isoformat() for ago in (TRIED_DAYS, 1))
    lines = (
        _("What would this rule have raised in the last week? The server can say it first, in some minutes."),
        _("Keep the second text as try.toml on the server, and run the first there. Nothing is changed by it."),
    )
    command = f"python app.py alerts --replay {first} {last} --with try.toml"
    what = rule_words.differences(view, old, new)
    return Asked((new.names.get(view.catalogue.language),), what, lines, (command, _toml(new)))


def _toml(rule: Rule) -> str:
    return alert_changes.toml(alert_changes.members(rule)).rstrip()


def _row(view: View, held: Held) -> Row:
    _, rule = view.catalogue.gettext, held.rule
    name = Cell(
        rule.names.get(view.catalogue.language), rule_words.watched(view, rule), href=f"{TAB}/{rule.id}",
    )  # fmt: skip
    lasts = _("for {time}", time=rule_words.minutes(view, rule.for_s))
    good = _("for {time}", time=rule_words.minutes(view, rule.clear_s))
    further = "" if rule.escalate_s is None else rule_words.further_text(view, rule)
    return Row(
        (
            name,
            Cell(rule_words.bad_text(view, rule), lasts),
            Cell(rule_words.good_text(view, rule), good),
            Cell(rule_words.roles_text(view, rule.roles), further),
            _state(view, held),
        )
    )


def _state(view: View, held: Held) -> Cell:
    _ = view.catalogue.gettext
    where = _("the file") if held.of_file == held.rule else _("changed") if held.of_file else _("added")
    where = where if held.is_on else _("switched off")
    below = "" if held.last is None else f"{held.last.who}, {stamp(view, held.last.made)}"
    return Cell(where, below, mark="" if held.is_on else "watch")


def _source(view: View, held: Held) -> tuple[str, ...]:
    _, last = view.catalogue.gettext, held.last
    off = () if held.is_on else (_("The rule is switched off: it raises nothing and tells nobody."),)
    if last is None:
        return off
    who = {"who": last.who, "when": stamp(view, last.made), "why": last.why}
    return *off, _("Last changed by {who}, {when}: {why}", **who)


def _members(view: View, held: Held) -> tuple[Row, ...]:
    here, there = rule_words.members(view, held.rule), rule_words.members(view, held.of_file or held.rule)
    rows = []
    for name, text in here.items():
        cells = (Cell(name), Cell(text, mark="watch" if text != there[name] else ""))
        rows.append(Row((*cells, Cell(there[name])) if _is_other(held) else cells))
    return tuple(rows)


def _change_form(view: View, held: Held, said: Said) -> Form:
    """Filled with what is in force, or with what was typed."""
    _, rule = view.catalogue.gettext, held.rule
    if said.get("do") != "rule":
        of = unit(rule.metric)
        said = {
            **{f"name_{each}": rule.names.get(each) for each in LANGUAGES},
            "threshold": scaled(of, rule.threshold),
            "clear": scaled(of, rule.clear),
            "minutes": scaled("seconds", rule.for_s),
            "clear_minutes": scaled("seconds", rule.clear_s),
            "escalate_minutes": "" if rule.escalate_s is None else scaled("seconds", rule.escalate_s),
            "severity": rule.severity,
            "opening_hours": "yes" if rule.opening_hours else "no",
            **{f"roles.{each}": "yes" for each in rule.roles},
            **{f"escalate_roles.{each}": "yes" for each in rule.escalate_roles or ("deputy",)},
        }
    fields = (*_name_fields(view, said), *_fields(view, unit(rule.metric), said))
    return do("rule", _("Change the rule"), fields, quiet=False, rule=rule.id, seen=str(held.seen))


def _other_forms(view: View, held: Held, said: Said) -> tuple[Form, ...]:
    """Off or on, and back to the file."""
    _ = view.catalogue.gettext

    def form(name: str, button: str) -> Form:
        why = _why(view, said if said.get("do") == name else {})
        return do(name, button, (why,), quiet=False, rule=held.rule.id, seen=str(held.seen))

    switch = form("rule_off", _("Switch off")) if held.is_on else form("rule_on", _("Switch on"))
    return (switch, form("rule_file", _("As the file has it"))) if _is_other(held) else (switch,)


def _is_other(held: Held) -> bool:
    """Whether the file says something else of it."""
    return held.of_file is not None and held.rule != held.of_file


def _name_fields(view: View, said: Said) -> tuple[Field, ...]:
    name = view.catalogue.gettext("Name")
    return tuple(
        Field(f"name_{each}", f"{name}, {LANGUAGE_NAMES[each]}", value=said.get(f"name_{each}", ""))
        for each in LANGUAGES
    )


def _fields(view: View, of: str, said: Said) -> tuple[Field, ...]:
    """What a new rule and a changed one have alike; ``of`` is the unit of their thresholds."""
    _ = view.catalogue.gettext

    def number(name: str, label: str, of: str = "seconds", *, note: str = "", is_optional: bool = False) -> Field:
        value = said.get(name, "")
        return Field(name, with_unit(view, label, of), "number", value, note=note, is_optional=is_optional)

    hours = (("yes", _(rule_words.HOURS_WORDS[True])), ("no", _(rule_words.HOURS_WORDS[False])))
    severities = _choices(view, rule_words.SEVERITY_WORDS)
    return (
        number("threshold", _("Bad from"), of),
        number("clear", _("Good again from"), of, note=_("In between nothing changes."), is_optional=True),
        number("minutes", _("Bad for so long")),
        number("clear_minutes", _("Good for so long")),
        Field("opening_hours", _("When it counts"), value=said.get("opening_hours", ""), choices=hours),
        Field("severity", _("Importance"), value=said.get("severity", ""), choices=severities),
        _roles(view, "roles", _("Who is told"), said),
        number("escalate_minutes", _("Told further up after"), note=_("Empty: never."), is_optional=True),
        _roles(view, "escalate_roles", _("Who is told further up"), said),
        _why(view, said),
    )


def _roles(view: View, name: str, label: str, said: Said) -> Field:
    on = " ".join(each for each in ROLES if f"{name}.{each}" in said)
    return Field(name, label, "checks", on, choices=_choices(view, {each: ROLE_WORDS[each] for each in ROLES}))


def _why(view: View, said: Said) -> Field:
    _ = view.catalogue.gettext
    return Field("why", _("Why"), value=said.get("why", ""), note=_("Stays beside the change: a decision, an order."))


def _choices(view: View, words: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, view.catalogue.gettext(text)) for key, text in words.items())


def _changes(view: View, book: Book, id_: str | None) -> Part:
    """Of one rule all, of all rules the last, the newest first."""
    _, names = view.catalogue.gettext, {key: each.names for key, each in book.known.items()}
    found = [each for each in rule_words.history(view, book) if id_ in (None, each[0].rule)]
    rows = []
    for change, text in reversed(found if id_ else found[-SHOWN:]):
        named = names.get(change.rule)
        name = named.get(view.catalogue.language) if named else change.rule
        cells: Sequence[Cell] = (
            Cell(stamp(view, change.made), f"{change.who}, № {change.number}"),
            Cell(name, change.rule, href=f"{TAB}/{change.rule}" if named else ""),
            Cell(text),
            Cell(change.why),
        )
        rows.append(Row(tuple(cells)))
    heads = (_("Since when"), _("Rule"), _("What changes"), _("Why"))
    return Part(_("Changes"), heads=heads, rows=tuple(rows), empty=_("Nothing has been changed: the file holds."))


def _clean(text: str) -> str:
    """One line of what can be printed: a name goes into subjects of messages."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
