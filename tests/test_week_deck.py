"""The weekly deck: every number on it is the report's, in the page, PPTX, PDF and XLSX alike, in three languages."""

import io
import re
from functools import cache
from html import unescape

import openpyxl
import pytest
from msgspec import structs
from pptx import Presentation
from pypdf import PdfReader
from week_samples import INJECTED, NETWORK, NOW, WEEK, facts, sample_deck, sample_report, view

from callbacks import week_command
from dashboard.deck import Deck, Slide
from dashboard.i18n import LANGUAGES
from dashboard.week import NUMBERS, Week, report
from dashboard.week_chance import Change
from dashboard.week_meeting import Closing, Code, followed, must_answer, next_number, read_code
from data_sources.decks import KINDS
from data_sources.decks.xlsx import texts
from layouts import week, week_deck, week_words

deck = cache(sample_deck)


@cache
def written(ending: str, language: str) -> bytes:
    return KINDS[ending].write(deck(language))


def squeezed(text: str) -> str:
    """Without spaces and line ends, which each kind of file sets in its own way."""
    return re.sub(r"\s+", "", text)


def words_of(slide: Slide) -> list[str]:
    """Everything that stands on a slide."""
    found = [slide.title, slide.lead, *(each.text for each in slide.lines)]
    for card in slide.cards:
        found += [card.label, card.text, card.sentence if slide.kind == "centre" else card.word]
    if slide.table:
        found += [each.text for each in slide.table.columns]
        found += [cell for row in slide.table.rows for cell in row.cells]
        found.append(slide.table.more)
    return [each for each in found if each]


# the deck against the report


def test_the_slides_are_the_centres_in_the_order_of_the_report() -> None:
    found, of = sample_report(), deck("en")
    operating = [each.facts.id for each in found.centres if each.facts.is_operating]
    assert [each.id for each in of.slides if each.kind == "centre"] == operating
    assert of.slides[0].id == "title"
    assert [each.id for each in of.slides[-6:]] == [
        "agencies",
        "complaints",
        "followed",
        "promises",
        "rollout",
        "decisions",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_has_the_numbers_of_the_report(language: str) -> None:
    found, of = sample_report(), deck(language)
    places = {each.facts.id: each for each in found.centres} | {"title": found.network}
    shown = [each for each in of.slides if each.cards]
    assert len(shown) == 1 + sum(each.facts.is_operating for each in found.centres)
    for slide in shown:
        for card, number in zip(slide.cards, places[slide.id].numbers, strict=True):
            assert (card.key, card.value) == (number.key, number.value)
            assert number.value is not None
            assert read_share(card.text) == pytest.approx(number.value, abs=0.00501)
            shares = [read_share(each) for each in re.findall(r"[\d.,]+[\u00a0 ]?%", card.sentence)]
            assert shares[0] == pytest.approx(number.value, abs=0.00501)
            assert shares[1] == pytest.approx(number.before, abs=0.00501)
            assert card.series[:-1] == number.earlier


def read_share(text: str) -> float:
    return float(text.replace("\u00a0", "").replace(" ", "").replace("%", "").replace(",", ".")) / 100


def test_intervals_are_said_in_points_with_their_signs() -> None:
    found = sample_report()
    for place in found.centres:
        for number in place.numbers:
            said = week_words.sentence(view("en"), number)
            change = number.change
            if number.key == "turnover" or change.low is None or change.high is None:
                continue
            low, high = re.findall(r"[+−]?[\d.]+(?= to | points)", said)
            assert float(low.replace("−", "-")) == pytest.approx(change.low * 100, abs=0.501)
            assert float(high.replace("−", "-")) == pytest.approx(change.high * 100, abs=0.501)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("worse", "Worse by more than chance (−25 to −9 points)."), ("too_few", "Too few to say whether it changed.")],
)
def test_a_sentence_says_its_verdict_with_the_numbers(verdict: str, said: str) -> None:
    number = structs.replace(
        sample_report().centres[0].number("queue"),
        value=0.71,
        before=0.88,
        change=Change(verdict, -0.17, -0.25, -0.09),  # type: ignore[arg-type]
    )
    assert week_words.sentence(view("en"), number) == f"Called within 20 min: 71%, the week before 88%. {said}"


def test_an_end_beside_none_is_not_said_to_be_none() -> None:
    said = [week_words.points(view("en"), each) for each in (-0.25, -0.003, -0.0003, 0.0, 0.004, 0.006)]
    assert said == ["−25", "−0.3", "−0.03", "0", "+0.4", "+1"]


def test_nearly_all_is_not_said_to_be_all() -> None:
    assert [week_words.share(view("en"), each) for each in (0.0, 0.002, 0.5, 0.998, 1.0, None)] == [
        "0%",
        "0.2%",
        "50%",
        "99.8%",
        "100%",
        "—",
    ]


def test_minutes_add_up_to_the_agenda() -> None:
    of = deck("en")
    table = of.slides[0].table
    assert table is not None
    *parts, whole = [int(row.cells[1]) for row in table.rows]
    assert sum(parts) == whole == of.minutes
    answering = [each for each in sample_report().centres if must_answer(each)]
    assert table.rows[1].cells[0].startswith(f"{len(answering)} ")


@pytest.mark.parametrize(
    ("is_over", "closing", "said"),
    [
        (False, None, "not over yet"),
        (True, None, "Not closed yet"),
        (True, Closing(1, NOW, "a"), "do not change any more"),
        (True, Closing(2, NOW, "a", "a feed came late"), "revision 2. It was reopened: a feed came late"),
    ],
)
def test_the_deck_says_whether_its_numbers_can_change(is_over: bool, closing: Closing | None, said: str) -> None:
    found = report(structs.replace(facts(), is_over=is_over), NETWORK)
    assert said in week_deck.deck(view("en"), found, closing=closing).state


def test_a_directors_deck_is_of_one_centre() -> None:
    from data_sources.kept_weeks import narrow_facts

    whole = facts()
    own = whole.centres[0].id
    found = report(narrow_facts(whole, own), NETWORK)
    of = week_deck.deck(view("en"), found, own=own)
    assert [each.id for each in of.slides] == [own, "followed", "promises", "decisions"]
    others = [view("en").name(each.id) for each in whole.centres[1:]]
    said = repr(of)
    assert not any(each in said for each in others)


# decisions


def test_codes_of_directives_are_read_back_and_others_are_none() -> None:
    code = Code(Week(2026, 7), "atyrau-1", "queue", 3)
    assert code.text == "D-2026W07-atyrau-1-queue-3"
    assert read_code(code.text) == code
    others = ("D-2026W60-a-queue-1", "D-2026W07-a-hall-1", "makat-o0001", "D-2026W07--queue-1", "")
    assert [read_code(each) for each in others] == [None] * 5
    codes = [code.text, "D-2026W07-atyrau-1-load-9", "D-2026W08-atyrau-1-queue-5"]
    assert next_number(codes, code.week, "atyrau-1", "queue") == 4
    assert next_number([], code.week, "atyrau-1", "queue") == 1


def test_what_the_last_meeting_decided_is_shown_with_its_number_then_and_now() -> None:
    found = sample_report()
    moved = followed(found)
    assert len(moved) == 3
    slide = next(each for each in deck("en").slides if each.id == "followed")
    assert slide.table is not None
    for row, each in zip(slide.table.rows, moved, strict=True):
        assert view("en").name(each.promise.centre) in row.cells[0]
        shares = [read_share(text) for text in re.findall(r"[\d.]+%", row.cells[2])]
        assert shares == pytest.approx([each.number.before, each.number.value], abs=0.00501)


# the same in every kind of file


@pytest.mark.parametrize("language", LANGUAGES)
def test_pptx_says_what_the_deck_says_with_native_charts_tables_and_notes(language: str) -> None:
    show, of = Presentation(io.BytesIO(written("pptx", language))), deck(language)
    assert len(show.slides) == len(of.slides)
    for page, slide in zip(show.slides, of.slides, strict=True):
        said = "".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)
        tables = [shape.table for shape in page.shapes if shape.has_table]
        said += "".join(cell.text for table in tables for row in table.rows for cell in row.cells)
        for words in words_of(slide):
            assert squeezed(words) in squeezed(said), (slide.id, words)
        assert page.shapes.title.text_frame.text.endswith(slide.title)
        assert page.notes_slide.notes_text_frame.text == "\n".join(slide.notes)
        charts = [shape.chart for shape in page.shapes if shape.has_chart]
        assert [tuple(each.plots[0].series[0].values) for each in charts] == (
            [each.series for each in slide.cards] if slide.kind == "centre" else []
        )
        assert len(tables) == (slide.table is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_has_a_page_for_each_slide_and_all_of_its_words(language: str) -> None:
    reader, of = PdfReader(io.BytesIO(written("pdf", language))), deck(language)
    assert len(reader.pages) == len(of.slides)
    for page, slide in zip(reader.pages, of.slides, strict=True):
        assert [float(each) for each in page.mediabox[2:]] == [1280.0, 720.0]
        said = squeezed(page.extract_text())
        for words in words_of(slide):
            assert squeezed(words) in said, (slide.id, words)
        fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
        assert {each.get_object()["/BaseFont"].split("+")[1].split("-")[0] for each in fonts} == {"GolosText"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_xlsx_has_the_unrounded_numbers_and_the_sentences(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", language)))
    found, of = sample_report(), deck(language)
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    wanted = [(place, number) for place in (found.network, *found.centres) for number in place.numbers]
    assert len(rows) == len(wanted) == 17 * len(NUMBERS)
    for row, (_place, number) in zip(rows, wanted, strict=True):
        assert row[2:4] == pytest.approx((number.value, number.before))
        assert row[5] == number.whole
        assert row[6:9] == pytest.approx((number.change.change, number.change.low, number.change.high))
        assert row[-9:-1] == pytest.approx(number.earlier)
    said = [row[1] for row in book.worksheets[-1].iter_rows(min_row=2, values_only=True)]
    assert said == [each for slide in of.slides for each in texts(slide)]


def test_a_directives_text_is_neither_formula_nor_markup_anywhere() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", "en")))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert INJECTED in [cell.value for cell in cells]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    html = week.render(view("en"), deck("en"), endings=[], may_decide=False, week=WEEK)
    assert "<b>tag" not in html
    assert "&lt;b&gt;tag" in html
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(written("pdf", "en"))).pages)
    assert squeezed("#strong[bold] <b>tag</b>") in squeezed(said)


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_nothing_is_left_in_english(language: str) -> None:
    """But codes, and what somebody wrote."""
    of = deck(language)
    said = [words for slide in of.slides for words in (*words_of(slide), *slide.notes)]
    said += [heading.text for sheet in of.tables for heading in sheet.headings] + [of.state, of.title]
    said += list(week.words(view(language)).values())
    free = re.compile(r"D-2026W\d\d-[\w-]+|old-\w+|atyrau-1-000136|/oversight|2026-W\d\d|=HYPERLINK.*")
    assert [each for each in said if re.search("[A-Za-z]{3,}", free.sub("", each))] == []


def test_the_command_prints_the_same_deck() -> None:
    said = week_command.text(deck("en"))
    for slide in deck("en").slides:
        for words in words_of(slide):
            assert words in said or slide.kind == "title"


def test_a_week_of_nothing_is_a_deck_of_dashes(tmp_path: object) -> None:
    """Unknown is never 0: of a centre without a ticket or a document every number is a dash, in every file."""
    from dashboard.counts import Counts, DocumentCounts
    from dashboard.week import EARLIER, End, PlaceFacts, WeekFacts

    none = WeekFacts(Counts(), DocumentCounts())
    place = PlaceFacts("kulsary", True, none, (none,) * EARLIER, End({}), End({}))
    empty = structs.replace(
        facts(), centres=(place,), network=structs.replace(place, id=""), promises=(), longest=None, opened=1
    )
    of = week_deck.deck(view("en"), report(empty, NETWORK))
    assert {card.text for slide in of.slides for card in slide.cards} == {"—"}
    for kind in KINDS.values():
        assert kind.write(of)
    assert week.render(view("en"), of, endings=[], may_decide=False, week=WEEK).count("<polyline") <= 4


def test_the_page_shows_the_same_words() -> None:
    language = "kk"
    of: Deck = deck(language)
    html = week.render(view(language), of, endings=["pdf"], may_decide=True, week=WEEK)
    said = squeezed(unescape(re.sub(r"<[^>]+>", "", html)))
    for slide in of.slides:
        for words in words_of(slide):
            assert squeezed(words) in said
