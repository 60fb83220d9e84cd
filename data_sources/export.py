"""Tables as files: CSV and XLSX, written piece by piece, and safe to open in a spreadsheet.

A cell of text that a spreadsheet would take for a formula (OWASP, CSV injection) is a text in both: in CSV an
apostrophe stands before it, in XLSX it is written as a string. Numbers and dates are our own and stay what they are.
"""

import csv
import io
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, Final

import xlsxwriter
from msgspec import Struct

from dashboard.sheet import Cell, CellKind, Sheet

PIECE: Final = 64 * 1024
"""Bytes of a file that are sent at once."""
LONGEST: Final = 32_767
"""Characters that a cell of XLSX may have; longer texts are cut, as Excel does."""
MOST_ROWS: Final = 1_048_575
"""Rows that a sheet of XLSX may have under its headings."""
MIDNIGHT: Final = datetime.min.time()
_ROWS_AT_ONCE: Final = 200
_DANGEROUS: Final = re.compile(r"(?:^|(?<=[;,\t\r\n]))(?=\s*[=+\-@\t\r\n＝＋－＠])")
"""Before a sign that begins a formula: where the cell begins, and where it would if its separators were taken for the
file's."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot say."""
_UNUSED: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Kind(Struct, frozen=True):
    """One kind of file; ``write`` gives its bytes piece by piece."""

    mimetype: str
    write: Callable[[Sheet], Iterator[bytes]]


def write_csv(sheet: Sheet) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, so that Excel reads it as such: the facts, an empty line, headings, rows."""
    lines: list[list[str]] = [[safe(name), _text(sheet, value)] for name, value in sheet.facts]
    lines += [[], [safe(heading.text) for heading in sheet.headings]]
    yield "\ufeff".encode() + _lines(sheet, lines)
    waiting: list[list[str]] = []
    for row in sheet.rows:
        waiting.append([_text(sheet, cell) for cell in row])
        if len(waiting) >= _ROWS_AT_ONCE:
            yield _lines(sheet, waiting)
            waiting = []
    if waiting:
        yield _lines(sheet, waiting)


def _lines(sheet: Sheet, rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sheet.separator).writerows(rows)
    return text.getvalue().encode(errors="replace")


def _text(sheet: Sheet, cell: Cell) -> str:
    """A cell of CSV: dates as ISO 8601 with a space, which every spreadsheet reads; numbers with the decimal sign."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    return f"{cell:.3f}".rstrip("0").rstrip(".").replace(".", sheet.decimal)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return _DANGEROUS.sub("'", text.replace("\0", ""))


def write_xlsx(sheet: Sheet) -> Iterator[bytes]:
    """A workbook of two sheets, the facts and the rows; made in a file that is gone when the last piece was read."""
    with tempfile.TemporaryFile() as file:
        _make(sheet, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _make(sheet: Sheet, file: IO[bytes]) -> None:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "remove_timezone": True, **_UNUSED})
    day = sheet.date_pattern.replace("MM", "mm").replace("y", "yyyy")
    formats = {
        "text": book.add_format({"align": "top"}),
        "moment": book.add_format({"num_format": f"{day} hh:mm:ss", "align": "left"}),
        "day": book.add_format({"num_format": day, "align": "left"}),
        "whole": book.add_format({"num_format": "0"}),
        "tenths": book.add_format({"num_format": "0.0"}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "fact": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _write_facts(book, sheet, formats)
    _write_rows(book, sheet, formats)
    book.close()


def _write_facts(book: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    page = book.add_worksheet(_sheet_name(sheet.about))
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 90)
    for at, (name, value) in enumerate(sheet.facts):
        page.write_string(at, 0, clean(name), formats["heading"])
        _write(page, at, 1, value, formats["fact"], formats)


def _write_rows(book: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    page = book.add_worksheet(_sheet_name(sheet.title))
    kinds: list[CellKind] = [heading.kind for heading in sheet.headings]
    for at, heading in enumerate(sheet.headings):
        page.set_column(at, at, 20 if heading.kind in ("moment", "text") else 14)
    page.freeze_panes(1, 0)
    for at, heading in enumerate(sheet.headings):
        page.write_string(0, at, clean(heading.text), formats["heading"])
    written = 0
    for row in sheet.rows:
        if written >= MOST_ROWS:
            break
        written += 1
        if written % _ROWS_AT_ONCE == 0:
            time.sleep(0)  # others of this process have their turn
        for at, cell in enumerate(row):
            _write(page, written, at, cell, formats[kinds[at]], formats)
    page.autofilter(0, 0, written, max(0, len(kinds) - 1))


def _write(page: Any, row: int, column: int, cell: Cell, form: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, clean(cell), form)
    elif isinstance(cell, datetime):
        _write_date(page, row, column, cell, formats["moment"])
    elif isinstance(cell, date):
        _write_date(page, row, column, datetime.combine(cell, MIDNIGHT), formats["day"])
    elif cell is not None:
        page.write_number(row, column, cell, form)


def _write_date(page: Any, row: int, column: int, moment: datetime, form: Any) -> None:
    if 1900 <= moment.year <= 9999:
        page.write_datetime(row, column, moment, form)
    else:
        page.write_string(row, column, moment.isoformat(" ", "seconds"), form)


def clean(text: str) -> str:
    """A text as a cell of XLSX can hold it."""
    return _CONTROLS.sub("\ufffd", text)[:LONGEST]


def _sheet_name(text: str) -> str:
    """At most 31 characters, none of those that a sheet's name may not have."""
    return re.sub(r"[\[\]:*?/\\]", " ", clean(text)).strip("' ")[:31] or "1"


KINDS: Final[Mapping[str, Kind]] = {
    "csv": Kind("text/csv; charset=utf-8", write_csv),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
}
"""By the ending of the file's name."""
