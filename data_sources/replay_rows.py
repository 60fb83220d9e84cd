"""Rows of a log to plain events, by a profile. Nothing is dropped silently: each unusable row has a reason."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from data_sources.replay_profile import Profile

DAY_S: Final = 86_400
RESET_S: Final = 4 * 3600
"""A working day ends at 04:00, as queues do."""
ORDER: Final = (
    "operator.opened ticket.issued application.accepted ticket.called ticket.started ticket.finished "
    "ticket.abandoned application.sent application.returned application.ready operator.closed"
).split()
RANK: Final = {name: rank for rank, name in enumerate(ORDER)}


class Made(Struct, gc=False):
    """An event before it is dated and encoded; ``key`` tells it from others of its time and type."""

    time: float
    type: str
    key: str
    data: dict[str, Any]


class Report(Struct):
    """What became of a file; ``unusable`` counts rows by reason, the rest is counted by the worker."""

    read: int = 0
    events: int = 0
    unusable: dict[str, int] = field(default_factory=dict)
    accepted: int | None = None
    refused: dict[str, int] = field(default_factory=dict)
    duplicates: int | None = None

    def miss(self, reason: str, rows: int = 1) -> None:
        self.unusable[reason] = self.unusable.get(reason, 0) + rows


class UnusableError(ValueError):
    """A row that cannot be used; the message is the reason that it is counted by."""


class Times:
    """Local times of a log to epoch seconds."""

    def __init__(self, profile: Profile) -> None:
        self._profile, self._zone = profile, ZoneInfo(profile.time_zone)
        self._days: dict[str, float] = {}

    def midnight(self, date: str) -> float:
        if date not in self._days:
            found = datetime.strptime(date, self._profile.date_format).replace(tzinfo=self._zone)
            self._days[date] = found.timestamp()
        return self._days[date]

    def moment(self, text: str, date: str = "", near: float | None = None) -> float:
        """With a date: the time of day ``text`` on that date, or on the day on which it is nearest to ``near``."""
        if date:
            hours, minutes, seconds = text.split(":")
            found = self.midnight(date) + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
            return found if near is None else found + round((near - found) / DAY_S) * DAY_S
        form = self._profile.time_format
        parsed = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - given below
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=self._zone)).timestamp()


Row = dict[str, str]


def rows(path: Path, profile: Profile, report: Report) -> Iterator[tuple[int, Row]]:
    """The rows that the skip rules let through, numbered from 1 (the heading is not counted)."""
    skips = [(skip.reason, list(skip.where.items())) for skip in profile.skip]
    with path.open(newline="", encoding=profile.encoding) as file:
        for number, row in enumerate(csv.DictReader(file, delimiter=profile.delimiter), 1):
            report.read += 1
            if None in row or None in row.values():
                report.miss("wrong_number_of_columns")
                continue
            for reason, where in skips:
                if all(row[column] == value for column, value in where):
                    report.miss(reason)
                    break
            else:
                yield number, row


def tickets(found: Iterable[tuple[int, Row]], profile: Profile, report: Report) -> list[Made]:
    maker = _Tickets(profile)
    for number, row in found:
        try:
            maker.add(number, row)
        except UnusableError as reason:
            report.miss(str(reason))
        except ValueError:
            report.miss("wrong_time")
    return maker.made + (maker.sessions() if profile.derive_sessions else [])


class _Tickets:
    def __init__(self, profile: Profile) -> None:
        self.profile, self.times = profile, Times(profile)
        self.made: list[Made] = []
        self._codes: dict[str, str] = {}
        self._shifts: dict[tuple[str, int], tuple[float, float]] = {}
        columns = profile.columns
        self._columns = {role: [each] if isinstance(each, str) else each for role, each in columns.items()}

    def _text(self, row: Row, role: str) -> str:
        for column in self._columns.get(role, ()):
            if row[column] not in self.profile.none:
                return row[column]
        return ""

    def _moment(self, row: Row, role: str, near: float | None) -> float | None:
        text = self._text(row, role)
        date = row[self._columns["date"][0]] if "date" in self._columns else ""
        return self.times.moment(text, date, near) if text else None

    def add(self, number: int, row: Row) -> None:
        anchor = self._moment(row, "anchor", None)
        issued = self._moment(row, "issued", anchor)
        if issued is None:
            raise UnusableError("no_issue_time")
        leaves = self.profile.abandoned_where
        is_abandoned = all(row[each] == value for each, value in leaves.items()) if leaves else True
        abandoned = self._moment(row, "abandoned", issued) if is_abandoned else None
        called = None if abandoned is not None else self._moment(row, "called", issued)
        finished = None if called is None else self._moment(row, "finished", called)
        if (abandoned is not None and abandoned < issued) or (called and finished is not None and finished < called):
            raise UnusableError("negative_interval")
        if is_abandoned and leaves and abandoned is None:
            raise UnusableError("no_end_of_queue")
        operator = self._operator(row) if called is not None else ""
        self._emit(number, row, min(issued, called or issued), called, finished, abandoned, operator)

    def _operator(self, row: Row) -> str:
        name = self._text(row, "operator")
        if not name:
            raise UnusableError("no_operator")
        prefix = self.profile.operator_prefix
        if not prefix:
            return name
        return self._codes.setdefault(name, f"{prefix}{len(self._codes) + 1:02}")

    def _emit(self, number: int, row: Row, issued: float, called: float | None, finished: float | None,
              abandoned: float | None, operator: str) -> None:  # fmt: skip
        ticket, service = str(number), self._text(row, "service")
        data = {"ticket": ticket, "service": self.profile.services.get(service, service)}
        priority = self.profile.priorities.get(self._text(row, "priority"), "none")
        if priority != "none":
            data["priority"] = priority
        self.made.append(Made(issued, "ticket.issued", ticket, data))
        if abandoned is not None:
            self.made.append(Made(abandoned, "ticket.abandoned", ticket, {"ticket": ticket}))
        if called is None:
            return
        desk = {"ticket": ticket, "window": operator, "operator": operator}
        self.made.append(Made(called, "ticket.called", ticket, desk))
        self.made.append(Made(called, "ticket.started", ticket, desk))
        if finished is not None:
            self.made.append(Made(finished, "ticket.finished", ticket, {"ticket": ticket}))
        self._work(operator, called, called if finished is None else finished)

    def _work(self, operator: str, since: float, until: float) -> None:
        local = datetime.fromtimestamp(since - RESET_S, self.times._zone)
        key = (operator, local.toordinal())
        known = self._shifts.get(key, (since, until))
        self._shifts[key] = min(known[0], since), max(known[1], until)

    def sessions(self) -> list[Made]:
        """Opened at an operator's first service start of the day, closed at the last end of those services."""
        made = []
        for (operator, day), (since, until) in self._shifts.items():
            data, key = {"operator": operator, "window": operator}, f"{operator}-{day}"
            made.append(Made(since, "operator.opened", key, data))
            made.append(Made(until, "operator.closed", key, data))
        return made


def events(found: Iterable[tuple[int, Row]], profile: Profile, report: Report) -> list[Made]:
    """One event a row: columns ``time`` and ``type``; each other named column is a member of ``data``."""
    times, made = Times(profile), []
    columns = {role: str(column) for role, column in profile.columns.items()}
    for number, row in found:
        data = {role: row[column] for role, column in columns.items() if role not in ("time", "type")}
        data = {role: _value(value) for role, value in data.items() if value not in profile.none}
        try:
            made.append(Made(times.moment(row[columns["time"]]), row[columns["type"]], str(number), data))
        except ValueError:
            report.miss("wrong_time")
    return made


def _value(text: str) -> Any:
    """Whole numbers and true or false as JSON has them; all else, codes like 007 too, is text."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() and (text == "0" or text[0] != "0") else text


def cases(found: Iterable[tuple[int, Row]], profile: Profile, report: Report) -> list[Made]:
    """One step of a case a row; deadline, end and department stand in each row of the case."""
    times, made = Times(profile), []
    columns = {role: str(column) for role, column in profile.columns.items()}
    first: dict[str, float] = {}
    heads: dict[str, Row] = {}
    steps: dict[str, int] = {}
    for _number, row in found:
        case = row[columns["case"]]
        try:
            moment = times.moment(row[columns["time"]])
        except ValueError:
            report.miss("wrong_time")
            continue
        heads.setdefault(case, row)
        steps[case] = steps.get(case, 0) + 1
        first[case] = min(moment, first.get(case, moment))
    for case, row in heads.items():
        try:
            made += _case(case, row, columns, first[case], profile, times)
        except ValueError:
            report.miss("wrong_case_time", steps[case])
    return made


def _case(case: str, row: Row, columns: dict[str, str], first: float, profile: Profile, times: Times) -> list[Made]:
    """Accepted at its start; at its first step it goes to the agency that its department is, if it is one."""
    end = times.moment(row[columns["ready"]]) if row[columns["ready"]] else None
    accepted = min([times.moment(row[columns["accepted"]]), first, *([end] if end is not None else [])])
    due = datetime.fromtimestamp(times.moment(row[columns["due"]]), times._zone).date().isoformat()
    made = [Made(accepted, "application.accepted", case, {"application": case, "service": "permit", "due": due})]
    agency = profile.agencies.get(row[columns["department"]])
    if agency:
        held = {"application": case, "agency": agency}
        made.append(Made(first if end is None else min(first, end), "application.sent", case, held))
        if end is not None:
            made.append(Made(end, "application.returned", case, held))
    if end is not None:
        made.append(Made(end, "application.ready", case, {"application": case}))
    return made


SHAPES: Final[dict[str, Callable[[Iterable[tuple[int, Row]], Profile, Report], list[Made]]]] = {
    "tickets": tickets,
    "events": events,
    "cases": cases,
}
