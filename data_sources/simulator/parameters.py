"""The simulator's parameters: typed, read from one documented TOML file, refused when anything in it is unknown."""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from dashboard.network import Centre, Network

DEFAULT_PATH: Final = Path(__file__).with_name("atyrau.toml")

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Weekly = Annotated[tuple[Positive, ...], Meta(min_length=7, max_length=7)]
Hourly = Annotated[tuple[NotNegative, ...], Meta(min_length=24, max_length=24)]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the file: an unknown key is an error, a missing one too."""


class Arrivals(Table, frozen=True):
    weekday: Weekly
    hourly: Hourly
    at_the_door: Share
    day_sigma: NotNegative
    last_ticket_minutes: NotNegative
    benefit: Share
    booked: Share
    favour_minutes: NotNegative
    benefit_minutes: NotNegative
    booked_minutes: NotNegative


class Hall(Table, frozen=True):
    call_s: tuple[float, float]
    walk_s: tuple[float, float]
    no_show_s: Positive
    no_show: Share
    patience_minutes: Positive
    patience_sigma: NotNegative
    transferred: Share
    refused: Share
    incomplete: Share
    feedback: Share
    sigma: NotNegative
    speed_sigma: NotNegative


class Shifts(Table, frozen=True):
    hours: Positive
    late_share: Share
    lunch_minutes: NotNegative
    lunch_from_hours: Positive
    lunch_window_hours: Positive
    break_minutes: NotNegative
    break_after_hours: Positive
    absent: Share
    days_off: Annotated[int, Meta(ge=0, le=3)]
    overtime_minutes: NotNegative


class Staff(Table, frozen=True):
    initial_years: Positive
    new_days: Positive
    new_factor: Positive
    evenness: Positive
    reasons: dict[str, float]
    positions: tuple[str, ...]
    joins_before_opening_days: Annotated[int, Meta(ge=1)]
    mobile: Annotated[int, Meta(ge=0)]
    mobile_days: Annotated[int, Meta(ge=30)]


class Documents(Table, frozen=True):
    prepare_share: Positive
    prepare_sigma: NotNegative
    agency_share: Positive
    agency_sigma: NotNegative
    finish_share: Positive
    finish_sigma: NotNegative
    stuck: Share
    stuck_days: Positive
    stuck_alpha: Positive
    rejected: Share
    withdrawn: Share
    pick_up_days: Positive
    late_complaint: Share
    slow: dict[str, float]


class Oversight(Table, frozen=True):
    visit_days: Positive
    officials: tuple[str, ...]
    deficiencies: NotNegative
    categories: tuple[str, ...]
    deficiency_due_days: Annotated[int, Meta(ge=1)]
    fix_days: Positive
    fix_sigma: NotNegative
    directive: Share
    directives: tuple[str, ...]
    directive_due_days: Annotated[int, Meta(ge=1)]
    done_days: Positive
    done_sigma: NotNegative
    complaints: NotNegative
    complaint_about: dict[str, float]
    complaint_days: Positive
    upheld: Share


class Link(Table, frozen=True):
    heartbeat_s: Positive
    outage_minutes: Positive
    outage_sigma: NotNegative
    outage_limits_minutes: tuple[float, float]
    quiet_minutes: NotNegative


class Kind(Table, frozen=True):
    """How one service is asked for and done."""

    weight: NotNegative
    minutes: Positive
    document: Share
    agencies: tuple[str, ...]


class Character(Table, frozen=True):
    """What makes a centre itself: the file's ``[kinds.city]`` or ``[kinds.rural]`` under its own table."""

    people: Positive
    load: Positive
    turnover: NotNegative
    filled: Share
    vacancy_days: Positive
    agency_factor: Positive
    prepare_factor: Positive
    stuck_factor: NotNegative
    patience_factor: Positive
    complaint_factor: NotNegative
    favoured: Share
    outages_per_day: NotNegative
    opened_after_days: Annotated[int, Meta(ge=0)]


class Parameters(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    arrivals: Arrivals
    hall: Hall
    shifts: Shifts
    staff: Staff
    documents: Documents
    oversight: Oversight
    link: Link
    services: dict[str, dict[str, Any]]
    kinds: dict[str, dict[str, Any]]
    centres: dict[str, dict[str, Any]]

    def character(self, centre: Centre) -> Character:
        """The character of a centre: its kind's table, overridden by its own."""
        merged = self.kinds[centre.kind] | self.centres.get(centre.id, {})
        return msgspec.convert(merged, Character, strict=False)

    @cached_property
    def service_kinds(self) -> dict[str, Kind]:
        default = self.services["default"]
        return {name: msgspec.convert(default | table, Kind, strict=False) for name, table in self.services.items()}

    def service(self, service: str) -> Kind:
        """How a service is asked for and done; ``[services.default]`` for one that the file does not name."""
        return self.service_kinds.get(service) or self.service_kinds["default"]


def load(path: Path = DEFAULT_PATH) -> Parameters:
    """Read and check a parameter file.

    Raises ``ValueError`` that names the file and the member which is missing, unknown or out of range, and
    ``OSError`` when the file cannot be read.
    """
    try:
        return read(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def read(table: Mapping[str, Any]) -> Parameters:
    """Parameters from a decoded file; ``ValueError`` (or its ``msgspec.ValidationError``) when it is wrong."""
    found = msgspec.convert(table, Parameters, strict=False)
    for kind in ("city", "rural"):
        msgspec.convert(found.kinds.get(kind, {}), Character, strict=False)
    if "default" not in found.services:
        raise ValueError("[services.default] is missing")
    kinds = found.service_kinds
    if not any(kind.weight > 0 for kind in kinds.values()):
        raise ValueError("no service has a weight above 0")
    return found


def unknown(parameters: Parameters, network: Network) -> list[str]:
    """What the file names and the network lacks, for instance ``centres.nowhere``: for a check, not an error."""
    agencies = {each for kind in parameters.service_kinds.values() for each in kind.agencies}
    agencies |= set(parameters.documents.slow)
    return [
        *(f"centres.{name}" for name in parameters.centres if name not in network.centre_by_id),
        *(f"services.{name}" for name in parameters.services if name not in {"default", *network.service_by_id}),
        *(f"agencies.{name}" for name in sorted(agencies - set(network.agency_by_id))),
    ]
