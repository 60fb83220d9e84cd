"""The weekly deck as PDF, set by Typst with our own fonts.

The deck goes in as data (JSON), never as markup, and the setter sees no file but its template: whatever a directive
says is set as text.
"""

from pathlib import Path
from typing import Final

import msgspec
import typst

from dashboard.deck import Deck

FOLDER: Final = Path(__file__).parent
TEMPLATE: Final = FOLDER / "deck.typ"


def write(deck: Deck) -> bytes:
    """A page a slide, 16 by 9, in the order of the deck."""
    shown = msgspec.structs.replace(deck, tables=())
    found = typst.compile(
        TEMPLATE,
        root=FOLDER,
        font_paths=[FOLDER / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"deck": msgspec.json.encode(shown).decode()},
    )
    assert isinstance(found, bytes)
    return found
