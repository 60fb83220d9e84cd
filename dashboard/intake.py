"""The door of the core: bytes from a stream become an event, or a refusal that says exactly what is wrong."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from dashboard import events as ev
from dashboard.expected import expected
from dashboard.network import Network

CITIZEN_MEMBERS: Final = frozenset(
    "name first_name last_name middle_name surname patronymic full_name fullname fio iin phone telephone tel mobile "
    "address email e_mail mail birth_date birthday birthdate dob passport id_card document_number citizen applicant "
    "visitor customer customer_id client client_id person имя фамилия отчество фио иин телефон адрес почта паспорт "
    "заявитель гражданин аты тегі жөні жсн мекенжай өтініш_беруші".split()
)
"""Member names that can only hold a citizen's data: refused under a reason of their own, value withheld."""

EARLIEST: Final = 0.0
_FARTHEST_DUE: Final = date(2200, 1, 1)
_PATH = re.compile(r" - at `\$\.?(.*)`$")
_FIELD = re.compile(r"(?:unknown|required) field `(.*?)`")
_ODD: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ODD_BUT_LINES: Final = re.compile(_ODD.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
_WITH_LINES: Final = frozenset(("text", "reason", "position"))
_EXPECTED: Final = "text without control characters"
_EXPECTED_DUE: Final = "a day (2026-11-23) or a time with offset (RFC 3339), before 2200"
_IIN = re.compile(r"(?<!\d)\d{12}(?!\d)")


class Refusal(Struct, frozen=True):
    """Why an event was refused. ``code`` is for machines and counting, the rest for people.

    Codes: too_large, not_json, unknown_type, missing_member, unknown_member, citizen_data, wrong_value,
    unknown_centre, unknown_branch, unknown_service, wrong_stream, no_branch, future_time, no_event, impossible_id,
    internal.
    """

    code: str
    member: str
    value: str
    expected: str

    def reason(self) -> str:
        """One English sentence: member, value, expected."""
        found = f" is {self.value}" if self.value else ""
        return f"{self.code}: {self.member}{found}; expected {self.expected}"


_TOO_DEEP: Final = Refusal("not_json", "event", "nested too deeply", "an object of a few levels, as in docs/events.md")


def accept(raw: bytes, network: Network, centre: str, now: float) -> ev.Event | Refusal:
    """Decode one event of ``centre``'s stream and check it against the network; never raises.

    ``now`` is the reader's clock (epoch seconds): an event more than 5 minutes ahead of it is refused.
    """
    if len(raw) > ev.MAX_EVENT_BYTES:
        return Refusal("too_large", "event", f"{len(raw)} bytes", f"at most {ev.MAX_EVENT_BYTES} bytes")
    try:
        event = _decode(raw)
    except RecursionError:  # no DecodeError, and it would stop the worker
        return _TOO_DEEP
    if isinstance(event, Refusal):
        return event
    check = _CHECKS.get(type(event))
    return (
        _place_is_wrong(event, network, centre)
        or _time_is_wrong(event, now)
        or ((_id_is_wrong(event.id) or _text_is_wrong(event.data)) if _may_be_odd(raw) else None)
        or (check(event, network) if check else None)
        or event
    )


def _may_be_odd(raw: bytes) -> bool:
    """One of these bytes is in every event that has such a character: written as itself, or as an escape. Of each event
    it is asked, so without a loop."""
    return b"\\" in raw or b"\xe2" in raw or b"\xc2" in raw or b"\x7f" in raw


def _decode(raw: bytes) -> ev.Event | Refusal:
    try:
        event: ev.Event = ev.decode_strict(raw)
        return event
    except msgspec.DecodeError as error:
        return _explain(raw, str(error))
    except UnicodeDecodeError:
        return Refusal("not_json", "event", "not UTF-8", "CloudEvents JSON in UTF-8")


def parse_due(due: str) -> date | datetime:
    """A due day or moment; ``ValueError`` when it is neither, has no offset, or lies past the year 2200."""
    found: date | datetime = date.fromisoformat(due) if len(due) == len("2026-11-23") else datetime.fromisoformat(due)
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError("no offset")
    day = found.date() if isinstance(found, datetime) else found
    if not date(1970, 1, 2) <= day <= _FARTHEST_DUE:
        raise ValueError("out of range")
    return found


def _place_is_wrong(event: ev.Event, network: Network, centre: str) -> Refusal | None:
    place = network.sources.get(event.source)
    if place is None:
        name = event.source.strip("/").partition("/")[0]
        code, member = ("unknown_branch", "branch") if name in network.centre_by_id else ("unknown_centre", "centre")
        return Refusal(code, "source", _show(event.source), f"/<centre>/<branch> with a {member} of the network file")
    if place[0] != centre:
        return Refusal("wrong_stream", "source", _show(event.source), f"/{centre}, the centre whose stream this is")
    if not place[1] and type(event) in _OF_A_BRANCH:
        return Refusal("no_branch", "source", _show(event.source), f"/{centre}/<branch> for {ev.type_of(event)}")
    return None


def _time_is_wrong(event: ev.Event, now: float) -> Refusal | None:
    moment = event.time.timestamp()
    if moment > now + ev.MAX_AHEAD_S:
        ahead = f"{event.time.isoformat()}, {moment - now:.0f} s ahead"
        return Refusal("future_time", "time", ahead, f"at most {ev.MAX_AHEAD_S:.0f} s ahead of the server's clock")
    if moment < EARLIEST:
        return Refusal("wrong_value", "time", event.time.isoformat(), "a time from 1970 on")
    return None


def _id_is_wrong(id_: str) -> Refusal | None:
    if _ODD.search(id_):
        return Refusal("wrong_value", "id", _show(id_), _EXPECTED)
    return None


def _text_is_wrong(data: Any) -> Refusal | None:
    """A code with a control character, or one that turns the direction of writing, reads other than it is; and NUL has
    no place in a database."""
    for member in data.__struct_fields__:
        value = getattr(data, member)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str) and (_ODD_BUT_LINES if member in _WITH_LINES else _ODD).search(each):
                return Refusal("wrong_value", f"data.{member}", _show(each), _EXPECTED)
    return None


def _service_is_wrong(event: Any, network: Network) -> Refusal | None:
    return _unknown_service(event.data.service, network, "data.service")


def _unknown_service(service: str | None, network: Network, member: str) -> Refusal | None:
    if service is None or service in network.service_by_id:
        return None
    return Refusal("unknown_service", member, _show(service), "a service of the network file")


def _application_is_wrong(event: ev.ApplicationAccepted, network: Network) -> Refusal | None:
    return _service_is_wrong(event, network) or _due_is_wrong(event, network)


def _due_is_wrong(event: Any, _network: Network) -> Refusal | None:
    if event.data.due is None:
        return None
    try:
        parse_due(event.data.due)
    except ValueError:
        return Refusal("wrong_value", "data.due", _show(event.data.due), _EXPECTED_DUE)
    return None


def _transfer_is_wrong(event: ev.TicketTransferred, network: Network) -> Refusal | None:
    target = event.data.branch
    if target is not None:
        centre = network.centre_by_id[network.sources[event.source][0]]
        if all(branch.id != target for branch in centre.branches):
            return Refusal("unknown_branch", "data.branch", _show(target), f"a branch of {centre.id}")
    return _unknown_service(event.data.service, network, "data.service")


def _directive_is_wrong(event: ev.DirectiveIssued, network: Network) -> Refusal | None:
    if event.data.text and any(is_iin(found) for found in _IIN.findall(event.data.text)):
        return Refusal("citizen_data", "data.text", "(withheld)", "text without an IIN")
    return _due_is_wrong(event, network)


def _offer_is_wrong(event: ev.ServicesOffered, network: Network) -> Refusal | None:
    for service in event.data.services:
        if refusal := _unknown_service(service, network, "data.services"):
            return refusal
    return None


_OF_A_BRANCH: Final = frozenset(
    cls for name, cls in ev.EVENT_CLASSES.items() if name.startswith(("ticket.", "operator."))
)
_CHECKS: Final[dict[type[Any], Callable[[Any, Network], Refusal | None]]] = {
    ev.TicketIssued: _service_is_wrong,
    ev.TicketTransferred: _transfer_is_wrong,
    ev.ApplicationAccepted: _application_is_wrong,
    ev.DirectiveIssued: _directive_is_wrong,
    ev.DeficiencyFound: _due_is_wrong,
    ev.ServicesOffered: _offer_is_wrong,
}


def is_iin(digits: str) -> bool:
    """Whether 12 digits carry a valid check digit and birth date of an individual identification number.

    Source: the check digit rule of Kazakhstan's IIN (weights 1 to 11, then 3 to 11, 1, 2 when the first gives 10).
    """
    numbers = [int(each) for each in digits]
    if not (1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and 0 <= numbers[6] <= 6):
        return False
    check = sum(weight * number for weight, number in zip(range(1, 12), numbers[:11], strict=True)) % 11
    if check == 10:
        second = [*range(3, 12), 1, 2]
        check = sum(weight * number for weight, number in zip(second, numbers[:11], strict=True)) % 11
    return check == numbers[11]


def _explain(raw: bytes, message: str) -> Refusal:
    """A refusal from msgspec's message: which member, what stood there, what was expected."""
    try:
        loose = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Refusal("not_json", "event", _show(raw[:60].decode(errors="replace")), f"CloudEvents JSON ({error})")
    found = _PATH.search(message)
    path = found.group(1) if found else ""
    said = message[: found.start()] if found else message
    if field := _FIELD.search(said):
        return _field_refusal(said, ".".join(filter(None, [path, field.group(1)])), field.group(1), loose)
    value = _at(loose, path)
    if path == "type":
        return Refusal("unknown_type", "type", _show(value), "an event type of the contract")
    return Refusal("wrong_value", path or "event", _show(value), expected(said, _at(loose, "type"), path))


def _field_refusal(said: str, member: str, field: str, loose: Any) -> Refusal:
    if "missing required" in said:
        return Refusal("missing_member", member, "", "a value")
    if field.lower().replace("-", "_") in CITIZEN_MEMBERS:
        return Refusal("citizen_data", member, "(withheld)", "no data of citizens in any event")
    return Refusal("unknown_member", member, _show(_at(loose, member)), "only the members of the contract")


def _at(loose: Any, path: str) -> Any:
    for step in path.replace("[", ".[").split(".") if path else ():
        if isinstance(loose, dict):
            loose = loose.get(step)
        elif isinstance(loose, list):
            return loose  # msgspec says `[...]`: the whole list is what can be shown
    return loose


def _show(value: Any) -> str:
    text = _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(value).decode())
    return text if len(text) <= 80 else text[:77] + "..."
