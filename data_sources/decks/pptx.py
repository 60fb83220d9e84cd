"""The weekly deck as PPTX: titles in title placeholders, native charts and tables that can be edited, notes filled in.

A slide is laid out in the same 1280 by 720 units as on the page. The theme's font is Golos Text; where it is not
installed PowerPoint takes another sans by the font's PANOSE number, and nothing is cut: there is room to spare.
"""

import io
from collections.abc import Callable
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from dashboard.deck import Card, Deck, Mark, Slide, Table
from data_sources.decks.charts import Charts, Colours
from data_sources.export import clean

FONT: Final = "Golos Text"
WIDTH: Final = 1280
HEIGHT: Final = 720
_UNIT: Final = 9525
"""EMU of one unit: a 96th of an inch."""
_TEXT: Final = RGBColor(0x11, 0x1B, 0x28)
_SOFT: Final = RGBColor(0x46, 0x55, 0x67)
_LINE: Final = RGBColor(0xCF, 0xD7, 0xE0)
_COLOURS: Final[dict[Mark, RGBColor]] = {
    "": _SOFT,
    "ok": RGBColor(0x00, 0x63, 0x9C),
    "watch": RGBColor(0x7D, 0x55, 0x00),
    "act": RGBColor(0xA8, 0x44, 0x00),
}
_SHAPES: Final[dict[Mark, str]] = {"": "", "ok": "● ", "watch": "▲ ", "act": "◆ "}
_TITLE_ONLY: Final = 5
_THEME: Final = (b'typeface="Calibri"', f'typeface="{FONT}" panose="020B0503020202020204"'.encode())
_INK: Final = (b'<a:sysClr val="windowText" lastClr="000000"/>', f'<a:srgbClr val="{_TEXT}"/>'.encode())


def write(deck: Deck) -> bytes:
    show = Presentation()
    show.slide_width, show.slide_height = Emu(WIDTH * _UNIT), Emu(HEIGHT * _UNIT)
    show.core_properties.title = clean(f"{deck.network}. {deck.title}")
    show.core_properties.language = deck.language
    show.core_properties.author = "Ten Days"
    _set_font(show)
    _number_parts(show.part.package)
    charts = Charts(deck, show.part.package, Colours(_TEXT, _COLOURS["watch"], _SOFT, _LINE))
    for place, each in enumerate(deck.slides, 1):
        _slide(show, deck, each, place, charts)
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def _set_font(show: Any) -> None:
    """The theme's fonts, so that whatever is added later by hand has them too."""
    theme = show.slide_master.part.part_related_by(RT.THEME)
    theme._blob = theme.blob.replace(*_THEME).replace(*_INK)


def _number_parts(package: Any) -> None:
    """Count the parts of each kind. python-pptx looks through all parts for each new one's name."""
    search: Callable[[str], PackURI] = package.next_partname
    counts: dict[str, int] = {}

    def next_partname(template: str) -> PackURI:
        if template not in counts:
            first = search(template)
            counts[template] = first.idx or 1
            return first
        counts[template] += 1
        return PackURI(template % counts[template])

    package.next_partname = next_partname


def _slide(show: Any, deck: Deck, of: Slide, place: int, charts: Charts) -> None:
    page = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    title = page.shapes.title
    _put(title, 48, 26, 1184, 64)
    _fill(title.text_frame, of.title, 46 if of.kind != "title" else 54, bold=True, mark=of.mark)
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    if of.kind == "title":
        _title(page, deck, of)
    elif of.kind == "centre":
        for line, card in enumerate(of.cards):
            _card(page, card, 100 + line * 128)
            charts.add(page, card, _box(976, 106 + line * 128, 256, 118))
        _text(page, 48, 618, 1184, 66, of.lead, 26, _SOFT)
    else:
        _body(page, of)
    _text(page, 48, 689, 1000, 24, deck.title if deck.is_final else f"{deck.title} · {deck.state}", 16, _SOFT)
    _text(page, 1132, 689, 100, 24, f"{place} / {len(deck.slides)}", 16, _SOFT, PP_ALIGN.RIGHT)
    page.notes_slide.notes_text_frame.text = clean("\n".join(of.notes))


def _title(page: Any, deck: Deck, of: Slide) -> None:
    _text(page, 48, 96, 1184, 44, of.lead, 32, _SOFT)
    _text(page, 48, 140, 1184, 42, deck.state, 26, _SOFT)
    for line, card in enumerate(of.cards):
        top = 206 + line * 112
        _rule(page, 48, top, 500)
        _text(page, 48, top + 8, 330, 44, card.label, 28)
        _text(page, 48, top + 52, 330, 44, card.word, 26, _SOFT, mark=card.mark)
        _text(page, 370, top + 12, 178, 84, card.text, 54, _TEXT, PP_ALIGN.RIGHT, bold=True)
    if of.table:
        _table(page, of.table, 620, 206, 612)


def _card(page: Any, card: Card, top: int) -> None:
    """One of the four numbers: label, value and sentence; the chart of its weeks stands beside it."""
    _rule(page, 48, top, 1184)
    label = f"{card.label} · {card.norm}" if card.norm else card.label
    _text(page, 48, top + 5, 334, 38, label, 24, _SOFT)
    _text(page, 48, top + 42, 330, 78, card.text, 58, _TEXT, bold=True)
    box = _text(page, 384, top + 6, 580, 116, card.sentence, 26, mark=card.mark)
    box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def _body(page: Any, of: Slide) -> None:
    top = 104
    if of.lead:
        height = 44 * _lines_of(of.lead, 62)
        _text(page, 48, top, 1184, height, of.lead, 30)
        top += height + 14
    for line in of.lines:
        height = 38 * _lines_of(line.text, 74) + 16
        _rule(page, 48, top, 1184)
        _text(page, 48, top + 8, 1184, height - 8, line.text, 28, mark=line.mark)
        top += height
    if of.table:
        _table(page, of.table, 48, top, 1184)


def _table(page: Any, of: Table, left: int, top: int, width: int) -> None:
    """A native table; a row is one or two lines high."""
    rows = len(of.rows) + 1 + bool(of.more)
    frame = page.shapes.add_table(rows, len(of.columns), *_box(left, top, width, rows * 46))
    grid = frame.table
    frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN_STYLE
    grid.horz_banding = False
    for column, share in enumerate(_shares(of)):
        grid.columns[column].width = Emu(int(width * share) * _UNIT)
    for column, heading in enumerate(of.columns):
        _cell(grid.cell(0, column), heading.text, heading.is_number, 22, _SOFT)
    for line, row in enumerate(of.rows, 1):
        for column, text in enumerate(row.cells):
            mark = row.mark if column == 0 and row.mark in ("watch", "act") else ""
            _cell(grid.cell(line, column), text, of.columns[column].is_number, 24, _TEXT, mark)
    for cell in [grid.cell(line, column) for line in range(len(of.rows) + 1) for column in range(len(of.columns))]:
        cell._tc.get_or_add_tcPr().append(parse_xml(_HAIR))
    if of.more:
        _cell(grid.cell(rows - 1, 0), of.more, False, 22, _SOFT)
    for each in grid.rows:
        each.height = Emu(46 * _UNIT)


_PLAIN_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own "no style, no grid"."""


_HAIR: Final = (
    f'<a:lnB {nsdecls("a")} w="9525"><a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill>'
    '<a:prstDash val="solid"/></a:lnB>'
)
"""The rule under a row."""


def _cell(cell: Any, text: str, is_number: bool, size: int, colour: RGBColor, mark: Mark = "") -> None:
    _fill(cell.text_frame, text, size, colour, PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT, mark=mark)
    cell.margin_left, cell.margin_right = Emu(0), Emu(14 * _UNIT)
    cell.margin_top = cell.margin_bottom = Emu(5 * _UNIT)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE


def _shares(of: Table) -> list[float]:
    """Widths of the columns by what stands in them; none of them less than its longest word needs."""
    widths = []
    for place, column in enumerate(of.columns):
        texts = [column.text, *(row.cells[place] for row in of.rows)]
        longest = max(len(each) for each in texts)
        word = max((len(part) for each in texts for part in each.split(" ")), default=1)
        word += 2 * (place == 0 and any(_SHAPES[row.mark] for row in of.rows))
        widths.append(max(min(longest, 46), word + 3, 6) + 2)
    return [each / sum(widths) for each in widths]


def _lines_of(text: str, letters: int) -> int:
    return -(-len(text) // letters)


def _text(
    page: Any,
    left: int,
    top: int,
    width: int,
    height: int,
    text: str,
    size: int,
    colour: RGBColor = _TEXT,
    align: PP_ALIGN = PP_ALIGN.LEFT,
    *,
    bold: bool = False,
    mark: Mark = "",
) -> Any:
    box = page.shapes.add_textbox(*_box(left, top, width, height))
    _fill(box.text_frame, text, size, colour, align, bold=bold, mark=mark)
    return box


def _fill(
    frame: Any,
    text: str,
    size: int,
    colour: RGBColor = _TEXT,
    align: PP_ALIGN = PP_ALIGN.LEFT,
    *,
    bold: bool = False,
    mark: Mark = "",
) -> None:
    """``size`` in units; 28 of them are 21 points."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    if _SHAPES[mark]:
        _run(paragraph, _SHAPES[mark], size, _COLOURS[mark], bold)
    _run(paragraph, text, size, colour, bold)


def _run(paragraph: Any, text: str, size: int, colour: RGBColor, bold: bool) -> None:
    run = paragraph.add_run()
    run.text = clean(text)
    run.font.size, run.font.bold = Pt(size * 0.75), bold
    if colour is not _TEXT:  # the theme's own
        run.font.color.rgb = colour


def _rule(page: Any, left: int, top: int, width: int) -> None:
    line = page.shapes.add_connector(1, *_box(left, top, left + width, top))
    line.line.color.rgb = _LINE
    line.line.width = Pt(0.75)
    line._element.remove(line._element.find(qn("p:style")))  # the theme's shadow


def _put(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = _box(left, top, width, height)


def _box(left: int, top: int, width: int, height: int) -> tuple[Emu, Emu, Emu, Emu]:
    return Emu(left * _UNIT), Emu(top * _UNIT), Emu(width * _UNIT), Emu(height * _UNIT)
