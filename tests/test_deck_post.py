"""The weekly deck comes by itself on Friday: real decks, a real mail server, senders that are killed."""

import io
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import redis
from alert_samples import RULES
from alert_servers import services_at, smtp_server
from click.testing import CliRunner
from deck_child import FRIDAY, ZONE, Counted, fence_of, post_at, step_as_child
from desk_app import BUSY, RURAL, DeskApp
from flask.testing import FlaskClient
from msgspec import structs
from pptx import Presentation
from pypdf import PdfReader
from sqlalchemy import Engine, select

from callbacks import create_app, week_mail
from dashboard.week import Week
from dashboard.week_post import Letter
from data_sources import alert_runner, deck_recipients
from data_sources import alert_tables as t
from data_sources import history_tables as h
from data_sources.alert_store import LEASE_S, AlertStore
from data_sources.deck_post import AGAIN_S, CLAIM_S, GIVE_UP_S, KEEP_S, DeckPost
from data_sources.history import LostLeaseError
from data_sources.notify import KEY_HEADER
from data_sources.outbox import FIRST_AGAIN_S, Delivery, Outbox
from data_sources.recompute import make_anew

SPAWN = multiprocessing.get_context("spawn")
WEEK = Week(2026, 47)
WAIT_S = 60.0


def local(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def recipients(folder: Path, address: str, *rows: str) -> None:
    """Rows of ``name language formats [centre]``; each has an address of its own at the server."""
    text = ""
    for row in rows:
        name, language, formats, *centre = row.split()
        text += f'[[decks]]\nname = "{name}"\nurl = "{address.replace("duty@", f"{name}@")}"\nlanguage = "{language}"\n'
        text += f"formats = {formats.split('+')}\n" + "".join(f'centre = "{each}"\n' for each in centre)
    (folder / deck_recipients.FILE).write_text(text)


def rows_of(engine: Engine, table: Any, *order: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(*order)))


def to(mail: EmailMessage) -> str:
    return str(mail["To"]).partition("@")[0].strip("<")


def files_of(mail: EmailMessage) -> dict[str, bytes]:
    return {str(each.get_filename()): each.get_payload(decode=True) for each in mail.iter_attachments()}  # type: ignore[misc]


def body_of(mail: EmailMessage) -> str:
    """Its text, whatever the mail is made of."""
    plain = next(each for each in mail.walk() if each.get_content_type() == "text/plain")
    return str(plain.get_content())  # type: ignore[attr-defined]


def words(name: str, content: bytes) -> list[Any]:
    """All that stands in a file, page by page."""
    if name.endswith(".pdf"):
        return [each.extract_text() for each in PdfReader(io.BytesIO(content)).pages]
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [[[cell.value for cell in row] for row in page.iter_rows()] for page in book.worksheets]
    pages = Presentation(io.BytesIO(content)).slides
    return [[shape.text_frame.text for shape in page.shapes if shape.has_text_frame] for page in pages]


# what comes


def test_on_friday_everybody_gets_what_the_page_gives_and_once(
    desk_app: DeskApp, tmp_path: Path, client: Callable[[str], FlaskClient]
) -> None:
    services = desk_app.services
    settings = structs.replace(services.settings, data_dir=tmp_path)
    of = SimpleNamespace(settings=settings, engine=services.engine, network=services.network)
    made = Counter[tuple[str, str]]()
    friday = services.network.local.at(WEEK.last + 5, 9 * 3600.0)

    def make(week: Week, language: str, centre: str) -> Letter | None:
        made[language, centre] += 1
        return week_mail.letter(services, week, language, centre)

    with smtp_server() as (address, mails):
        recipients(
            tmp_path,
            address,
            "akimat ru pptx+pdf+xlsx",
            "deputy ru pptx",
            "guest en pdf",
            f"director kk pptx+pdf {RURAL}",
        )
        fence = fence_of(services.engine, friday - 86_400)
        for early in (friday - 86_400, friday - 1):
            assert DeckPost(of, make).step(lambda early=early: early, fence) == 0
        assert DeckPost(of, make).step(lambda: friday, fence) == 4
        assert DeckPost(of, make).step(lambda: friday + 60, fence) == 0  # started anew, it knows
        post = DeckPost(of, make)
        assert post.outbox.send_due(post.send, lambda: friday + 60) == 4
        assert post.outbox.send_due(post.send, lambda: friday + 86_400) == 0
        AlertStore(services.engine).release(fence)
    assert made == {("ru", ""): 1, ("en", ""): 1, ("kk", RURAL): 1}
    assert {to(mail): sorted(files_of(mail)) for mail in mails} == {
        "akimat": ["atyrau-2026-W47-ru.pdf", "atyrau-2026-W47-ru.pptx", "atyrau-2026-W47-ru.xlsx"],
        "deputy": ["atyrau-2026-W47-ru.pptx"],
        "guest": ["atyrau-2026-W47-en.pdf"],
        "director": [f"atyrau-{RURAL}-2026-W47-kk.pdf", f"atyrau-{RURAL}-2026-W47-kk.pptx"],
    }
    for mail in mails:
        page = client(f"director/{RURAL}" if to(mail) == "director" else "deputy")
        for name, content in files_of(mail).items():
            language, ending = name.rpartition("-")[2].split(".")
            page.set_cookie("lang", language)
            assert words(name, content) == words(name, page.get(f"/week/{WEEK.label}/file.{ending}").data)
    director = next(body_of(mail) for mail in mails if to(mail) == "director")
    assert desk_app.network.centre_by_id[BUSY].names.get("kk") not in director
    assert f"№ deck/{WEEK.label}#" in director
    assert {str(mail[KEY_HEADER]) for mail in mails} == {
        each.key for each in rows_of(services.engine, t.DELIVERIES) if each.role == "deck"
    }
    newest = services.audit.read(limit=4, who="schedule")
    assert {(each.action, each.about["of"]) for each in newest} == {("export", WEEK.label)}


@pytest.fixture
def client(desk_app: DeskApp) -> Callable[[str], FlaskClient]:
    server = create_app(desk_app.services).server

    def look(role: str) -> FlaskClient:
        found: FlaskClient = server.test_client()
        found.set_cookie("look", role)
        return found

    return look


def test_a_week_that_is_not_known_yet_waits(desk_app: DeskApp, tmp_path: Path) -> None:
    """As after an upgrade: the sums of one centre are still to be made anew."""
    services = desk_app.services
    make = week_mail.maker(services)
    with services.engine.begin() as connection:
        of_one = h.POSITIONS.update().where(h.POSITIONS.c.centre == RURAL)
        connection.execute(of_one.values(rollups=h.ROLLUPS_VERSION - 1))
    try:
        assert [make(WEEK, "ru", each) for each in ("", RURAL)] == [None, None]
        assert make(WEEK, "ru", BUSY) is not None
    finally:
        make_anew(services.history, services.network, [RURAL])
    found = make(WEEK, "ru", "")
    assert found is not None
    assert found.deck.is_known
    assert make(WEEK.before(-5), "ru", "") is None


# once, whatever happens


def test_what_waits_goes_when_it_is_known_and_not_after_its_week(engine: Engine, tmp_path: Path) -> None:
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pptx", "director kk pptx one")
    make, fence = Counted(), fence_of(engine, FRIDAY)
    make.is_known = False
    post = post_at(engine, tmp_path, make)
    assert post.step(lambda: FRIDAY, fence) == 0
    assert post.step(lambda: FRIDAY + AGAIN_S - 1, fence) == 0
    assert set(make.asked.values()) == {1}
    assert rows_of(engine, t.DELIVERIES) == rows_of(engine, t.DECK_FILES) == []
    make.is_known = True
    sunday = local("2026-11-29 23:00")  # also for a machine that was off since Friday
    assert post.step(lambda: sunday, fence) == 2
    make.asked.clear()
    monday = local("2026-11-30 00:00")
    assert post.step(lambda: monday, fence) == 0
    assert make.asked == {}
    assert post.step(lambda: FRIDAY + 7 * 86_400, fence) == 2
    assert set(make.asked) == {("2026-W48", "ru", ""), ("2026-W48", "kk", "one")}


def test_a_recipient_who_comes_later_gets_it_and_the_others_not_again(lite: tuple[str, Engine], tmp_path: Path) -> None:
    _, engine = lite
    address = "json://127.0.0.1/duty@x"
    recipients(tmp_path, address, "akimat ru pptx")
    fence = fence_of(engine, FRIDAY)
    assert post_at(engine, tmp_path).step(lambda: FRIDAY, fence) == 1
    recipients(tmp_path, address, "akimat ru pdf", "deputy ru pptx")  # other formats are no other recipient
    assert post_at(engine, tmp_path).step(lambda: FRIDAY + 3600, fence) == 1
    assert [each.state for each in rows_of(engine, t.DELIVERIES)] == ["due", "due"]


def test_a_runner_that_lost_its_place_writes_nothing(engine: Engine, tmp_path: Path) -> None:
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pptx")
    first = fence_of(engine, FRIDAY)
    second = fence_of(engine, FRIDAY + LEASE_S + 1)
    with pytest.raises(LostLeaseError):
        post_at(engine, tmp_path).step(lambda: FRIDAY + LEASE_S + 2, first)
    assert rows_of(engine, t.DELIVERIES) == rows_of(engine, t.DECK_FILES) == []
    assert post_at(engine, tmp_path).step(lambda: FRIDAY + LEASE_S + 2, second) == 1


def test_a_deck_that_cannot_be_made_holds_up_no_other(lite: tuple[str, Engine], tmp_path: Path) -> None:
    _, engine = lite
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pdf", "director kk pdf one", "another ru pdf two")
    make, broken = Counted(), ["one"]

    def some(week: Week, language: str, centre: str) -> Letter | None:
        if centre in broken:
            raise ValueError(centre)
        return make(week, language, centre)

    fence = fence_of(engine, FRIDAY)
    assert post_at(engine, tmp_path, some).step(lambda: FRIDAY, fence) == 2
    broken.clear()
    assert post_at(engine, tmp_path, some).step(lambda: FRIDAY + 30, fence) == 1


def test_sent_by_hand_at_the_same_time_there_is_still_one(engine: Engine, tmp_path: Path) -> None:
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pptx")
    fence = fence_of(engine, FRIDAY)

    def slow(week: Week, language: str, centre: str) -> Letter | None:
        by_hand = post_at(engine, tmp_path)
        assert by_hand.write(week, by_hand.recipients(), lambda: FRIDAY, by="console:it") == 1
        return Counted()(week, language, centre)

    assert post_at(engine, tmp_path, slow).step(lambda: FRIDAY, fence) == 0
    assert len(rows_of(engine, t.DELIVERIES)) == 1
    assert post_at(engine, tmp_path).step(lambda: FRIDAY + 60, fence) == 0


@pytest.mark.parametrize(
    ("dies", "copies"),
    [("writing", [1, 1]), ("before sending", [1, 1]), ("while sending", [1, 2])],
)
def test_kill_9_loses_no_deck_and_multiplies_it_by_no_more_than_is_promised(
    lite: tuple[str, Engine], tmp_path: Path, dies: str, copies: list[int]
) -> None:
    url, engine = lite
    came, answer = threading.Event(), threading.Event()
    with smtp_server(came, answer) as (address, mails):
        recipients(tmp_path, address, "akimat ru pdf", "guest en pdf+pptx")
        child = SPAWN.Process(target=step_as_child, args=(url, str(tmp_path), FRIDAY, dies))
        child.start()
        if dies == "while sending":
            assert came.wait(WAIT_S)
            child.kill()
        child.join(WAIT_S)
        assert child.exitcode == -9
        answer.set()
        later = FRIDAY + CLAIM_S + 1
        post = post_at(engine, tmp_path)
        post.step(lambda: later, fence_of(engine, later))
        post.outbox.send_due(post.send, lambda: later)
        assert post.step(lambda: later, fence_of(engine, later + LEASE_S + 1)) == 0
        assert post.outbox.send_due(post.send, lambda: later + CLAIM_S) == 0
    assert sorted(Counter(map(to, mails)).values()) == copies
    assert len({str(mail[KEY_HEADER]) for mail in mails}) == 2
    assert [each.state for each in rows_of(engine, t.DELIVERIES)] == ["sent", "sent"]
    for who in ("akimat", "guest"):  # every copy is the same to the last byte, and can be opened
        first, *others = [files_of(mail) for mail in mails if to(mail) == who]
        assert all(each == first for each in others)
        assert [len(words(name, content)) > 1 for name, content in first.items()] == [True] * len(first)


def test_no_alarm_waits_behind_a_deck(lite: tuple[str, Engine], tmp_path: Path) -> None:
    _, engine = lite
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pdf")
    post, alarms = post_at(engine, tmp_path), Outbox(engine)
    post.step(lambda: FRIDAY, fence_of(engine, FRIDAY))
    with engine.begin() as connection:
        alarms.add(connection, [Delivery("alarm", "it", "x", "T", "B", FRIDAY + 1)])
    sent = list[str]()
    assert alarms.send_due(lambda delivery: sent.append(delivery.key) or "", lambda: FRIDAY + 2) == 1
    assert sent == ["alarm"]
    claim = post.outbox.claim(FRIDAY + 2)
    assert claim is not None
    assert claim.delivery.role == "deck"


def test_what_could_not_be_delivered_is_tried_over_the_weekend_with_its_files_kept_as_long(
    lite: tuple[str, Engine], tmp_path: Path
) -> None:
    _, engine = lite
    recipients(tmp_path, "json://127.0.0.1/duty@x", "akimat ru pdf")
    post, fence = post_at(engine, tmp_path), fence_of(engine, FRIDAY)
    post.step(lambda: FRIDAY, fence)
    assert post.outbox.send_due(lambda _: "the mail server is away", lambda: FRIDAY) == 1
    (row,) = rows_of(engine, t.DELIVERIES)
    assert (row.state, row.due) == ("due", FRIDAY + FIRST_AGAIN_S)
    last = FRIDAY + GIVE_UP_S
    assert post.outbox.send_due(lambda _: "the mail server is away", lambda: last - 1) == 1
    assert len(rows_of(engine, t.DECK_FILES)) == 1
    assert post.outbox.send_due(lambda _: "the mail server is away", lambda: last + 900) == 1
    assert [each.state for each in rows_of(engine, t.DELIVERIES)] == ["failed"]
    post.step(lambda: FRIDAY + KEEP_S + 1, fence)  # a Saturday: the next deck is there, and the file of the last is not
    assert [each.made for each in rows_of(engine, t.DECK_FILES)] == [FRIDAY + KEEP_S + 1]
    assert post.send(Delivery(row.key, "deck", row.recipient, "", "", FRIDAY, row.files)) == (
        "the files are no longer kept"
    )


# the whole


def test_the_alarms_runner_sends_it_and_stops_when_told(
    lite: tuple[str, Engine], tmp_path: Path, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, engine = lite
    monkeypatch.setattr(alert_runner, "rules_of", lambda _settings: RULES)
    came, stop = threading.Event(), threading.Event()
    with smtp_server(came) as (address, mails):
        recipients(tmp_path, address, "akimat kk pdf")
        services = services_at(engine, tmp_path)
        services.redis = valkey
        args = (services, stop, lambda: FRIDAY, Counted())
        runner = threading.Thread(target=alert_runner.run, args=args)
        runner.start()
        try:
            assert came.wait(WAIT_S)
        finally:
            stop.set()
        runner.join(WAIT_S)
        assert not runner.is_alive()
    (mail,) = mails
    assert list(files_of(mail)) == ["test-2026-W47-kk.pdf"]
    assert [each.state for each in rows_of(engine, t.DELIVERIES)] == ["sent"]


def test_by_hand_it_says_to_whom_what_would_go_and_then_sends_it(lite: tuple[str, Engine], tmp_path: Path) -> None:
    _, engine = lite
    services: Any = services_at(engine, tmp_path)
    services.clock = lambda: FRIDAY - 86_400
    make = Counted()
    post = DeckPost(services, make)

    def said(label: str | None, by: str = "") -> tuple[int, str]:
        runner = CliRunner()
        with runner.isolation() as streams:
            status = week_mail.run(services, post, label, by=by)
            return status, (streams[0].getvalue() + streams[1].getvalue()).decode()

    assert "nobody" in said(None)[1]
    with smtp_server() as (address, mails):
        recipients(tmp_path, address, "akimat ru pptx+pdf", "director kk pdf one")
        os.utime(tmp_path / deck_recipients.FILE, (1, 1))
        status, text = said(None)
        assert status == 0
        assert "akimat (the network, ru, pptx pdf): on 2026-11-27 09:00: “Title”, test-2026-W47-ru.pptx (" in text
        assert "director (one, kk, pdf)" in text
        assert "@" not in text  # an address may hold a password
        assert (mails, rows_of(engine, t.DELIVERIES)) == ([], [])
        make.is_known = False
        assert "once the week is known" in said(None)[1]
        status, text = said(None, by="console:it")
        assert (status, text.count("waits: the week is not known yet")) == (1, 2)
        make.is_known = True
        services.clock = lambda: FRIDAY - 80_000
        status, text = said(None, by="console:it")
        assert (status, text.count(": sent")) == (0, 2)
        assert sorted(map(to, mails)) == ["akimat", "director"]
    assert post.step(lambda: FRIDAY, fence_of(engine, FRIDAY)) == 0  # what went by hand does not go again
    assert said("2026-W48")[0] == said("2026-47")[0] == 1
