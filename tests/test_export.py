"""Downloads: the rows behind a number as CSV and XLSX, whole, typed, and safe to open in a spreadsheet."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from desk_app import BUSY, PLANNED, SILENT, DeskApp
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from callbacks import create_app
from callbacks.behind import file_href, scope_of
from callbacks.export import attachment
from dashboard.rows import BEHIND, recompute, rows_behind
from dashboard.sheet import Cell, Heading, Sheet
from data_sources.export import KINDS, LONGEST, clean, safe
from data_sources.moments import Moment

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    " =1",
    '=HYPERLINK("http://x";"y")',
    "a;=1",
    "a\n=1",
]
MOMENT = datetime.fromisoformat("2026-11-23T10:30:10")
DAY = date(2026, 11, 23)


def sheet(rows: Any, *kinds: Any, **changes: Any) -> Sheet:
    headings = [Heading(f"H{at}", kind) for at, kind in enumerate(kinds)]
    return Sheet(
        **(
            {"title": "Rows", "about": "About", "facts": [("Number", "Waiting")], "headings": headings, "rows": rows}
            | changes
        )
    )


def written(kind: str, of: Sheet) -> bytes:
    return b"".join(KINDS[kind].write(of))


def read_csv(raw: bytes, separator: str = ",") -> list[list[str]]:
    assert raw.startswith(b"\xef\xbb\xbf"), "without the mark Excel takes it for another encoding"
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=separator))


def read_xlsx(raw: bytes) -> list[list[Any]]:
    """The cells of the sheet of rows, headings first."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]


def body(lines: list[list[str]]) -> list[list[str]]:
    """The rows of a CSV file, without facts and headings."""
    return lines[lines.index([]) + 2 :]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_looks_like_a_formula_is_a_text_in_both_files(text: str) -> None:
    (cell,) = body(read_csv(written("csv", sheet([[text]], "text"))))[0]
    assert not re.match(r"\s*[=+\-@＝]", cell)
    assert cell.replace("'", "") == text
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", sheet([[text]], "text"))))
    found = book.worksheets[1]["A2"]
    assert (found.data_type, found.value.replace("_x000D_", "\r")) == ("s", text)


@given(st.text())
def test_no_text_of_others_ever_begins_a_formula(text: str) -> None:
    found = safe(text)
    for separator in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(found, newline=""), delimiter=separator, quoting=csv.QUOTE_NONE):
            assert not any(re.match(r"\s*[=+\-@＝＋－＠]", cell) for cell in row)
    assert found.replace("'", "") == text.replace("'", "").replace("\0", "")


def test_what_is_named_by_others_is_safe_among_the_facts_and_the_headings_too() -> None:
    hostile = sheet([], "text", title="=A1", about="=[x]", facts=[("=name", "=value")])
    assert read_csv(written("csv", hostile))[0] == ["'=name", "'=value"]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", hostile)))
    assert [cell.data_type for cell in book.worksheets[0][1]] == ["s", "s"]
    assert book.sheetnames == ["= x", "=A1"]


def test_numbers_and_dates_are_numbers_and_dates() -> None:
    cells: list[Cell] = ["A12", MOMENT, DAY, 12, -2, 13.25, None]
    made = sheet([cells], "text", "moment", "day", "whole", "whole", "tenths", "tenths", date_pattern="dd.MM.y")
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", made)))
    row = book.worksheets[1][2]
    assert [cell.value for cell in row] == ["A12", MOMENT, datetime.combine(DAY, time()), 12, -2, 13.25, None]
    assert [cell.number_format for cell in row[1:3]] == ["dd.mm.yyyy hh:mm:ss", "dd.mm.yyyy"]
    assert body(read_csv(written("csv", made))) == [
        ["A12", "2026-11-23 10:30:10", "2026-11-23", "12", "-2", "13.25", ""]
    ]


def test_where_the_decimal_sign_is_a_comma_cells_are_parted_by_semicolons() -> None:
    raw = written("csv", sheet([[13.25, "a,b", "c;d"]], "tenths", "text", "text", separator=";", decimal=","))
    assert body(read_csv(raw, ";")) == [["13,25", "a,b", "c;d"]]


def test_what_xml_cannot_say_and_what_is_too_long_does_not_spoil_a_file() -> None:
    assert clean("a\0b\x1bc\ud800") == "a\ufffdb\ufffdc\ufffd"
    rows = read_xlsx(written("xlsx", sheet([["x" * 40_000, "\x0b\ufffe"]], "text", "text")))
    assert [len(rows[1][0]), rows[1][1]] == [LONGEST, "\ufffd\ufffd"]
    assert body(read_csv(written("csv", sheet([["a\ud800"]], "text")))) == [["a?"]]


def test_a_date_before_excel_has_dates_is_a_text() -> None:
    assert read_xlsx(written("xlsx", sheet([[datetime.fromisoformat("1899-01-01")]], "moment")))[1] == [
        "1899-01-01 00:00:00"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_rows_come_piece_by_piece_and_whole(kind: str) -> None:
    asked = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal asked
        for number in range(20_000):
            asked += 1
            yield [f"T{number}", number]

    pieces = KINDS[kind].write(sheet(rows(), "text", "whole"))
    first = next(pieces)
    assert len(first) <= 64 * 1024
    assert asked == (20_000 if kind == "xlsx" else 0)
    raw = first + b"".join(pieces)
    found = body(read_csv(raw)) if kind == "csv" else read_xlsx(raw)[1:]
    assert len(found) == 20_000
    assert [str(cell) for cell in found[-1]] == ["T19999", "19999"]


def test_nothing_is_left_behind_by_a_file_that_was_not_read_to_its_end(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces = KINDS["xlsx"].write(sheet(([n] for n in range(50_000)), "whole"))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_name_in_any_letters_comes_with_a_plain_one() -> None:
    said = attachment('Ждут / "Зал" – 10:30\r\n.csv', "queue.waiting x.csv")
    assert said.startswith("attachment; filename=\"queue.waiting x.csv\"; filename*=UTF-8''")
    assert said.isascii()
    assert unquote(said.rpartition("'")[2]) == "Ждут Зал – 10 30 .csv"


@pytest.fixture(scope="module")
def client(desk_app: DeskApp) -> FlaskClient:
    client: FlaskClient = create_app(desk_app.services).server.test_client()
    return client


def places(app: DeskApp) -> list[tuple[str | None, str | None]]:
    branch = app.network.centre_by_id[BUSY].branches[0].id
    return [(None, None), (BUSY, None), (BUSY, branch), (SILENT, None), (PLANNED, None)]


def number(moment: Moment, where: tuple[str | None, str | None], key: str) -> Any:
    """What a picture shows."""
    centre, branch = where
    figures = moment.snapshot["totals"] if centre is None else moment.centre(centre)
    if branch is not None:
        figures = next(each for each in figures["branches"] if each["id"] == branch)
    group, _, member = key.partition(".")
    return figures[group][member]


@pytest.mark.parametrize("ago", [None, 1800.0, 86_400.0 * 3])
def test_every_number_of_a_picture_is_what_its_rows_give(desk_app: DeskApp, ago: float | None) -> None:
    desk_app.advance(5.0)  # totals are counted again
    moment = desk_app.services.moment(None if ago is None else desk_app.clock() - ago)
    assert moment is not None
    assert moment.snapshot["totals"]["at"] == moment.snapshot["at"]
    for where in places(desk_app):
        scope = scope_of(desk_app.network, moment, where)
        for key in BEHIND:
            assert recompute(key, rows_behind(key, scope)) == number(moment, where, key), (where, key)


@pytest.mark.parametrize("key", BEHIND)
def test_a_file_has_as_many_rows_as_stand_behind_the_number(desk_app: DeskApp, client: FlaskClient, key: str) -> None:
    moment = desk_app.services.moment()
    assert moment is not None
    for where in places(desk_app):
        scope = scope_of(desk_app.network, moment, where)
        rows = rows_behind(key, scope) or []
        answer = client.get(file_href(key, "csv", scope, moment, "ru"))
        assert answer.status_code == 200
        assert len(body(read_csv(answer.data, ";"))) == len(rows), where


def test_a_file_of_now_stays_the_same_when_more_has_happened(desk_app: DeskApp, client: FlaskClient) -> None:
    moment = desk_app.services.moment()
    assert moment is not None
    addresses = [
        file_href("queue.issued_today", "csv", scope_of(desk_app.network, moment, where), moment, "en")
        for where in places(desk_app)[:2]
    ]
    before = [client.get(each).data for each in addresses]
    branch = desk_app.network.centre_by_id[BUSY].branches[0].id
    desk_app.send(f"/{BUSY}/{branch}", "ticket.issued", ago=1.0, ticket="X900", service=desk_app.network.services[0].id)
    desk_app.send(f"/{BUSY}/{branch}", "ticket.abandoned", ticket="X900")
    assert [client.get(each).data for each in addresses] == before
    again = client.get(f"/export/queue.issued_today.csv?of={BUSY}&lang=en").data
    assert b"X900" in again


def test_a_file_says_what_it_is_of_and_when(desk_app: DeskApp, client: FlaskClient) -> None:
    answer = client.get(f"/export/sla.overdue.csv?of={BUSY}&lang=ru")
    lines = read_csv(answer.data, ";")
    facts = dict(lines[: lines.index([])])
    shown = desk_app.centre(BUSY)
    name = desk_app.network.centre_by_id[BUSY].names.ru
    assert (facts["Число"], facts["Значение"], facts["Место"]) == ("Просрочено", str(shown["sla"]["overdue"]), name)
    local = desk_app.network.local.to_datetime(datetime.fromisoformat(shown["at"]).timestamp())
    assert facts["По состоянию на (местное время)"] == f"{local:%Y-%m-%d %H:%M:%S}"
    assert facts["Версия картины"] == str(desk_app.snapshot()["version"])
    assert facts["Строк"] == str(shown["sla"]["overdue"])
    header = answer.headers["Content-Disposition"]
    assert unquote(header.rpartition("'")[2]) == f"Просрочено – {name} – {local:%Y-%m-%d %H-%M-%S}.csv"
    assert f'filename="sla.overdue_{BUSY}_{local:%Y-%m-%d_%H-%M-%S}.csv"' in header


@pytest.mark.parametrize(
    ("lang", "heading"), [("ru", "Номер документа"), ("kk", "Құжат нөмірі"), ("en", "Document code")]
)
def test_headings_are_in_the_language_asked_for(client: FlaskClient, lang: str, heading: str) -> None:
    answer = client.get(f"/export/sla.open.xlsx?of={BUSY}&lang={lang}")
    assert answer.mimetype == KINDS["xlsx"].mimetype
    assert read_xlsx(answer.data)[0][0] == heading


def test_a_moment_of_the_past_is_downloaded_as_it_was(desk_app: DeskApp, client: FlaskClient) -> None:
    moment = desk_app.services.moment(desk_app.clock() - 1800)
    assert moment is not None
    answer = client.get(f"/export/queue.issued_today.csv?of={BUSY}&at={moment.centre(BUSY)['at']}&lang=en")
    assert len(body(read_csv(answer.data))) == moment.centre(BUSY)["queue"]["issued_today"]
    assert b"made again from history" in answer.data


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("queue.nothing.csv", 404, "There is no number “queue.nothing” here."),
        ("csv", 404, "There is no number “csv” here."),
        ("queue.waiting.pdf", 404, "no files of the kind “pdf”"),
        ("queue.waiting.csv?of=nowhere", 404, "There is no centre “nowhere”"),
        (f"queue.waiting.csv?of={BUSY}/nowhere", 404, f"There is no branch “{BUSY}/nowhere”"),
        ("queue.waiting.csv?at=yesterday", 400, "“yesterday” is no moment"),
        ("queue.waiting.csv?at=2099-01-01T00:00", 400, "has not come yet"),
        ("queue.waiting.csv?at=2026-11-23T10:00&upto=x:y", 400, "says of no centre"),
        (f"queue.waiting.csv?of={BUSY}&at=2026-11-23T10:00&upto={BUSY}:now", 400, "says of no centre"),
        ("queue.waiting.csv?of=<script>", 404, "There is no centre “<script>”"),
    ],
)  # fmt: skip
def test_what_cannot_be_downloaded_is_told_in_a_sentence(
    client: FlaskClient, path: str, status: int, says: str
) -> None:
    answer = client.get(f"/export/{path}{'&' if '?' in path else '?'}lang=en")
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert says in answer.text
