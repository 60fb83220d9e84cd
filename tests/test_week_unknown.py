"""A week that is not known: the deck says so, never "none", and it cannot be closed. With real services and files."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from desk_app import BUSY, DAY, PLANNED, RURAL, SILENT, SINGLE, DeskApp
from flask.testing import FlaskClient
from msgspec import structs
from pptx import Presentation
from pypdf import PdfReader
from sqlalchemy import select
from week_samples import NETWORK, WEEK, facts, view

from callbacks import create_app
from dashboard.counts import Counts, DocumentCounts
from dashboard.deck import Deck
from dashboard.i18n import LANGUAGES
from dashboard.week import NetworkFacts, PlaceFacts, Unknown, Week, WeekFacts, report
from data_sources import history_tables as t
from data_sources.decks import KINDS
from data_sources.kept_weeks import KeptWeeks, WeekError
from data_sources.recompute import make_anew
from layouts import week_deck, week_words

HTML = {"Accept": "text/html"}
SAID = "Not known yet: the sums of the past are being made anew."
NONE = ("No document was", "No waits", "No window was open", "Nothing got", "No centre must", "0 complaints", "Too few")
"""What is said where there was none, or too few: never of what is not known."""


def not_known(week: WeekFacts, why: Unknown) -> WeekFacts:
    return structs.replace(week, tickets=Counts(), documents=DocumentCounts(), complaints={}, unknown=why)


def place_unknown(place: PlaceFacts, why: Unknown) -> PlaceFacts:
    earlier = tuple(not_known(each, why) if why == "making" else each for each in place.earlier)
    return structs.replace(place, week=not_known(place.week, why), earlier=earlier, parties={})


def facts_unknown(why: Unknown) -> NetworkFacts:
    whole = facts()
    centres = tuple(place_unknown(each, why) for each in whole.centres)
    return structs.replace(whole, network=place_unknown(whole.network, why), centres=centres)


def deck_of(found: NetworkFacts, language: str) -> Deck:
    return week_deck.deck(view(language), report(found, NETWORK))


@pytest.fixture(scope="module")
def client(desk_app: DeskApp) -> FlaskClient:
    server = create_app(desk_app.services).server
    server.config["WTF_CSRF_ENABLED"] = False
    found: FlaskClient = server.test_client()
    found.set_cookie("lang", "en")
    return found


@pytest.fixture
def outdated(desk_app: DeskApp) -> Iterator[None]:
    """As after an upgrade: the sums of one centre are of an older version until a worker has made them anew."""
    services = desk_app.services
    of_one = t.POSITIONS.update().where(t.POSITIONS.c.centre == RURAL)
    with services.engine.begin() as connection:
        connection.execute(of_one.values(rollups=t.ROLLUPS_VERSION - 1))
    yield
    make_anew(services.history, services.network, [RURAL])


# what the deck says


@pytest.mark.parametrize("why", ["making", "lacking"])
def test_no_slide_says_none_of_what_is_not_known(why: Unknown) -> None:
    of = deck_of(facts_unknown(why), "en")
    sentence = week_words.why_unknown(view("en"), why)
    assert not of.is_known
    assert of.state == sentence
    cards = [card for slide in of.slides for card in slide.cards if card.key != "turnover"]
    assert {(card.text, card.sentence) for card in cards} == {("—", sentence)}
    slides = {each.id: each for each in of.slides}
    assert slides["agencies"].lead == slides["complaints"].lead == sentence
    assert slides["agencies"].table is None
    complaints = slides["complaints"].table
    assert complaints is not None
    assert {row.cells[1] for row in complaints.rows} == {"—"}
    said = [text for slide in of.slides for text in (slide.lead, *(each.text for each in slide.lines))]
    said += [card.sentence for card in cards]
    none = (*NONE, "No document is late") if why == "lacking" else NONE  # what is late now, the picture tells
    assert [each for each in said if any(words in each for words in none)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_says_so_in_every_language(language: str) -> None:
    of, sentence = deck_of(facts_unknown("making"), language), week_words.why_unknown(view(language), "making")
    show = Presentation(io.BytesIO(KINDS["pptx"].write(of)))
    words = ["".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame) for page in show.slides]
    assert all(sentence in each for each in words)
    pages = PdfReader(io.BytesIO(KINDS["pdf"].write(of))).pages
    assert all("".join(sentence.split()) in "".join(each.extract_text().split()) for each in pages)
    book = openpyxl.load_workbook(io.BytesIO(KINDS["xlsx"].write(of)))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {row[2] for place in range(0, len(rows), 4) for row in (rows[place], rows[place + 1])} == {None}
    complaints = list(book.worksheets[2].iter_rows(min_row=2, min_col=2, values_only=True))
    assert {cell for row in complaints for cell in row} == {None}
    assert book.worksheets[-1]["B1"].value == sentence


def test_who_left_is_known_while_sums_are_made_and_is_not_when_days_are_lacking() -> None:
    known, making, lacking = (report(each, NETWORK).network.number("turnover") for each in (
        facts(), facts_unknown("making"), facts_unknown("lacking")
    ))  # fmt: skip
    assert making == known
    assert (lacking.value, lacking.unknown, lacking.change.verdict) == (known.value, "lacking", "too_few")


def test_one_centre_that_is_not_known_is_named_and_the_others_go_on() -> None:
    whole = facts()
    one = place_unknown(whole.centres[2], "lacking")
    of = deck_of(structs.replace(whole, centres=(*whole.centres[:2], one, *whole.centres[3:])), "en")
    assert of.is_known
    standing = next(each for each in of.slides if each.id == "standing")
    (line,) = (each for each in standing.lines if each.text.startswith("Not known"))
    assert line.text == f"Not known, and not in the network's sums: {view('en').name(one.id)}."
    own = next(each for each in of.slides if each.id == one.id)
    assert {card.text for card in own.cards if card.key != "turnover"} == {"—"}
    assert "Complaints: not known." in own.lead
    assert own.mark != "ok"


# how it is found


def test_while_sums_are_made_anew_the_page_says_so_and_the_week_cannot_be_closed(
    client: FlaskClient, desk_app: DeskApp, outdated: None
) -> None:
    services = desk_app.services
    body = client.get(f"/week/{WEEK.label}", headers=HTML).text
    assert SAID in body
    assert 'data-known="false"' in body
    assert 'data-do="close-week"' not in body
    for number in (f"{RURAL}/queue", "network/queue", "network/load", "network/sla"):  # no sum of the others alone
        assert f'data-number="{number}">—<' in body
    assert "that must answer" not in body
    for slide in (RURAL, "agencies", "complaints"):
        said = body.partition(f'id="{slide}"')[2].partition("</section>")[0]
        assert SAID in said
        assert not any(none in said for none in NONE if none != "Too few"), slide
    answer = client.post(f"/week/{WEEK.label}/close")
    assert answer.status_code == 422
    assert "are not known yet: it cannot be closed" in answer.text
    assert services.weeks.steps(WEEK) == []
    # the centre whose sums are made keeps its numbers
    found = services.weeks.facts(WEEK)
    assert found is not None
    busy = next(each for each in found.centres if each.id == BUSY)
    assert (busy.week.unknown, busy.week.tickets.issued > 0) == ("", True)
    own = services.narrowed(BUSY).weeks.facts(WEEK)
    assert own is not None
    assert own.unknown == ""


def test_a_director_of_the_centre_is_told_the_same(desk_app: DeskApp, outdated: None) -> None:
    client = create_app(desk_app.services).server.test_client()
    client.set_cookie("look", f"director/{RURAL}")
    client.set_cookie("lang", "en")
    assert SAID in client.get(f"/week/{WEEK.label}", headers=HTML).text


def test_once_they_are_made_the_deck_is_what_it_was(desk_app: DeskApp) -> None:
    services = desk_app.services
    before = services.weeks.facts(WEEK)
    assert before is not None
    assert before.network.parties == services.rollups.agencies(WEEK.first, WEEK.last)
    with services.engine.begin() as connection:
        connection.execute(t.POSITIONS.update().values(rollups=0))
    between = services.weeks.facts(WEEK)
    make_anew(services.history, services.network, [each.id for each in services.network.centres])
    assert between is not None
    assert between.unknown == "making"
    assert all(each.unknown == "making" for each in (*between.network.earlier, between.network.week))
    assert services.weeks.facts(WEEK) == before


def test_a_week_before_history_or_only_in_part_after_its_start_is_not_known(desk_app: DeskApp) -> None:
    services = desk_app.services
    since = services.moments.since()
    assert since is not None
    first = next(week for week in map(WEEK.before, range(9)) if week.first <= services.network.local.day(since))
    for week in (first, first.before()):  # the simulated centres began in the middle of their first week
        found = services.weeks.facts(week)
        assert found is not None
        assert found.unknown == "lacking"
        assert {each.week.unknown for each in found.centres if each.is_operating} == {"lacking"}
        assert next(each for each in found.centres if each.id == PLANNED).week.unknown == ""
    found = services.weeks.facts(WEEK)
    assert found is not None
    assert found.unknown == ""
    back = (WEEK.first - first.first) // 7
    known = ["" if place > 8 - back else "lacking" for place in range(8)]
    assert [each.unknown for each in found.network.earlier] == known


def test_a_centre_that_was_not_heard_since_its_week_was_over_is_left_out(desk_app: DeskApp) -> None:
    services = desk_app.services
    position = t.POSITIONS.c
    of_one = position.centre == SINGLE
    with services.engine.begin() as connection:
        day = connection.execute(select(position.day).where(of_one)).scalar_one()
        connection.execute(t.POSITIONS.update().where(of_one).values(day=WEEK.first + 1))
    try:
        found = services.weeks.facts(WEEK)
    finally:
        with services.engine.begin() as connection:
            connection.execute(t.POSITIONS.update().where(of_one).values(day=day))
    assert found is not None
    weeks = {each.id: each.week for each in found.centres}
    assert {id_: week.unknown for id_, week in weeks.items() if week.unknown} == {SINGLE: "lacking"}
    known = [weeks[each].tickets.issued for each in (BUSY, RURAL, SILENT)]
    assert found.network.week.tickets.issued == sum(known) > 0
    whole = services.rollups.agencies(WEEK.first, WEEK.last)
    own = services.rollups.agencies(WEEK.first, WEEK.last, SINGLE)
    for party, counts in found.network.parties.items():
        without = own[party].documents if party in own else 0
        assert counts.documents == whole[party].documents - without
    assert own


class Asked:
    def __init__(self, found: NetworkFacts) -> None:
        self.found = found

    def facts(self, week: Week) -> NetworkFacts:
        return self.found


def test_what_is_not_known_is_not_kept(desk_app: DeskApp) -> None:
    asked: Any = Asked(facts_unknown("lacking"))
    weeks = KeptWeeks(asked, desk_app.services.engine, desk_app.services.clock)
    with pytest.raises(WeekError, match="not known") as caught:
        weeks.freeze(WEEK.before(30), "presenter")
    assert caught.value.kind == "not_known"
    assert weeks.steps(WEEK.before(30)) == []


def test_an_old_document_that_is_told_of_today_makes_no_week_known_before_history_began(desk_app: DeskApp) -> None:
    services = desk_app.services
    before = {centre: held.first for centre, held in services.rollups.held().items()}
    old = {"application": "still-open-then", "service": services.network.services[0].id}
    desk_app.send(f"/{SINGLE}/main", "application.accepted", ago=300 * DAY, **old)
    desk_app.send(f"/{SINGLE}/main", "application.ready", ago=290 * DAY, application="still-open-then")
    assert {centre: held.first for centre, held in services.rollups.held().items()} == before
