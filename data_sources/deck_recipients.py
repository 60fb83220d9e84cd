"""Who gets the weekly deck: ``decks.toml`` of the data folder (docs/week.md).

An address may hold a password: it is shown nowhere, and in the database and in logs a recipient is an id.
"""

import re
from hashlib import blake2s
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from dashboard.i18n import LANGUAGES
from dashboard.network import Language, Network
from dashboard.network_schema import Name, Table
from dashboard.toml_file import TomlFile
from data_sources.notify import Address, RecipientError, takes_files

FILE: Final = "decks.toml"
_PASSWORD: Final = re.compile(r"(://[^/?#:@]*):[^/?#@]*@")
ENDINGS: Final = ("pptx", "pdf", "xlsx")
Ending = Annotated[Literal["pptx", "pdf", "xlsx"], Meta(description="some of pptx, pdf, xlsx")]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description='a time of day, such as "09:00"')]


class DeckTable(Table, frozen=True):
    name: Name
    url: Address
    centre: str = ""
    language: Annotated[Language, Meta(description=f"one of {', '.join(LANGUAGES)}")] = "ru"
    formats: Annotated[tuple[Ending, ...], Meta(min_length=1, description="some of pptx, pdf, xlsx")] = ("pptx",)
    at: Clock = "09:00"


class DecksTable(Table, frozen=True):
    decks: tuple[DeckTable, ...] = ()


class DeckRecipient(Struct, frozen=True):
    """Who gets a deck. ``id`` is made of address, centre and language: another password, other formats or another time
    make no other recipient, who would get it again."""

    id: str
    name: str
    url: str
    centre: str
    """Empty for the whole network's deck."""
    language: str
    formats: tuple[str, ...]
    at_s: float
    """From this second of the local day."""


def load(data_dir: Path, network: Network) -> tuple[DeckRecipient, ...]:
    """The rows of a data folder's file, none when it has none. :class:`RecipientError` for what is wrong in it."""
    path = data_dir / FILE
    if not path.is_file():
        return ()
    file = TomlFile(path.read_text("utf-8-sig"), str(path), RecipientError)
    rows = file.convert(DecksTable).decks
    found: dict[str, DeckRecipient] = {}
    for place, row in enumerate(rows):
        each = _recipient(file, row, place, network)
        if each.id in found:
            line = file.line(("decks", list(found).index(each.id)))
            said = f"the same address, centre and language as on line {line}"
            raise file.error(("decks", place, "url"), said, "remove one of them", found="")
        found[each.id] = each
    return tuple(found.values())


def _recipient(file: TomlFile, row: DeckTable, place: int, network: Network) -> DeckRecipient:
    path = ("decks", place)
    if row.centre and row.centre not in network.centre_by_id:
        raise file.error((*path, "centre"), "no such centre", "write a centre's id, or leave it out for the network")
    takes = takes_files(row.url)
    if takes is None:
        raise file.error((*path, "url"), "not an address that apprise knows", "see docs/week.md", found="")
    if not takes:
        raise file.error((*path, "url"), "an address that takes no files", "write one of e-mail or a chat", found="")
    if len(set(row.formats)) < len(row.formats):
        raise file.error((*path, "formats"), "a format twice", "name each once")
    target = _PASSWORD.sub(r"\1@", row.url)
    id_ = blake2s("\0".join((target, row.centre, row.language)).encode(), digest_size=8).hexdigest()
    hour, minute = int(row.at[:2]), int(row.at[3:])
    formats = tuple(each for each in ENDINGS if each in row.formats)
    return DeckRecipient(id_, row.name, row.url, row.centre, row.language, formats, hour * 3600.0 + minute * 60.0)
