"""Words, numbers and times in three languages."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.plural import to_python
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calendars import LocalTime
from dashboard.i18n import LANGUAGES, LOCALES, Catalogue

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "message": None, "ngettext": (1, 2), "plural_forms": (1, 2)}
CATALOGUES = {language: Catalogue(language) for language in LANGUAGES}


def po(language: str) -> Catalog:
    """All files of a language; a message that stands in two of them is a mistake."""
    whole = Catalog(locale=language)
    for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            for each in read_po(source, locale=language):
                if each.id:
                    assert each.id not in whole, f"{path.name}: {each.id!r} stands in another file too"
                    whole.add(each.id, each.string, flags=each.flags)
    return whole


def used() -> set[str]:
    """Message ids that the code uses, found as Babel's extraction finds them."""
    folders = [ROOT / name for name in ("layouts", "callbacks", "dashboard")]
    rows = [row for folder in folders for row in extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS)]
    return {row[2] if isinstance(row[2], str) else row[2][0] for row in rows}


def ids(language: str) -> set[str]:
    return {each.id if isinstance(each.id, str) else each.id[0] for each in po(language) if each.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_message_that_the_code_uses_and_no_other(language: str) -> None:
    assert ids(language) == used()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_fuzzy_or_empty(language: str) -> None:
    for each in po(language):
        if each.id:
            texts = each.string if isinstance(each.string, tuple) else (each.string,)
            assert all(texts), each.id
            assert not each.fuzzy, each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(language: str) -> None:
    for each in po(language):
        wanted = each.id if isinstance(each.id, str) else each.id[1]
        for text in each.string if isinstance(each.string, tuple) else (each.string,):
            if each.id:
                assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", wanted)), each.id


@given(st.integers(0, 10**6), st.sampled_from(LANGUAGES))
def test_the_scripts_table_of_plurals_says_what_the_catalogue_says(count: int, language: str) -> None:
    catalogue = CATALOGUES[language]
    table = catalogue.for_script()["plurals"]
    assert int(table[count if count < 200 else 100 + count % 100]) == catalogue.plural_index(count)


@given(st.integers(0, 10**6))
def test_russian_plurals_are_those_of_cldr(count: int) -> None:
    rule = to_python(CATALOGUES["ru"].locale.plural_form)
    assert ("one", "few", "many")[CATALOGUES["ru"].plural_index(count)] == rule(count)


@given(st.integers(0, 10**9), st.sampled_from(LANGUAGES))
def test_a_number_can_be_read_back(count: int, language: str) -> None:
    assert int(re.sub(r"\D", "", CATALOGUES[language].number(count))) == count


def test_numbers_and_shares_are_written_as_each_language_writes_them() -> None:
    written = {language: (each.number(1234567), each.percent(0.855)) for language, each in CATALOGUES.items()}
    assert written == {
        "ru": ("1\u00a0234\u00a0567", "86\u00a0%"),
        "kk": ("1\u00a0234\u00a0567", "86%"),
        "en": ("1,234,567", "86%"),
    }


def test_what_is_unknown_is_a_dash_and_never_a_zero() -> None:
    catalogue = CATALOGUES["ru"]
    assert {catalogue.number(None), catalogue.percent(None), catalogue.duration(None)} == {"—"}


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 мин"),
        (59, "0 мин"),
        (60, "1 мин"),
        (5999, "99 мин"),
        (6000, "1 ч"),
        (172_799, "47 ч"),
        (172_800, "2 дн."),
    ],
)
def test_a_duration_is_rounded_down_to_a_unit_that_suits_it(seconds: float, written: str) -> None:
    assert CATALOGUES["ru"].duration(seconds) == written


def test_times_and_dates_are_the_networks_own() -> None:
    local = LocalTime("Asia/Atyrau")
    moment = 1_795_460_400.0  # 2026-11-23 19:00 UTC is midnight in Atyrau
    day = {language: each.long_date(each.day_of(moment, local)) for language, each in CATALOGUES.items()}
    assert CATALOGUES["ru"].time(moment, local) == "00:00"
    assert day == {
        "ru": "вторник, 24 ноября",
        "kk": "24 қараша, сейсенбі",
        "en": "Tuesday, 24 November",
    }


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="ru, kk, en"):
        Catalogue("de")
