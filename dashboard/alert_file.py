"""The alarm rules of a network from their TOML file (docs/alarms.md): :func:`load`, :func:`rules_path`."""

import re
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, field

from dashboard.alert_rules import FRESHNESS, ROLES, SPECIAL, Rule, Ruleset, Sending
from dashboard.metrics import METRIC_BY_KEY
from dashboard.network import Names
from dashboard.network_schema import Id, Named, Table
from dashboard.toml_file import FileError, TomlFile
from dashboard.toml_lines import Path as Place

DEFAULT: Final = Path(__file__).parent / "networks" / "atyrau.alarms.toml"
SUFFIX: Final = ".alarms.toml"
_NOT_NUMBERS: Final = ("flag", "map")
_MEMBER: Final = re.compile(r"^rules\[.*?\](?:\.(\w+)[:.\[]|: (\w+) is missing|: which way is (worse))", re.DOTALL)

WATCHED: Final = (*(key for key, each in METRIC_BY_KEY.items() if each.unit not in _NOT_NUMBERS), *SPECIAL)
"""What a rule may look at."""
RULES_MOST: Final = 200

Minutes = Annotated[float, Meta(ge=0, le=10_080, description="minutes, 0 to 10080 (a week)")]
Seconds = Annotated[float, Meta(ge=0, le=3600, description="seconds, 0 to 3600")]
Notices = Annotated[int, Meta(ge=1, le=1000, description="a whole number, 1 to 1000")]
Role = Literal["akim", "deputy", "director", "commission", "presenter", "it", "administrator"]
Who = Annotated[tuple[Role, ...], Meta(description=f"a list of {', '.join(ROLES)}")]
Told = Annotated[Who, Meta(min_length=1, description=f"a list of at least one of {', '.join(ROLES)}")]
Clock = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]\Z",
        description='two times of day, for instance "21:00-08:00"',
    ),
]


class RuleError(FileError):
    """What is wrong in a file of rules: ``FILE:LINE: what is wrong; found WHAT; what to do``."""

    def __init__(self, where: str, line: int, wrong: str, found: str = "", remedy: str = "") -> None:
        super().__init__(where, line, wrong, found, remedy)
        at = _MEMBER.search(wrong)
        self.kind = f"rule_{next(filter(None, at.groups()))}" if at else "rule_value"
        """For a screen: ``rule_`` and the member that is wrong."""


class SendingTable(Table, frozen=True):
    group_seconds: Seconds = 30.0
    centre_per_hour: Notices = 4
    network_per_hour: Annotated[int, Meta(ge=2, le=1000, description="a whole number, 2 to 1000")] = 12
    digest_minutes: Annotated[float, Meta(ge=1, le=1440, description="minutes, 1 to 1440")] = 30.0
    quiet: Clock | None = None


class RuleTable(Table, frozen=True):
    id: Id
    names: Named
    metric: str
    scope: Annotated[
        Literal["network", "centre", "branch"], Meta(description='"network", "centre" or "branch" (what it looks at)')
    ]
    threshold: Annotated[float, Meta(description="the number at which it counts as bad")]
    roles: Told
    clear: Annotated[float, Meta(description="the number at which it counts as good again")] | None = None
    worse: Annotated[Literal["above", "below"], Meta(description='"above" or "below" (which way is worse)')] | None = (
        None
    )
    minutes: Minutes = 0.0
    clear_minutes: Minutes = 5.0
    opening_hours: bool = True
    severity: Annotated[Literal["act", "watch"], Meta(description='"act" or "watch"')] = "watch"
    escalate_minutes: Annotated[float, Meta(gt=0, le=10_080, description="minutes, above 0")] | None = None
    escalate_roles: Who = ("deputy",)


class RulesTable(Table, frozen=True):
    rules: Annotated[
        tuple[RuleTable, ...],
        Meta(max_length=RULES_MOST, description=f"[[rules]] tables, at most {RULES_MOST}"),
    ] = ()
    sending: SendingTable = field(default_factory=SendingTable)


def rules_path(network: Path | None) -> Path:
    """The rules beside a network file (``x.toml`` has ``x.alarms.toml``); where there are none, the default ones."""
    beside = network.with_name(network.name.removesuffix(".toml") + SUFFIX) if network else DEFAULT
    return beside if beside.is_file() else DEFAULT


def load(path: Path) -> Ruleset:
    """The rules of a file. :class:`RuleError` for what is wrong in it, ``OSError`` when it cannot be read."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RuleError(str(path), line, "not UTF-8", remedy="save the file as UTF-8") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Ruleset:
    """The rules of a TOML text; ``where`` names it in a :class:`RuleError`."""
    file = TomlFile(text, where, RuleError)
    table = file.convert(RulesTable)
    first: dict[str, int] = {}
    for index, each in enumerate(table.rules):
        if each.id in first:
            line = file.line(("rules", first[each.id], "id"))
            raise file.error(("rules", index, "id"), f"already given on line {line}", "give each rule its own")
        first[each.id] = index
    sending = table.sending
    return Ruleset(
        tuple(_rule(file, each, ("rules", index)) for index, each in enumerate(table.rules)),
        Sending(
            sending.group_seconds,
            sending.centre_per_hour,
            sending.network_per_hour,
            sending.digest_minutes * 60,
            _quiet(sending.quiet),
        ),
    )


def _quiet(said: str | None) -> tuple[int, int] | None:
    if said is None:
        return None
    begin, end = (int(each[:2]) * 60 + int(each[3:]) for each in said.split("-"))
    return begin, end


def _rule(file: TomlFile, rule: RuleTable, path: Place) -> Rule:
    worse = _worse(file, rule, path)
    clear = rule.threshold if rule.clear is None else rule.clear
    for member, value in (("threshold", rule.threshold), ("clear", clear)):
        if not isfinite(value):
            raise file.error((*path, member), "not a number to count with", "write a finite number")
        unit = METRIC_BY_KEY[rule.metric].unit if rule.metric in METRIC_BY_KEY else ""
        if unit == "share" and not 0 <= value <= 1:
            raise file.error((*path, member), f"{rule.metric} is a share", "write a number from 0 to 1, 0.85 for 85 %")
    if clear > rule.threshold if worse == "above" else clear < rule.threshold:
        way = "above" if worse == "above" else "below"
        raise file.error((*path, "clear"), f"worse than the threshold {rule.threshold:g}", f"write one not {way} it")
    for member, roles in (("roles", rule.roles), ("escalate_roles", rule.escalate_roles)):
        if rule.scope == "network" and "director" in roles:
            raise file.error((*path, member), "a director is told of the own centre alone", "write another role")
    if rule.escalate_minutes is not None and not rule.escalate_roles:
        raise file.error((*path, "escalate_minutes"), "escalates to nobody", "add escalate_roles", found="")
    return Rule(
        id=rule.id,
        names=Names(rule.names.ru, rule.names.kk, rule.names.en),
        metric=rule.metric,
        scope=rule.scope,
        worse=worse,
        threshold=rule.threshold,
        clear=clear,
        for_s=rule.minutes * 60,
        clear_s=rule.clear_minutes * 60,
        opening_hours=rule.opening_hours,
        severity=rule.severity,
        roles=rule.roles,
        escalate_s=None if rule.escalate_minutes is None else rule.escalate_minutes * 60,
        escalate_roles=rule.escalate_roles if rule.escalate_minutes is not None else (),
    )


def _worse(file: TomlFile, rule: RuleTable, path: Place) -> Literal["above", "below"]:
    """Which way is worse, by the metric; here it is also seen that there is such a metric."""
    if rule.metric in SPECIAL:
        if rule.metric == FRESHNESS and rule.scope == "branch":
            raise file.error((*path, "scope"), "a branch has no freshness of its own", 'write "centre" or "network"')
        return rule.worse or "above"
    metric = METRIC_BY_KEY.get(rule.metric)
    if metric is None or rule.metric not in WATCHED:
        close = get_close_matches(rule.metric, WATCHED, 1) or WATCHED
        raise file.error((*path, "metric"), "no such number", f"write {' or '.join(close)}")
    worse = rule.worse or metric.worse
    if worse is None:
        raise file.error(path, "which way is worse?", 'add worse = "above" or worse = "below"', found="")
    return worse
