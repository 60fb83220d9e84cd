"""What the page of feeds says: why an event was refused and how to mend it, how a feed's numbers are read."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dashboard.feed_health import Against
from dashboard.i18n import UNKNOWN
from layouts import message
from layouts.view import View


class Reason(NamedTuple):
    """Message ids: the reason in a few words, and what its maker should do."""

    name: str
    mend: str


REASONS: Final[Mapping[str, Reason]] = {
    "too_large": Reason(
        message("too large"),
        message("Send less in one event: it may take 64 KiB. Long texts do not belong in events."),
    ),
    "not_json": Reason(
        message("not JSON"),
        message("Send one JSON object in UTF-8 as below. Check quotes, commas, brackets and the encoding of the file."),
    ),
    "unknown_type": Reason(
        message("unknown type"),
        message("Write the member “type” exactly as the contract names it, in small letters with a dot."),
    ),
    "missing_member": Reason(
        message("a member is missing"),
        message(
            "Add the member: events of this type are not understood without it. If the queue system does not know "
            "it, ask its supplier which field it is."
        ),
    ),
    "unknown_member": Reason(
        message("unknown member"),
        message(
            "Leave the member out, or give it the name that the contract has for it. Events take the members below "
            "and no others, so that nothing is sent that nobody expects."
        ),
    ),
    "citizen_data": Reason(
        message("a citizen's data"),
        message(
            "Stop sending it: names, IINs, phones and addresses of citizens must not leave the centre. Send the "
            "ticket's or the document's code alone."
        ),
    ),
    "wrong_value": Reason(
        message("wrong value"),
        message(
            "Give the member a value of the kind that is expected: a number without quotes, a time with its offset "
            "from UTC, a word of the list."
        ),
    ),
    "unknown_centre": Reason(
        message("unknown centre"),
        message("Write the centre's id in “source” as the network file has it: /centre/branch."),
    ),
    "unknown_branch": Reason(
        message("unknown branch"),
        message(
            "Write the branch's id as the network file has it. If the branch is new, ask the administrator to add it."
        ),
    ),
    "unknown_service": Reason(
        message("unknown service"),
        message("Send the service's code of the network file. If the service is new, ask the administrator to add it."),
    ),
    "wrong_stream": Reason(
        message("another centre's event"),
        message(
            "A centre speaks only for itself: send the event with the token, or to the stream, of the centre that it "
            "is about."
        ),
    ),
    "no_branch": Reason(
        message("no branch named"),
        message("Events of tickets and operators happen in a branch: write it in “source” after the centre."),
    ),
    "future_time": Reason(
        message("a time in the future"),
        message("Set the clock of the computer by the network (NTP) and check the offset from UTC in “time”."),
    ),
    "no_event": Reason(
        message("no event in the entry"),
        message("Add each event to the stream under the field name “event”: XADD key * event JSON."),
    ),
    "impossible_id": Reason(
        message("an impossible entry id"),
        message("Let the server give the entry its id: XADD key * and never an id of your own."),
    ),
    "internal": Reason(
        message("our own mistake"),
        message("The event is good and we could not take it: tell the administrator, the log of the worker says why."),
    ),
}
"""By the code of a refusal (dashboard.intake.Refusal)."""

AGAINST: Final[Mapping[Against, str]] = {
    "nothing": message("nothing comes"),
    "almost_nothing": message("almost nothing"),
    "third": message("a third of usual"),
    "half": message("half of usual"),
    "usual": message("as usual"),
    "twice": message("twice the usual"),
    "far_more": message("far more than usual"),
}


def reason_text(view: View, code: str) -> str:
    """The reason in words; the code itself for one of an older or newer worker."""
    return view.catalogue.gettext(REASONS[code].name) if code in REASONS else code


def counts_text(view: View, refused: Mapping[str, int]) -> str:
    """``unknown member: 3, not JSON: 1``, the most first."""
    most = sorted(refused.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{reason_text(view, code)}: {view.catalogue.number(count)}" for code, count in most)


def seconds_text(view: View, seconds: float | None) -> str:
    """Seconds under 100 of them (tenths under ten), else as :meth:`dashboard.i18n.Catalogue.duration`."""
    if seconds is None:
        return UNKNOWN
    if seconds >= 100:
        return view.catalogue.duration(seconds)
    text = view.catalogue.decimal(seconds, 1) if seconds < 9.95 else view.catalogue.number(seconds)
    return view.catalogue.gettext("{n} s", n=text)


def clock_text(view: View, offset_s: float | None) -> str:
    """Of a centre's clock, from how far ours is ahead of it; within a second it cannot be told (HTTP's Date)."""
    _ = view.catalogue.gettext
    if offset_s is None:
        return UNKNOWN
    if abs(offset_s) <= 1:
        return _("right")
    off = seconds_text(view, abs(offset_s))
    return _("{off} slow", off=off) if offset_s > 0 else _("{off} fast", off=off)


def trouble_texts(view: View, feed: Mapping[str, Any], kinds: Mapping[str, str]) -> list[str]:
    """What somebody should do about a feed, the worst first."""
    _ = view.catalogue.gettext
    words = {
        "silent": _("Call the centre: power and link"),
        "late": _("Events are slow to come: look at the link"),
        "behind": _("Its events are old when they are sent: look at the agent and the link"),
        "clock": _("Set the clock of the centre's computer"),
        "outbox": _("Events wait at the centre: the link is slow or was away"),
        "few": _("Fewer events than usual: is the queue system in use?"),
        "refused": _("Events are refused: see below how to mend them"),
    }
    return [words[kind] for kind in sorted(kinds, key=lambda each: (kinds[each] != "act", list(words).index(each)))]
