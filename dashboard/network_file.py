"""A network from its TOML file: :func:`load`. What a file may say, member by member, is in docs/network.md."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Final

from msgspec import structs

from dashboard import network_schema as schema
from dashboard.calendars import LocalTime, WorkCalendar
from dashboard.deadlines import CENTRE
from dashboard.metrics import METRIC_BY_KEY
from dashboard.network import Agency, Branch, Centre, Hours, Names, Network, Norms, Service, Shift, Threshold
from dashboard.toml_file import FileError, TomlFile
from dashboard.toml_lines import Path as Place

DEFAULT: Final = Path(__file__).parent / "networks" / "atyrau.toml"
_DEMO_HOURS: Final[Hours] = (Shift(9 * 60, 20 * 60),) * 7
_NOT_NUMBERS: Final = ("flag", "map")


class NetworkError(FileError):
    """What is wrong in a network file: ``FILE:LINE: what is wrong; found WHAT; what to do``."""


def load(path: Path) -> Network:
    """The network of a file. :class:`NetworkError` for what is wrong in it, ``OSError`` when it cannot be read."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = raw[error.start : error.end].hex()
        raise NetworkError(str(path), line, "not UTF-8", f"byte {found}", "save the file as UTF-8") from None
    return parse(text, str(path))


def parse(text: str, where: str) -> Network:
    """The network of a TOML text; ``where`` names it in a :class:`NetworkError`."""
    file = TomlFile(text, where, NetworkError)
    table = file.convert(schema.NetworkTable)
    calendar = tuple(schema.WEEKDAYS.index(day) for day in table.working_week)
    _check_time(file, table, calendar)
    hours = {name: _week(file, name) for name in table.hours}
    _check_services(file, table)
    return Network(
        id=table.id,
        names=_names(table.names),
        time_zone=table.time_zone,
        demo=False,
        norms=Norms(**structs.asdict(table.norms)),
        thresholds=tuple(threshold(file, table.thresholds, place) for place in range(len(table.thresholds))),
        centres=tuple(_centre(file, table, hours, place) for place in range(len(table.centres))),
        services=tuple(
            Service(each.id, _names(each.names), each.offered, each.days, each.count) for each in table.services
        ),
        agencies=tuple(Agency(each.id, _names(each.names), each.allowance_days) for each in table.agencies),
        working_week=calendar,
        holidays=table.holidays,
        centre_allowance_days=table.centre_allowance_days,
    )


def demo(network: Network, offset_minutes: int) -> Network:
    """The network as the demo runs it: so many minutes east of UTC, open from 9 to 20 and working every day."""
    sign, minutes = ("-" if offset_minutes < 0 else "+"), abs(offset_minutes)
    return structs.replace(
        network,
        demo=True,
        time_zone=f"{sign}{minutes // 60:02}:{minutes % 60:02}",
        working_week=tuple(range(7)),
        holidays="",
        centres=tuple(
            structs.replace(
                centre, branches=tuple(structs.replace(branch, hours=_DEMO_HOURS) for branch in centre.branches)
            )
            for centre in network.centres
        ),
    )


def _names(table: schema.NamesTable) -> Names:
    return Names(table.ru, table.kk, table.en)


def _check_time(file: TomlFile, table: schema.NetworkTable, working_week: tuple[int, ...]) -> None:
    try:
        LocalTime(table.time_zone)
    except ValueError:
        remedy = 'write an IANA name such as "Asia/Atyrau", or an offset such as "+05:00"'
        raise file.error(("time_zone",), "unknown time zone", remedy) from None
    _refuse_repeats(file, ("working_week",), table.working_week)
    try:
        WorkCalendar(working_week, table.holidays)
    except ValueError:
        remedy = 'write a country code such as "KZ", or "" for no holidays'
        raise file.error(("holidays",), "no public holidays are known for this country", remedy) from None


def _check_services(file: TomlFile, table: schema.NetworkTable) -> None:
    _refuse_repeats(file, ("services",), [each.id for each in table.services], "id")
    _refuse_repeats(file, ("agencies",), [each.id for each in table.agencies], "id")
    _refuse_repeats(file, ("centres",), [each.id for each in table.centres], "id")
    if not any(each.offered for each in table.services):
        raise file.error(("services",), "none is offered", "leave offered = false out of at least one")
    for place, agency in enumerate(table.agencies):
        _check_finite(file, ("agencies", place, "allowance_days"), agency.allowance_days)
        if agency.id == CENTRE:
            raise file.error(
                ("agencies", place, "id"), "this id stands for the centre itself", "give the agency another"
            )
    check_norms(file, table.norms)
    if table.centre_allowance_days is not None:
        _check_finite(file, ("centre_allowance_days",), table.centre_allowance_days)


def check_norms(file: TomlFile, norms: schema.NormsTable) -> None:
    """What the schema cannot say of the table ``norms``; raises the file's error."""
    for member in ("wait_s", "turnover"):
        _check_finite(file, ("norms", member), getattr(norms, member))


def _check_finite(file: TomlFile, place: Place, value: float) -> None:
    if not isfinite(value):
        raise file.error(place, "not a number to count with", "write a finite number")


def _refuse_repeats(file: TomlFile, place: Place, ids: Iterable[str], member: str | None = None) -> None:
    first: dict[str, int] = {}
    tail = (member,) if member else ()
    for index, each in enumerate(ids):
        if each in first:
            line = file.line((*place, first[each], *tail))
            raise file.error((*place, index, *tail), f"already given on line {line}", "give each one its own")
        first[each] = index


def _week(file: TomlFile, name: str) -> Hours:
    """A table of opening hours; its more particular member wins."""
    table = file.convert(schema.WeekTable, ("hours", name))
    week: dict[str, Shift | None] = dict.fromkeys(schema.WEEKDAYS)
    groups = {"every-day": schema.WEEKDAYS, "mon-fri": schema.WEEKDAYS[:5], "sat-sun": schema.WEEKDAYS[5:]}
    for member, days in [*groups.items(), *((day, (day,)) for day in schema.WEEKDAYS)]:
        said = getattr(table, member.replace("-", "_"))
        if said is not None:
            week |= dict.fromkeys(days, _shift(file, ("hours", name, member), said))
    if not any(week.values()):
        raise file.error(("hours", name), "never open", 'add for instance mon-fri = "09:00-18:00"')
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = week.values()
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _shift(file: TomlFile, place: Place, said: str) -> Shift | None:
    if said == "closed":
        return None
    opens, closes = map(_minutes, said.split("-"))
    if opens is None or closes is None:
        raise file.error(place, "no such time of day", "write times from 00:00 to 24:00")
    if opens >= closes:
        raise file.error(place, "does not close after it opens", "write the earlier time first; a day ends at 24:00")
    return Shift(opens, closes)


def _minutes(clock: str) -> int | None:
    """Minutes after midnight, up to 1440; None when there is no such time."""
    hours, minutes = map(int, clock.split(":"))
    found = hours * 60 + minutes
    return found if minutes < 60 and found <= 24 * 60 else None


def threshold(file: TomlFile, rules: Sequence[schema.ThresholdTable], place: int) -> Threshold:
    """The rule at a place of a file's list ``thresholds``; raises the file's error for what is wrong with it."""
    rule, path = rules[place], ("thresholds", place)
    metric = METRIC_BY_KEY.get(rule.metric)
    if metric is None or metric.unit in _NOT_NUMBERS:
        known = [key for key, each in METRIC_BY_KEY.items() if each.unit not in _NOT_NUMBERS]
        close = get_close_matches(rule.metric, known, 1) or known
        raise file.error((*path, "metric"), "no such number", f"write {' or '.join(close)}")
    if place == 0:
        _refuse_repeats(file, ("thresholds",), [each.metric for each in rules], "metric")
    worse = rule.worse or metric.worse
    if worse is None:
        raise file.error(path, "which way is worse?", 'add worse = "above" or worse = "below"', found="")
    for member, edge in (("watch", rule.watch), ("act", rule.act)):
        _check_finite(file, (*path, member), edge)
        if metric.unit == "share" and not 0 <= edge <= 1:
            raise file.error((*path, member), f"{rule.metric} is a share", "write a number from 0 to 1, 0.85 for 85 %")
    if not (rule.act > rule.watch if worse == "above" else rule.act < rule.watch):
        way = "above" if worse == "above" else "below"
        raise file.error((*path, "act"), "not worse than watch", f"write a number {way} {rule.watch:g}")
    if abs(rule.act) * rule.margin >= abs(rule.act - rule.watch):
        remedy = f"make it less than {abs(rule.act - rule.watch) / abs(rule.act):.3g}"
        member = "margin" if (*path, "margin") in file.places else "act"
        raise file.error(
            (*path, member), "a level would be left only past the next one: the margin is too wide", remedy
        )
    return Threshold(rule.metric, rule.watch, rule.act, worse, rule.margin)


def _centre(file: TomlFile, table: schema.NetworkTable, hours: dict[str, Hours], place: int) -> Centre:
    centre, path = table.centres[place], ("centres", place)
    if centre.planned and centre.opens is None:
        raise file.error(path, "planned, but for when?", "add opens = a day such as 2008-12-31", found="")
    if centre.opens is not None and not centre.planned:
        raise file.error((*path, "opens"), "only a planned centre opens", "add planned = true or remove it")
    if centre.assumption and not centre.note.strip():
        raise file.error((*path, "assumption"), "says not of what", 'add note = "..." that says why', found="")
    _refuse_repeats(file, (*path, "branches"), [each.id for each in centre.branches], "id")
    return Centre(
        id=centre.id,
        names=_names(centre.names),
        kind=centre.kind,
        planned=centre.planned,
        opens=centre.opens,
        assumption=centre.assumption,
        note=centre.note,
        district=_names(centre.district),
        branches=tuple(
            _branch(file, each, hours, (*path, "branches", number)) for number, each in enumerate(centre.branches)
        ),
    )


def _branch(file: TomlFile, branch: schema.BranchTable, hours: dict[str, Hours], path: Place) -> Branch:
    if branch.hours not in hours:
        raise file.error((*path, "hours"), "no such opening hours", f"write one of {', '.join(hours)}")
    for member in ("latitude", "longitude"):
        _check_finite(file, (*path, member), getattr(branch, member))
    if isinstance(branch.windows, int):
        windows = tuple(str(number + 1) for number in range(branch.windows))
    else:
        _refuse_repeats(file, (*path, "windows"), branch.windows)
        windows = branch.windows
    return Branch(
        id=branch.id,
        names=_names(branch.names),
        windows=windows,
        hours=hours[branch.hours],
        posts=branch.posts,
        latitude=branch.latitude,
        longitude=branch.longitude,
        on_holidays=branch.on_holidays,
    )
