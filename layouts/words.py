"""The wall's words: every template that the page and its script fill, and the same filling on the server's side.

dashboard/assets/wall-words.js fills these templates in the browser; a browser test compares the two.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dashboard.i18n import UNKNOWN, Catalogue
from layouts.view import View, epoch

METRICS: Final = {"queue": "waiting", "load": "occupancy", "turnover": "rate_12m", "sla": "overdue"}
"""The four numbers of a tile: group to member of the snapshot."""
SHARES: Final = ("load", "turnover")


def templates(catalogue: Catalogue) -> dict[str, str]:
    """Templates by key, with ``{...}`` placeholders unfilled."""
    _ = catalogue.gettext
    return {
        "level.ok": _("on track"),
        "level.watch": _("watch"),
        "level.act": _("act now"),
        "level.planned": _("planned"),
        "state.live": _("in contact"),
        "state.late": _("data of {when} · {age}"),
        "state.silent": _("no contact since {when} · {age}"),
        "state.silent.never": _("no contact"),
        "state.closed": _("closed · data of {when}"),
        "state.closed.never": _("closed"),
        "state.planned": _("opens {date}"),
        "state.planned.undated": _("opening day not set"),
        "live.live": _("data is live"),
        "live.stale": _("Data has not changed since {when}"),
        "live.lost": _("No contact with the server since {when}"),
        "live.none": _("No data yet"),
        "norm.queue": _("norm {norm} min"),
        "norm.queue.wait": _("{wait} of {norm} min"),
        "norm.load": _("norm {norm}"),
        "norm.turnover": _("norm {norm}"),
        "norm.sla": _("norm {norm} doc."),
        "unit.min": _("{n} min"),
        "unit.h": _("{n} h"),
        "unit.d": _("{n} d"),
        "date": _("{day} {month}"),
        "date.long": _("{weekday}, {date}"),
        "total.planned": _("{n} planned"),
        "total.of": _("of {n}"),
        "act.place": _("{centre}, {branch}"),
        "act.since": _("since {when}"),
        "act.silent": _("sends no data"),
        "act.long_wait": _("the wait is {wait}, the norm {norm} min"),
        "act.overloaded": _("load {share}, the norm {norm}"),
        "act.turnover": _("turnover {share} in 12 months"),
        "strip.one": _("{what} {since}"),
        "strip.taken": _("{what} {since} · taken on"),
        "strip.none": _("none stand"),
        "strip.off": _("are not watched now: nobody is told. Call the administrator"),
        "do.silent": _("Call the centre: power and link"),
        "do.no_window": _("Open a window now"),
        "do.long_wait": _("Open one more window"),
        "do.overloaded": _("Add an operator"),
        "do.overdue": _("Ask the director for a plan of issue"),
        "do.overdue.agency": _("Call: {agency}"),
        "do.turnover": _("Look into the reasons for leaving"),
    }


def plurals(catalogue: Catalogue) -> dict[str, list[str]]:
    """Plural forms by key, by the catalogue's plural index, unfilled."""
    return {
        "act.no_window": catalogue.plural_forms(
            "{n} person is waiting, no window is open", "{n} people are waiting, no window is open"
        ),
        "act.overdue": catalogue.plural_forms("{n} document is overdue", "{n} documents are overdue"),
        "live.silent": catalogue.plural_forms("{n} centre out of contact", "{n} centres out of contact"),
        "strip.more": catalogue.plural_forms("and {n} more alarm", "and {n} more alarms"),
    }


def number_text(view: View, group: str, value: float | None) -> str:
    """A tile's number as it is set in large type, without its unit."""
    if value is None:
        return UNKNOWN
    return view.catalogue.figure(value * 100 if group in SHARES else value)


def number_texts(view: View, centre: Mapping[str, Any]) -> dict[str, str]:
    """The four numbers by group."""
    return {group: number_text(view, group, centre[group][member]) for group, member in METRICS.items()}


def unit_text(group: str, value: float | None) -> str:
    return "%" if group in SHARES and value is not None else ""


def norm_text(view: View, group: str, centre: Mapping[str, Any]) -> str:
    words, norms = templates(view.catalogue), view.network.norms
    if group == "queue":
        wait, norm = centre["queue"]["longest_wait_s"], view.catalogue.number(norms.wait_s / 60)
        if wait is None:
            return words["norm.queue"].format(norm=norm)
        return words["norm.queue.wait"].format(wait=view.catalogue.number(wait // 60), norm=norm)
    if group == "sla":
        return words["norm.sla"].format(norm=view.catalogue.number(norms.overdue))
    share = norms.occupancy if group == "load" else norms.turnover
    return words[f"norm.{group}"].format(norm=view.catalogue.percent(share))


def state_text(view: View, centre: Mapping[str, Any]) -> str:
    """How fresh a tile is, in words: with the age of the newest event when it is late or silent."""
    words, state, as_of = templates(view.catalogue), centre["state"], centre["as_of"]
    if state == "planned":
        if centre["opens"] is None:
            return words["state.planned.undated"]
        return words["state.planned"].format(date=view.catalogue.date(date.fromisoformat(centre["opens"])))
    if state == "live":
        return words["state.live"]
    if as_of is None:
        return words["state.closed.never" if state == "closed" else "state.silent.never"]
    age = view.catalogue.duration(view.now - epoch(as_of))
    return words[f"state.{state}"].format(when=view.when(as_of), age=age)


def level_text(view: View, centre: Mapping[str, Any]) -> str:
    key = "planned" if centre["state"] == "planned" else centre["level"]
    return templates(view.catalogue)[f"level.{key}"]


def act_text(view: View, line: Mapping[str, Any]) -> dict[str, str]:
    """One "act now" line: ``where``, ``what``, ``since``, ``do``."""
    words, kind = templates(view.catalogue), line["kind"]
    where = view.name(line["centre"])
    if line["branch"]:
        where = words["act.place"].format(centre=where, branch=view.branch_name(line["centre"], line["branch"]))
    do = words[f"do.{kind}"]
    if kind == "overdue" and line["agency"]:
        do = words["do.overdue.agency"].format(agency=view.agency_name(line["agency"]))
    since = words["act.since"].format(when=view.when(line["since"])) if line["since"] else ""
    return {"where": where, "what": _what(view, words, line), "since": since, "do": do}


def freshness_text(view: View, silent: int | None) -> str:
    """The network's freshness while data comes: how many centres are silent, or that none is."""
    if not silent:
        return templates(view.catalogue)["live.live"]
    forms = plurals(view.catalogue)["live.silent"]
    return forms[view.catalogue.plural_index(silent)].format(n=view.catalogue.number(silent))


def _what(view: View, words: Mapping[str, str], line: Mapping[str, Any]) -> str:
    kind, value, catalogue, norms = line["kind"], line["value"], view.catalogue, view.network.norms
    if kind in ("no_window", "overdue"):
        forms = plurals(catalogue)[f"act.{kind}"]
        return forms[catalogue.plural_index(int(value))].format(n=catalogue.number(value))
    if kind == "long_wait":
        wait = catalogue.duration(value)
        return words["act.long_wait"].format(wait=wait, norm=catalogue.number(norms.wait_s / 60))
    norm = norms.occupancy if kind == "overloaded" else norms.turnover
    return words[f"act.{kind}"].format(share=catalogue.percent(value), norm=catalogue.percent(norm))
