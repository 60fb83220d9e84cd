"""When the weekly deck goes, and to whom: days, and the file of recipients."""

from datetime import date, datetime
from pathlib import Path

import pytest
from msgspec import structs
from week_samples import NETWORK

from dashboard.week_post import posting
from data_sources import deck_recipients
from data_sources.notify import RecipientError

ROW = 'name = "Akimat"\nurl = "mailto://mail.test?from=decks@oblast.test&to=akimat@oblast.test"\n'


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=NETWORK.local.zone).timestamp()


@pytest.mark.parametrize(
    ("now", "week", "day"),
    [
        ("2026-11-23 00:00", "2026-W47", "2026-11-27"),
        ("2026-11-27 09:00", "2026-W47", "2026-11-27"),
        ("2026-11-29 23:59", "2026-W47", "2026-11-27"),  # over the weekend it still goes to whom it did not go
        ("2026-11-30 00:00", "2026-W48", "2026-12-04"),
        ("2026-12-31 12:00", "2026-W52", "2026-12-31"),  # the Friday is New Year
        ("2026-05-01 12:00", "2026-W17", "2026-04-30"),  # Friday, the holiday of unity
        ("2024-03-20 12:00", "2024-W11", "2024-03-20"),  # Nauryz, Thursday to Monday
    ],
)
def test_the_last_week_that_is_over_goes_on_friday_or_the_working_day_before(now: str, week: str, day: str) -> None:
    found = posting(NETWORK, at(now))
    assert (found.week.label, date.fromordinal(found.day)) == (week, date.fromisoformat(day))
    assert found.due(NETWORK, 9 * 3600.0) == at(f"{day} 09:00")


def test_where_nobody_works_from_monday_on_it_goes_on_friday_all_the_same() -> None:
    weekend = structs.replace(NETWORK, working_week=(5, 6), holidays="")
    assert date.fromordinal(posting(weekend, at("2026-11-25 12:00")).day) == date(2026, 11, 27)


def load(folder: Path, text: str) -> tuple[deck_recipients.DeckRecipient, ...]:
    (folder / deck_recipients.FILE).write_text(text)
    return deck_recipients.load(folder, NETWORK)


def test_a_row_says_only_who_and_the_rest_is_usual(tmp_path: Path) -> None:
    assert deck_recipients.load(tmp_path, NETWORK) == ()
    (short,) = load(tmp_path, f"[[decks]]\n{ROW}")
    assert (short.centre, short.language, short.formats, short.at_s) == ("", "ru", ("pptx",), 9 * 3600.0)
    more = 'centre = "makat"\nlanguage = "kk"\nformats = ["xlsx", "pdf"]\nat = "16:30"\n'
    (full,) = load(tmp_path, f"[[decks]]\n{ROW}{more}")
    assert (full.centre, full.language, full.formats, full.at_s) == ("makat", "kk", ("pdf", "xlsx"), 16.5 * 3600)
    (later,) = load(tmp_path, f"[[decks]]\n{ROW}{more.replace('16:30', '08:00')}")
    assert later.id == full.id != short.id  # another time is no other recipient: nothing goes twice
    ids = [
        load(tmp_path, f'[[decks]]\nname = "X"\nurl = "mailto://{who}@mail.test"\n')[0].id
        for who in ("a:1", "a:2", "b:1")
    ]
    assert ids[0] == ids[1] != ids[2]  # nor is another password


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f'[[decks]]\n{ROW}centre = "nowhere"\n', 4, "no such centre"),
        (f'[[decks]]\n{ROW}language = "de"\n', 4, "one of ru, kk, en"),
        (f'[[decks]]\n{ROW}formats = ["odp"]\n', 4, "pptx, pdf, xlsx"),
        (f"[[decks]]\n{ROW}formats = []\n", 4, "pptx, pdf, xlsx"),
        (f'[[decks]]\n{ROW}formats = ["pdf", "pdf"]\n', 4, "a format twice"),
        (f'[[decks]]\n{ROW}at = "25:00"\n', 4, "a time of day"),
        (f'[[decks]]\n{ROW}role = "akim"\n', 4, "unknown member"),
        ('[[decks]]\nname = "X"\nurl = "nonsense://secret-token"\n', 3, "not an address that apprise knows"),
        ('[[decks]]\nname = "X"\nurl = "no address, secret"\n', 3, "an address of apprise"),
        ('[[decks]]\nname = "X"\nurl = "mailto://user:secret@mail.test\n', 3, "not valid TOML"),
        (f"[[decks]]\n{ROW}[[decks]]\n{ROW}", 6, "the same address, centre and language as on line 1"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_without_the_address(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(RecipientError, match=rf"decks\.toml:{line}: ") as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_address_that_takes_no_files_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RecipientError, match="takes no files"):
        load(tmp_path, '[[decks]]\nname = "X"\nurl = "clickatell://12345abcde/+77011234567"\n')
