"""Names that somebody chose to do harm are shown, written and logged as what they are: text."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import structlog
from desk_app import BUSY, DeskApp, running_desk_app
from desk_pages import settled, visitor
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from callbacks import create_app
from dashboard.intake import Refusal, accept
from data_sources import logs
from data_sources.stream import events_key
from tests.small_network import MONDAY_10, NETWORK

SCRIPT = "<script>window.hit=1</script>"
IMAGE = "'\"><img src=x onerror=window.hit=1>"
FORMULA = "=cmd|'/c calc'!A1"
TEMPLATE = "{{7*7}}${7*7}<%= 7*7 %>"
NAMES = (SCRIPT, IMAGE, FORMULA, TEMPLATE)
REFUSED = b'<script>window.hit=1</script>\n<img src=x onerror="window.hit=1">'
PLACE = f"/{BUSY}/main"
ADDRESSES = {
    f"/branch{PLACE}": NAMES,
    f"/centre/{BUSY}?number=queue.waiting": (SCRIPT,),
    f"/staff?number=turnover.headcount&of={BUSY}": (),
    "/oversight": NAMES,
    "/search?q=%3Cscript%3Ewindow.hit": (SCRIPT,),
    "/deadlines?document=%3Cscript%3Ewindow.hit%3D1%3C%2Fscript%3E": (SCRIPT,),
    "/feeds": (REFUSED.decode().partition("\n")[0],),
    "/centre/%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E?period=%3Cscript%3E&number=%3Cscript%3E": (),
}
"""Pages that show the names, and which of them can be read there."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskApp]:
    """A running whole of its own, where somebody has chosen every code: other tests' pages must not be of it."""
    with running_desk_app(tmp_path_factory.mktemp("hostile")) as app:
        service = app.network.services[0].id
        for place, name in enumerate(NAMES):
            app.send(PLACE, "ticket.issued", ago=300, ticket=name, service=service)
            app.send(PLACE, "operator.opened", ago=200, operator=name, window=f"{name[:40]}{place}")
            app.send(PLACE, "application.accepted", ago=100, application=name, service=service)
            app.send(PLACE, "staff.joined", ago=100, employee=name)
            app.send(f"/{BUSY}", "directive.issued", ago=100, directive=name, text=name, due="2026-12-01")
            app.send(f"/{BUSY}", "deficiency.found", ago=100, deficiency=name, category=name)
        app.services.redis.xadd(events_key(BUSY), {"event": REFUSED})
        app.catch_up()
        yield app


@pytest.fixture(scope="module")
def client(hostile: DeskApp) -> FlaskClient:
    return create_app(hostile.services).server.test_client()


@pytest.mark.browser
def test_no_name_becomes_anything_but_text_on_a_page(hostile: DeskApp, browser: Browser) -> None:
    with visitor(browser) as (page, wrong):
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for address, names in ADDRESSES.items():
            page.goto(hostile.url + address)
            if address.startswith("/centre/%3C"):
                page.wait_for_selector("h1 >> text=%3Cimg")  # there is no such centre, and nothing but that is said
            else:
                settled(page)
            if "number=queue" in address or "number=turnover" in address:
                page.wait_for_selector(".ag-row")
            text = page.evaluate("document.body.textContent")
            assert [name for name in names if name not in text] == [], address
            assert page.evaluate("window.hit") is None, address
            assert page.locator("img[src=x], [onerror]").count() == 0, address
            assert page.evaluate("[...document.scripts].filter(e => e.text.includes('hit')).length") == 0, address
        assert dialogs == []
        assert [each for each in wrong if "Security Policy" in each] == []


def test_no_name_becomes_a_formula_in_a_file(client: FlaskClient) -> None:
    raw = client.get(f"/export/queue.waiting.csv?of={BUSY}&lang=en").data.decode("utf-8-sig")
    cells = {cell for row in csv.reader(io.StringIO(raw, newline="")) for cell in row}
    assert {SCRIPT, f"'{FORMULA}", f"'{IMAGE}", TEMPLATE} - cells - {f"'{IMAGE}", IMAGE} == set()
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/export/queue.waiting.xlsx?of={BUSY}").data))
    found = {cell.value: cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert set(NAMES) <= found.keys()
    assert {found[name].data_type for name in NAMES} == {"s"}
    assert [cell.hyperlink for cell in found.values() if cell.hyperlink] == []


def test_no_address_can_put_something_into_a_header(client: FlaskClient) -> None:
    for said in ("a%0d%0aSet-Cookie:%20x=1", "%0aX-Hit:%201", SCRIPT):
        for path in (f"/export/{said}.csv", f"/export/queue.waiting.csv?of={said}", f"/feeds?lang={said}&theme={said}"):
            answer = client.get(path)
            assert "X-Hit" not in answer.headers
            assert "x=1" not in answer.headers.get("Set-Cookie", "")
            assert answer.status_code == 200 or answer.mimetype in ("text/plain", "text/html", "application/json")
            if answer.mimetype == "text/html":
                assert b"window.hit" not in answer.data, path


def test_the_live_stream_stays_whole(client: FlaskClient, hostile: DeskApp) -> None:
    answer = client.get("/api/v1/live", buffered=False)
    frame = next(iter(answer.response)).decode()
    lines = frame.rstrip("\n").split("\n")
    assert [line.partition(":")[0] for line in lines] == ["id", "event", "data"]
    assert json.loads(lines[2].partition(":")[2])["network"] == hostile.network.id
    answer.close()


@pytest.mark.parametrize("odd", ["\u202egpj.exe", "A\nB", "A\tB", "A\0", "\x1b[2J", "A\x85B", "A\u2028B", "\u2066A"])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_code_that_reads_other_than_it_is_is_refused(odd: str, escaped: bool) -> None:
    event = {
        "specversion": "1.0", "id": "1", "source": "/one/main", "type": "ticket.issued",
        "time": "2026-11-23T05:00:00Z", "data": {"ticket": odd, "service": "estate"},
    }  # fmt: skip
    found = accept(json.dumps(event, ensure_ascii=escaped).encode(), NETWORK, "one", MONDAY_10)
    assert isinstance(found, Refusal)
    assert found.member == "data.ticket"
    assert "control characters" in found.expected
    assert found.reason().isprintable()


def test_letters_marks_and_dashes_of_our_languages_are_codes() -> None:
    for code in ("Ә–12 «Қ»", "А—7", "Ұ…", "№ 5", "10 °C"):
        event = {
            "specversion": "1.0", "id": "1", "source": "/one/main", "type": "ticket.issued",
            "time": "2026-11-23T05:00:00Z", "data": {"ticket": code, "service": "estate"},
        }  # fmt: skip
        assert not isinstance(
            accept(json.dumps(event, ensure_ascii=False).encode(), NETWORK, "one", MONDAY_10), Refusal
        )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_a_line_of_the_log_stays_one_line(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before, kept = structlog.get_config(), stream()
    monkeypatch.setattr("sys.stderr", kept)
    try:
        logs.configure()
        structlog.get_logger().warning("refused", who='x\n{"event": "audit"}\r\x1b[2J\u2028y', path=SCRIPT)
    finally:
        structlog.configure(**before)
    assert len(kept.getvalue().splitlines()) == 1
    assert "\x1b[2J" not in kept.getvalue()
