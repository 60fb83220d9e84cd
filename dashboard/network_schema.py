"""The members of a network file, as its authors write them. The descriptions are what error messages advise."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
        max_length=32,
        description="a short id of lower-case Latin letters, digits and hyphens (at most 32)",
    ),
]
Code = Annotated[
    str,
    Meta(
        pattern=r"^\w[\w.-]{0,63}\Z",
        description="a code of letters, digits, hyphens, dots and underscores (at most 64), as the events have it",
    ),
]
Name = Annotated[str, Meta(pattern=r"\S", max_length=120, description="a name that people read (at most 120 letters)")]
Kind = Annotated[Literal["city", "rural"], Meta(description='"city" or "rural"')]
Count = Annotated[Literal["calendar", "working"], Meta(description='"calendar" or "working" (the days counted)')]
Worse = Annotated[Literal["above", "below"], Meta(description='"above" or "below" (which way is worse)')]
Weekday = Annotated[
    Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    Meta(description='days of "mon", "tue", "wed", "thu", "fri", "sat", "sun"'),
]
Opening = Annotated[
    str,
    Meta(
        pattern=r"^(closed|[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})\Z",
        description='opening and closing time, for instance "09:00-18:00", or "closed"',
    ),
]
Positive = Annotated[float, Meta(gt=0, description="a number above 0")]
NotNegative = Annotated[float, Meta(ge=0, description="a number that is not negative")]
WholeNumber = Annotated[int, Meta(ge=0, le=100_000, description="a whole number that is not negative")]
Share = Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")]
WindowCount = Annotated[int, Meta(ge=1, le=500)]
WindowIds = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=500)]
Windows = Annotated[WindowCount | WindowIds, Meta(description="how many windows (1 to 500), or a list of their codes")]


class Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class NamesTable(Table, frozen=True):
    ru: Name
    kk: Name
    en: Name


Named = Annotated[NamesTable, Meta(description='{ ru = "...", kk = "...", en = "..." }')]


class NormsTable(Table, frozen=True):
    wait_s: Positive = 1200.0
    occupancy: Share = 0.85
    turnover: NotNegative = 0.15
    overdue: WholeNumber = 0
    at_risk_days: Annotated[int, Meta(ge=0, le=365, description="a whole number of working days")] = 2


class WeekTable(Table, frozen=True, rename="kebab"):
    """Opening hours; the more particular member wins. A day that none names is a day off."""

    every_day: Opening | None = None
    mon_fri: Opening | None = None
    sat_sun: Opening | None = None
    mon: Opening | None = None
    tue: Opening | None = None
    wed: Opening | None = None
    thu: Opening | None = None
    fri: Opening | None = None
    sat: Opening | None = None
    sun: Opening | None = None


class ThresholdTable(Table, frozen=True):
    metric: str
    watch: float
    act: float
    worse: Worse | None = None
    margin: Share = 0.1


class AgencyTable(Table, frozen=True):
    id: Code
    names: Named
    allowance_days: NotNegative


class ServiceTable(Table, frozen=True):
    id: Code
    names: Named
    offered: bool = True
    days: Annotated[int, Meta(ge=1, le=3650, description="a whole number of days, 1 to 3650")] = 10
    count: Count = "calendar"


class BranchTable(Table, frozen=True):
    id: Id
    names: Named
    windows: Windows
    hours: Annotated[str, Meta(description="the name of one of the [hours.NAME] tables, in quotes")]
    posts: Annotated[int, Meta(ge=0, le=100_000, description="the established number of staff")]
    latitude: Annotated[float, Meta(ge=-90, le=90, description="degrees north, -90 to 90")]
    longitude: Annotated[float, Meta(ge=-180, le=180, description="degrees east, -180 to 180")]
    on_holidays: bool = False


class CentreTable(Table, frozen=True):
    id: Id
    names: Named
    kind: Kind
    district: Named
    branches: Annotated[
        tuple[BranchTable, ...], Meta(min_length=1, description="at least one [[centres.branches]] table")
    ]
    planned: bool = False
    opens: Annotated[date, Meta(description="a day such as 2008-12-31, without quotes")] | None = None
    assumption: bool = False
    note: str = ""


class NetworkTable(Table, frozen=True):
    id: Id
    names: Named
    time_zone: Annotated[str, Meta(description='an IANA name such as "Asia/Atyrau", or an offset such as "+05:00"')]
    hours: Annotated[dict[str, Any], Meta(min_length=1, description="at least one [hours.NAME] table of opening hours")]
    centres: Annotated[tuple[CentreTable, ...], Meta(min_length=1, description="at least one [[centres]] table")]
    services: Annotated[tuple[ServiceTable, ...], Meta(min_length=1, description="at least one [[services]] table")]
    agencies: tuple[AgencyTable, ...] = ()
    thresholds: tuple[ThresholdTable, ...] = ()
    norms: NormsTable = field(default_factory=NormsTable)
    working_week: Annotated[
        tuple[Weekday, ...], Meta(min_length=1, description='working days, for instance ["mon", "tue"]')
    ] = ("mon", "tue", "wed", "thu", "fri")
    holidays: str = "KZ"
    centre_allowance_days: NotNegative | None = None


WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
