"""Addresses, and sending to them: e-mail, Telegram, webhooks, SMS gateways, all by ``apprise`` (docs/alarms.md).

Who has which address stands in ``recipients.toml`` of the data folder, which is not shown anywhere: an address may hold
a password. In the database and in logs a recipient is an id.
"""

import logging
import re
import threading
from collections.abc import Sequence
from hashlib import blake2s
from pathlib import Path
from typing import Annotated, Any, Final

import apprise
from apprise.attachment.memory import AttachMemory
from msgspec import Meta, Struct

from dashboard.alert_file import Role
from dashboard.i18n import LANGUAGES
from dashboard.network import Language, Network
from dashboard.network_schema import Name, Table
from dashboard.toml_file import FileError, TomlFile
from data_sources.outbox import Delivery

FILE: Final = "recipients.toml"
KEY_HEADER: Final = "X-Ten-Days-Key"
"""Of e-mails and webhooks: the delivery's key, the same for every copy."""
_MEMBER: Final = re.compile(
    r"^recipients\[.*?\](?:\.(\w+): |: (\w+) is missing|: the director of which (centre))", re.DOTALL
)
_SECRET: Final = re.compile(r"[^/:@?&=,]{6,}")


class RecipientError(FileError):
    """What is wrong in a file of recipients: ``FILE:LINE: what is wrong; what to do``. Never what was found: a line may
    hold a password."""

    def __init__(self, where: str, line: int, wrong: str, _found: str = "", remedy: str = "") -> None:
        super().__init__(where, line, wrong, "", remedy)
        at = _MEMBER.search(wrong)
        self.kind = f"recipient_{next(filter(None, at.groups()))}" if at else "recipients_file"
        """For a screen: ``recipient_`` and the member that is wrong."""


Address = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9]+://\S+\Z", description="an address of apprise, such as mailto://…")
]


class RecipientTable(Table, frozen=True):
    name: Name
    role: Annotated[Role, Meta(description="a role, for instance director")]
    url: Address
    centre: str = ""
    language: Annotated[Language, Meta(description=f"one of {', '.join(LANGUAGES)}")] = "ru"


class RecipientsTable(Table, frozen=True):
    recipients: tuple[RecipientTable, ...] = ()


class Recipient(Struct, frozen=True):
    """One address. ``id`` is made of its row, so it changes when the row does."""

    id: str
    name: str
    role: str
    url: str
    centre: str
    language: str

    def takes(self, role: str, of: str) -> bool:
        """Whether a notice to a role, or to the director of centre ``of``, is meant for it."""
        return role == self.role and (not of or of == self.centre)


def load(data_dir: Path, network: Network) -> tuple[Recipient, ...]:
    """The recipients of a data folder, none when it has no file. :class:`RecipientError` for what is wrong in it."""
    path = data_dir / FILE
    if not path.is_file():
        return ()
    return parse(path.read_text("utf-8-sig"), str(path), network)


def parse(text: str, where: str, network: Network) -> tuple[Recipient, ...]:
    """The recipients of a TOML text; ``where`` names it in a :class:`RecipientError`."""
    file = TomlFile(text, where, RecipientError)
    found: dict[str, Recipient] = {}
    for place, row in enumerate(file.convert(RecipientsTable).recipients):
        each = _recipient(file, row, place, network)
        if each.id in found:
            line = file.line(("recipients", list(found).index(each.id)))
            raise file.error(
                ("recipients", place, "url"), f"the same recipient as on line {line}", "remove one of them"
            )
        found[each.id] = each
    return tuple(found.values())


def _recipient(file: TomlFile, row: RecipientTable, place: int, network: Network) -> Recipient:
    path = ("recipients", place)
    if row.role == "director" and row.centre not in network.centre_by_id:
        raise file.error(path, "the director of which centre?", 'add centre = "..." with a centre\'s id', found="")
    if row.role != "director" and row.centre:
        raise file.error((*path, "centre"), "only a director is told of one centre", "remove it")
    if _plugin(row.url) is None:
        raise file.error((*path, "url"), "not an address that apprise knows", "see docs/alarms.md", found="")
    digest = blake2s("\0".join((row.name, row.role, row.centre, row.url)).encode(), digest_size=8).hexdigest()
    return Recipient(digest, row.name, row.role, row.url, row.centre, row.language)


class Attached(Struct, frozen=True):
    """A file that goes with a message."""

    name: str
    mimetype: str
    content: bytes


def takes_files(url: str) -> bool | None:
    """Whether an address takes files; None for what is no address that apprise knows."""
    plugin = _plugin(url)
    return None if plugin is None else bool(plugin.attachment_support)


def send(url: str, delivery: Delivery, files: Sequence[Attached] = ()) -> str:
    """Send one message; what went wrong, without secrets, or empty."""
    plugin = _plugin(url)
    if plugin is None:
        return "not an address that apprise knows"
    if isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers[KEY_HEADER] = delivery.key
    kind = apprise.NotifyType.INFO if files else apprise.NotifyType.WARNING
    memory: Any = AttachMemory
    attached = apprise.AppriseAttachment([memory(each.content, each.name, each.mimetype) for each in files])
    with _said() as said:
        try:
            done = plugin.notify(
                title=delivery.title, body=delivery.body, notify_type=kind, attach=attached if files else None
            )
        except Exception as error:  # whatever a plugin does, the next address has its turn
            done = False
            said.append(repr(error))
    return "" if done else without_secrets("; ".join(said) or "refused", url)


def without_secrets(text: str, url: str) -> str:
    """A text without any longer part of an address."""
    for part in sorted(set(_SECRET.findall(url.partition("://")[2])), key=len, reverse=True):
        text = text.replace(part, "…")
    return text


def _plugin(url: str) -> Any:
    return apprise.Apprise.instantiate(url, suppress_exceptions=True)


class _said:  # noqa: N801 - a context, as contextlib's own
    """What apprise logs on this thread meanwhile: the only place where it says why."""

    def __enter__(self) -> list[str]:
        self._before = getattr(_HANDLER.local, "said", None)
        _HANDLER.local.said = found = list[str]()
        return found

    def __exit__(self, *_: object) -> None:
        _HANDLER.local.said = self._before


class _Handler(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.local = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        said = getattr(self.local, "said", None)
        if said is not None:
            said.append(record.getMessage())


_HANDLER: Final = _Handler()
apprise.logger.addHandler(_HANDLER)
apprise.logger.propagate = False
