"""What the forms of recipients do. An address is never told to the log or the audit log, and never shown again."""

from collections.abc import Mapping
from typing import Any, Final

from callbacks.admin_actions import Action, Outcome, Said
from callbacks.viewing import record, whole
from dashboard.alert_words import test_texts
from layouts import admin_recipients
from layouts.admin import Asked
from layouts.view import View


def _add(services: Any, said: Said) -> Outcome:
    made = services.recipients.add(admin_recipients.members(said), said.get("seen", ""))
    _record(made, "made")
    return Outcome("recipient_added")


def _change(services: Any, said: Said) -> Outcome:
    before = said.get("recipient", "")
    changed = services.recipients.change(before, admin_recipients.members(said), said.get("seen", ""))
    _record(changed, "changed", before=before)
    return Outcome("recipient_changed", to=admin_recipients.TAB)


def _remove(services: Any, said: Said) -> Outcome:
    _record(services.recipients.remove(said.get("recipient", ""), said.get("seen", "")), "removed")
    return Outcome("recipient_removed")


def _test(services: Any, said: Said) -> Outcome:
    found = services.recipients.find(said.get("recipient", ""))
    title, body = test_texts(whole().catalogues[found.language], services.network)
    services.recipients.test(found.id, found.role, title, body)
    _record(found, "tested")
    return Outcome("recipient_tested")


def _ask_remove(services: Any, view: View, said: Said) -> Asked:
    return Asked(admin_recipients.about(view, services.recipients.find(said.get("recipient", ""))))


def _record(recipient: Any, change: str, **about: str) -> None:
    about |= {"centre": recipient.centre} if recipient.centre else {}
    record("recipient_changed", recipient=recipient.id, role=recipient.role, change=change, **about)


RECIPIENTS: Final[Mapping[str, Action]] = {
    "recipient_add": Action(_add),
    "recipient_change": Action(_change),
    "recipient_remove": Action(_remove, "recipient_removed", _ask_remove),
    "recipient_test": Action(_test),
}
