"""The event contract: what a centre may say, as frozen types, and the decoder that refuses the rest.

An event is one CloudEvents 1.0 JSON object. Each type is one class here; the class's ``data`` says
which members it takes. Adding a type is a class below, its name in :data:`Event`, and its case in
``fold.py``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

MAX_EVENT_BYTES: Final = 64 * 1024
"""An event longer than this is refused unread."""
MAX_AHEAD_S: Final = 300.0
"""An event dated further ahead of the reader's clock than this is refused (design §5)."""

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=500)]
Extension = Annotated[str, Meta(max_length=1024)]
When = Annotated[datetime, Meta(tz=True)]
Due = Annotated[str, Meta(max_length=40, pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$")]
"""A due day (``2026-11-23``) or moment (RFC 3339 with offset); :func:`dashboard.intake.accept` parses it."""

Priority = Literal["none", "benefit", "booked"]
TicketOutcome = Literal["served", "refused", "incomplete"]
AbandonReason = Literal["left", "no_show"]
LeaveReason = Literal["pay", "workload", "dismissed", "moved", "other"]
ComplaintAbout = Literal["delay", "rudeness", "bribery", "queue", "other"]


class Data(Struct, frozen=True, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """Members of an event's ``data``; a member that is not declared refuses the event."""


class TicketIssuedData(Data, frozen=True):
    ticket: Code
    service: Code
    priority: Priority = "none"
    booked_for: When | None = None


class TicketAtWindowData(Data, frozen=True):
    ticket: Code
    window: Code
    operator: Code


class TicketFinishedData(Data, frozen=True):
    ticket: Code
    outcome: TicketOutcome = "served"


class TicketAbandonedData(Data, frozen=True):
    ticket: Code
    reason: AbandonReason = "left"


class TicketTransferredData(Data, frozen=True):
    ticket: Code
    service: Code | None = None
    branch: Code | None = None


class OperatorData(Data, frozen=True):
    operator: Code
    window: Code
    reason: Text | None = None


class StaffJoinedData(Data, frozen=True):
    employee: Code
    position: Text | None = None


class StaffLeftData(Data, frozen=True):
    employee: Code
    position: Text | None = None
    reason: LeaveReason = "other"


class StaffPostsData(Data, frozen=True):
    posts: Annotated[int, Meta(ge=0, le=100_000)]


class ApplicationAcceptedData(Data, frozen=True):
    application: Code
    service: Code
    due: Due | None = None
    ticket: Code | None = None
    operator: Code | None = None


class ApplicationAgencyData(Data, frozen=True):
    application: Code
    agency: Code


class ApplicationData(Data, frozen=True):
    application: Code
    operator: Code | None = None


class ComplaintFiledData(Data, frozen=True):
    complaint: Code
    about: ComplaintAbout
    application: Code | None = None
    operator: Code | None = None


class ComplaintClosedData(Data, frozen=True):
    complaint: Code
    upheld: bool


class FeedbackData(Data, frozen=True):
    score: Annotated[int, Meta(ge=1, le=5)]
    ticket: Code | None = None


class VisitData(Data, frozen=True):
    visit: Code
    official: Text


class DirectiveIssuedData(Data, frozen=True):
    directive: Code
    text: Text | None = None
    due: Due | None = None


class DirectiveDoneData(Data, frozen=True):
    directive: Code


class DeficiencyFoundData(Data, frozen=True):
    deficiency: Code
    category: Text | None = None
    due: Due | None = None


class DeficiencyFixedData(Data, frozen=True):
    deficiency: Code


class NoData(Data, frozen=True):
    pass


class ServicesOfferedData(Data, frozen=True):
    services: Annotated[tuple[Code, ...], Meta(max_length=1000)]


class HeartbeatData(Data, frozen=True):
    queue_system: Text | None = None
    lag_s: Annotated[float, Meta(ge=0, le=31_536_000)] | None = None


class Envelope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True, gc=False):
    """The CloudEvents attributes. The optional ones are accepted and not interpreted, nor kept."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=128)]
    source: Annotated[str, Meta(min_length=2, max_length=160)]
    time: When
    datacontenttype: Extension | UnsetType = UNSET
    dataschema: Extension | UnsetType = UNSET
    subject: Extension | UnsetType = UNSET
    traceparent: Extension | UnsetType = UNSET
    tracestate: Extension | UnsetType = UNSET
    partitionkey: Extension | UnsetType = UNSET
    sequence: Extension | int | UnsetType = UNSET


class TicketIssued(Envelope, frozen=True, tag="ticket.issued"):
    data: TicketIssuedData


class TicketCalled(Envelope, frozen=True, tag="ticket.called"):
    data: TicketAtWindowData


class TicketStarted(Envelope, frozen=True, tag="ticket.started"):
    data: TicketAtWindowData


class TicketFinished(Envelope, frozen=True, tag="ticket.finished"):
    data: TicketFinishedData


class TicketAbandoned(Envelope, frozen=True, tag="ticket.abandoned"):
    data: TicketAbandonedData


class TicketTransferred(Envelope, frozen=True, tag="ticket.transferred"):
    data: TicketTransferredData


class OperatorOpened(Envelope, frozen=True, tag="operator.opened"):
    data: OperatorData


class OperatorPaused(Envelope, frozen=True, tag="operator.paused"):
    data: OperatorData


class OperatorResumed(Envelope, frozen=True, tag="operator.resumed"):
    data: OperatorData


class OperatorClosed(Envelope, frozen=True, tag="operator.closed"):
    data: OperatorData


class StaffJoined(Envelope, frozen=True, tag="staff.joined"):
    data: StaffJoinedData


class StaffLeft(Envelope, frozen=True, tag="staff.left"):
    data: StaffLeftData


class StaffPosts(Envelope, frozen=True, tag="staff.posts"):
    data: StaffPostsData


class ApplicationAccepted(Envelope, frozen=True, tag="application.accepted"):
    data: ApplicationAcceptedData


class ApplicationSent(Envelope, frozen=True, tag="application.sent"):
    data: ApplicationAgencyData


class ApplicationReturned(Envelope, frozen=True, tag="application.returned"):
    data: ApplicationAgencyData


class ApplicationReady(Envelope, frozen=True, tag="application.ready"):
    data: ApplicationData


class ApplicationIssued(Envelope, frozen=True, tag="application.issued"):
    data: ApplicationData


class ApplicationRejected(Envelope, frozen=True, tag="application.rejected"):
    data: ApplicationData


class ApplicationWithdrawn(Envelope, frozen=True, tag="application.withdrawn"):
    data: ApplicationData


class ComplaintFiled(Envelope, frozen=True, tag="complaint.filed"):
    data: ComplaintFiledData


class ComplaintClosed(Envelope, frozen=True, tag="complaint.closed"):
    data: ComplaintClosedData


class FeedbackGiven(Envelope, frozen=True, tag="feedback.given"):
    data: FeedbackData


class VisitMade(Envelope, frozen=True, tag="visit.made"):
    data: VisitData


class DirectiveIssued(Envelope, frozen=True, tag="directive.issued"):
    data: DirectiveIssuedData


class DirectiveDone(Envelope, frozen=True, tag="directive.done"):
    data: DirectiveDoneData


class DeficiencyFound(Envelope, frozen=True, tag="deficiency.found"):
    data: DeficiencyFoundData


class DeficiencyFixed(Envelope, frozen=True, tag="deficiency.fixed"):
    data: DeficiencyFixedData


class CentreOpened(Envelope, frozen=True, tag="centre.opened"):
    data: NoData = NoData()


class CentreClosed(Envelope, frozen=True, tag="centre.closed"):
    data: NoData = NoData()


class ServicesOffered(Envelope, frozen=True, tag="services.offered"):
    data: ServicesOfferedData


class Heartbeat(Envelope, frozen=True, tag="heartbeat"):
    data: HeartbeatData = HeartbeatData()


Event = (
    TicketIssued
    | TicketCalled
    | TicketStarted
    | TicketFinished
    | TicketAbandoned
    | TicketTransferred
    | OperatorOpened
    | OperatorPaused
    | OperatorResumed
    | OperatorClosed
    | StaffJoined
    | StaffLeft
    | StaffPosts
    | ApplicationAccepted
    | ApplicationSent
    | ApplicationReturned
    | ApplicationReady
    | ApplicationIssued
    | ApplicationRejected
    | ApplicationWithdrawn
    | ComplaintFiled
    | ComplaintClosed
    | FeedbackGiven
    | VisitMade
    | DirectiveIssued
    | DirectiveDone
    | DeficiencyFound
    | DeficiencyFixed
    | CentreOpened
    | CentreClosed
    | ServicesOffered
    | Heartbeat
)

EVENT_CLASSES: Final[dict[str, type[Any]]] = {cls.__struct_config__.tag: cls for cls in get_args(Event)}
"""Type name to class, for instance ``"ticket.issued"`` to :class:`TicketIssued`."""


_TYPE_NAMES: Final = {cls: name for name, cls in EVENT_CLASSES.items()}


def type_of(event: Event) -> str:
    """The CloudEvents ``type`` of an event."""
    return _TYPE_NAMES[type(event)]


decode_strict: Final[Callable[[bytes], Event]] = msgspec.json.Decoder(Event).decode
"""Bytes to an event by the types alone; raises ``msgspec.DecodeError``. Outside code wants
:func:`dashboard.intake.accept`, which also checks the network and says what is wrong in words."""

_encode_data = msgspec.json.Encoder().encode
_DATA_DECODERS: Final = {
    name: msgspec.json.Decoder(cls.__annotations__["data"]).decode for name, cls in EVENT_CLASSES.items()
}


def encode_data(event: Event) -> bytes:
    """The ``data`` of an event as compact JSON: what history keeps."""
    return _encode_data(event.data)


def rebuild(type_: str, id_: str, source: str, time: datetime, data: bytes | str) -> Event:
    """An event as history keeps it, made whole again. The inverse of :func:`encode_data`."""
    event: Event = EVENT_CLASSES[type_](
        specversion="1.0", id=id_, source=source, time=time, data=_DATA_DECODERS[type_](data)
    )
    return event
