"""The weekly deck as XLSX: the typed tables, a sheet each, and the sentences of the slides."""

import io
from typing import Any, Final

import xlsxwriter

from dashboard.deck import Deck, Slide
from dashboard.sheet import Sheet
from data_sources.export import clean

_OPTIONS: Final = {
    "in_memory": True,
    "default_date_format": "yyyy-mm-dd",
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(deck: Deck) -> bytes:
    """A text that looks like a formula stays a text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"title": f"{deck.network}. {deck.title}"})
    for each in deck.tables:
        _table(book, each)
    _sentences(book, deck)
    book.close()
    return buffer.getvalue()


def _table(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(_name(sheet.title))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    pattern = sheet.date_pattern.replace("MM", "mm").replace("y", "yyyy")
    day = book.add_format({"num_format": pattern})
    moment = book.add_format({"num_format": f"{pattern} hh:mm"})
    formats = {"day": day, "moment": moment, "whole": book.add_format({"num_format": "#,##0"})}
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 36)
    page.set_column(1, max(1, len(sheet.headings) - 1), 16)
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, clean(heading.text), head)
    for line, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            form = formats.get(sheet.headings[column].kind)
            if isinstance(cell, str):
                page.write_string(line, column, clean(cell))
            elif isinstance(cell, int | float):
                page.write_number(line, column, cell, form)
            elif cell is not None:
                page.write_datetime(line, column, cell, form)


def _sentences(book: Any, deck: Deck) -> None:
    page = book.add_worksheet(_name(deck.label))
    page.set_column(0, 0, 32)
    page.set_column(1, 1, 120)
    page.write_string(0, 0, clean(deck.title))
    page.write_string(0, 1, clean(deck.state))
    line = 1
    for slide in deck.slides:
        for text in texts(slide):
            page.write_string(line, 0, clean(slide.title))
            page.write_string(line, 1, clean(text))
            line += 1


def texts(slide: Slide) -> list[str]:
    """Every sentence of a slide."""
    found = [f"{each.label}: {each.text}. {each.sentence}" for each in slide.cards]
    found += [slide.lead] if slide.lead else []
    return found + [each.text for each in slide.lines]


def _name(text: str) -> str:
    """What Excel takes for the name of a sheet."""
    return "".join(" " if each in "[]:*?/\\" else each for each in text)[:31]
