"""The weekly deck (dashboard.deck) as a file: PPTX, PDF, XLSX. All write the same deck, so all say the same."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from dashboard.deck import Deck
from data_sources.decks import pdf, pptx, xlsx


class DeckKind(Struct, frozen=True):
    """One kind of file; ``write`` gives its bytes."""

    mimetype: str
    write: Callable[[Deck], bytes]


KINDS: Final[Mapping[str, DeckKind]] = {
    "pptx": DeckKind("application/vnd.openxmlformats-officedocument.presentationml.presentation", pptx.write),
    "pdf": DeckKind("application/pdf", pdf.write),
    "xlsx": DeckKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write),
}
