"""Findings in words: what is wrong and what would help. One row of :data:`WORDS` for each kind of finding."""

from collections.abc import Callable
from datetime import date
from typing import Final

from dashboard.evidence import Finding, Kind
from layouts import message, metric_words
from layouts.branch_words import length
from layouts.branch_words import service as service_name
from layouts.view import View

Say = Callable[[View, str, Finding], str]
"""A sentence about a centre's finding."""


def what(view: View, centre: str, finding: Finding) -> str:
    return WORDS[finding.kind][0](view, centre, finding)


def do(view: View, centre: str, finding: Finding) -> str:
    return WORDS[finding.kind][1](view, centre, finding)


def place(view: View, centre: str, finding: Finding) -> str:
    """The branch, of a centre that has several; nothing for what is the whole centre's."""
    several = len(view.network.centre_by_id[centre].branches) > 1
    return view.branch_name(centre, finding.branch) if finding.branch and several else ""


def _with_line(view: View, text: str, finding: Finding) -> str:
    """And how many wait for how long, when anybody does."""
    count, longest = int(finding.values["waiting"]), finding.values.get("longest_s")
    if not count:
        return text
    if longest is None:
        alone = view.catalogue.ngettext("{n} person waits", "{n} people wait", count)
        return f"{text}; {alone}"
    wait = length(view, longest)
    line = view.catalogue.ngettext(
        "{n} person waits, for {wait}", "{n} people wait, the longest for {wait}", count, wait=wait
    )
    return f"{text}; {line}"


def _age(view: View, finding: Finding) -> str:
    return length(view, view.now - (finding.since or view.now))


def _when(view: View, finding: Finding) -> str:
    """A time of today, else a date."""
    local = view.network.local
    moment = finding.since or view.now
    if local.day(moment) == local.day(view.now):
        return view.catalogue.time(moment, local)
    return view.catalogue.date(date.fromordinal(local.day(moment)))


def _silent(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    if finding.since is None:
        return _("No data has ever come from this centre")
    return _("No data has come since {when}: what is shown is how it was then", when=_when(view, finding))


def _no_window(view: View, centre: str, finding: Finding) -> str:
    return _with_line(view, view.catalogue.gettext("No window is open"), finding)


def _open_a_window(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    if not finding.window:
        return _("Open a window now")
    return _("Open window {window}", window=finding.window)


def _nobody_called(view: View, centre: str, finding: Finding) -> str:
    age = _age(view, finding)
    text = view.catalogue.ngettext(
        "Nobody has been called for {age} though {n} window is open",
        "Nobody has been called for {age} though {n} windows are open",
        int(finding.values["open"]),
        age=age,
    )
    return _with_line(view, text, finding)


def _call_next(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Have window {window} call the next visitor", window=finding.window)


def _closed_window(view: View, centre: str, finding: Finding) -> str:
    _, local = view.catalogue.gettext, view.network.local
    if finding.since is None or local.day(finding.since) != local.day(view.now):
        text = _("Window {window} has not opened today", window=finding.window)
    else:
        text = _("Window {window} has been closed since {when}", window=finding.window, when=_when(view, finding))
    return _with_line(view, text, finding)


def _long_pause(view: View, centre: str, finding: Finding) -> str:
    text = view.catalogue.gettext(
        "Window {window} has paused since {when}", window=finding.window, when=_when(view, finding)
    )
    return _with_line(view, text, finding)


def _end_pause(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    return _("Ask operator {operator} back, or put somebody in the place", operator=finding.operator)


def _idle_window(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    text = _("Window {window} has called nobody for {age}", window=finding.window, age=_age(view, finding))
    return _with_line(view, text, finding)


def _full(view: View, centre: str, finding: Finding) -> str:
    opened = view.catalogue.number(finding.values["open"])
    return _with_line(view, view.catalogue.gettext("All windows are open: {n}", n=opened), finding)


def _shorten(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Check papers while people wait, and put breaks off")


def _overloaded(view: View, centre: str, finding: Finding) -> str:
    percent = view.catalogue.percent
    load, norm = percent(finding.values["load"]), percent(view.network.norms.occupancy)
    return _with_line(view, view.catalogue.gettext("load {share}, the norm {norm}", share=load, norm=norm), finding)


def _relieve(view: View, centre: str, finding: Finding) -> str:
    return _open_a_window(view, centre, finding) if finding.window else _shorten(view, centre, finding)


def _uneven(view: View, centre: str, finding: Finding) -> str:
    values, decimal = finding.values, view.catalogue.decimal
    text = view.catalogue.gettext(
        "{here} people for each open window here, {there} in {branch}",
        here=decimal(values["waiting"] / values["open"], 1),
        there=decimal(values["other_waiting"] / values["other_open"], 1),
        branch=_other(view, centre, finding),
    )
    return _with_line(view, text, finding)


def _other(view: View, centre: str, finding: Finding) -> str:
    return view.branch_name(centre, finding.other or "")


def _move(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Move an operator here from {branch}", branch=_other(view, centre, finding))


def _long_service(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext(
        "Window {window} has had ticket {ticket} for {age}; nine in ten such services take up to {usual}",
        window=finding.window,
        ticket=finding.ticket,
        age=length(view, finding.values["age_s"]),
        usual=length(view, finding.values["usual_s"]),
    )


def _see_to(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    return _("See to window {window}: help the operator, or close the ticket", window=finding.window)


def _one_service(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext(
        "{these} of the {n} who wait are here for one service: {service}",
        these=view.catalogue.number(finding.values["these"]),
        n=view.catalogue.number(finding.values["waiting"]),
        service=service_name(view, finding.service),
    )


def _own_window(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Give this service a window of its own")


def _long_wait(view: View, centre: str, finding: Finding) -> str:
    norm = view.catalogue.number(view.network.norms.wait_s / 60)
    wait, more = length(view, finding.values["longest_s"]), int(finding.values["late"]) - 1
    _ = view.catalogue.gettext
    text = _("Ticket {ticket} has waited {wait}, the norm is {norm} min", ticket=finding.ticket, wait=wait, norm=norm)
    if more:
        text += "; " + view.catalogue.ngettext("{n} more over twice the norm", "{n} more over twice the norm", more)
    return text


def _call_ticket(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Call ticket {ticket} next", ticket=finding.ticket)


def _left_over(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.ngettext(
        "Closed for today, and {n} ticket still waits",
        "Closed for today, and {n} tickets still wait",
        int(finding.values["waiting"]),
    )


def _clear(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Serve these people, or close the tickets")


def _overdue_agency(view: View, centre: str, finding: Finding) -> str:
    _, number = view.catalogue.gettext, view.catalogue.number
    beyond = _(
        "longer than its {allowed} d: {beyond}",
        allowed=number(finding.values["allowance_days"]),
        beyond=number(finding.values["beyond"]),
    )
    return f"{_overdue(view, finding)}; {beyond}"


def _overdue_sent_late(view: View, centre: str, finding: Finding) -> str:
    too_late = view.catalogue.gettext("they were sent there too late")
    return f"{_overdue(view, finding)}; {too_late}"


def _overdue_centre(view: View, centre: str, finding: Finding) -> str:
    text, unsent = _overdue(view, finding), finding.values["unsent"]
    if not unsent:
        return text
    nowhere = view.catalogue.gettext("sent nowhere: {n}", n=view.catalogue.number(unsent))
    return f"{text}; {nowhere}"


def _overdue(view: View, finding: Finding) -> str:
    """How many, where, how long."""
    _ = view.catalogue.gettext
    where = view.agency_name(finding.agency) if finding.agency else _("At the centre itself")
    count = view.catalogue.ngettext(
        "{n} document is overdue", "{n} documents are overdue", int(finding.values["documents"])
    )
    oldest = _("the oldest by {n} d", n=view.catalogue.number(finding.values["oldest_days"]))
    return f"{where}: {count}, {oldest}"


def _call_agency(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Call: {agency}", agency=view.agency_name(finding.agency))


def _ask_agency(view: View, centre: str, finding: Finding) -> str:
    _ = view.catalogue.gettext
    return _("Ask to take them first: {agency}", agency=view.agency_name(finding.agency))


def _finish(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Finish them or send them on today")


def _due_unsent(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.ngettext(
        "{n} document is due by {date} and was sent nowhere",
        "{n} documents are due soon, the first by {date}, and were sent nowhere",
        int(finding.values["documents"]),
        date=view.catalogue.date(date.fromordinal(int(finding.values["due"]))),
    )


def _send(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Send them to the agencies today")


def _late_feed(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("The newest data is of {when}: the numbers lag behind", when=_when(view, finding))


def _check_link(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext("Have the power and the link to the server checked")


def _level(view: View, centre: str, finding: Finding) -> str:
    label, value = metric_words.label(view, finding.metric), finding.values["value"]
    rule = next(each for each in view.network.thresholds if each.metric == finding.metric)
    edge = rule.act if finding.mark == "act" else rule.watch
    said = metric_words.value_text(view, finding.metric, value)
    edge_text = metric_words.value_text(view, finding.metric, edge)
    return view.catalogue.gettext("{name}: {value}, the threshold is {edge}", name=label, value=said, edge=edge_text)


BETTER: Final = {
    "queue.longest_wait_s": message("Open one more window"),
    "queue.within_norm": message("See in which hours people waited today"),
    "load.occupancy": message("Add an operator"),
    "load.waiting_per_window": message("Open one more window"),
    "turnover.rate_12m": message("Look into the reasons for leaving"),
    "sla.overdue": message("See who holds the documents"),
    "sla.on_time_30d": message("See whose the delays were"),
}
"""What to do about a number that nothing else explains."""
OTHERWISE: Final = message("See what is behind the number")


def _better(view: View, centre: str, finding: Finding) -> str:
    return view.catalogue.gettext(BETTER.get(finding.metric, OTHERWISE))


WORDS: Final[dict[Kind, tuple[Say, Say]]] = {
    "silent": (_silent, _check_link),
    "no_window": (_no_window, _open_a_window),
    "nobody_called": (_nobody_called, _call_next),
    "closed_window": (_closed_window, _open_a_window),
    "overloaded": (_overloaded, _relieve),
    "long_pause": (_long_pause, _end_pause),
    "idle_window": (_idle_window, _call_next),
    "full": (_full, _shorten),
    "uneven": (_uneven, _move),
    "long_service": (_long_service, _see_to),
    "one_service": (_one_service, _own_window),
    "long_wait": (_long_wait, _call_ticket),
    "left_over": (_left_over, _clear),
    "overdue_agency": (_overdue_agency, _call_agency),
    "overdue_sent_late": (_overdue_sent_late, _ask_agency),
    "overdue_centre": (_overdue_centre, _finish),
    "due_unsent": (_due_unsent, _send),
    "late_feed": (_late_feed, _check_link),
    "level": (_level, _better),
}
"""What is wrong, and what would help."""
