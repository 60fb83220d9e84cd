"""The frame of the pages one sits before, as pure functions."""

from typing import Any

import pytest
from dash import html
from shown_network import NETWORK, NOW, snapshot
from test_layouts import CATALOGUES, having, prop, text

from dashboard.i18n import LANGUAGES
from dashboard.metrics import METRICS
from layouts import desk, metric_words, numbers
from layouts.asked import Asked, read_asked
from layouts.view import View

SNAPSHOT = snapshot()


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(**query: str) -> Asked:
    return read_asked("/centre/atyrau-1", query, NETWORK.local, NOW, centre="atyrau-1")


def drawn(language: str = "ru", shown: dict[str, Any] | None = SNAPSHOT, **query: str) -> html.Div:
    return desk.desk(
        view(language),
        asked(**query),
        page="centre",
        title="Атырау № 1",
        crumbs=[("Экран", "/wall"), ("Атырау № 1", None)],
        now=[],
        history=[],
        panel=None,
        snapshot=shown,
    )


def test_a_fresh_picture_is_live_and_says_which_it_is() -> None:
    page = drawn()
    assert (prop(page, "data-live"), prop(page, "data-version"), prop(page, "data-at")) == (
        "live",
        "100",
        SNAPSHOT["at"],
    )


def test_the_past_is_never_live_and_is_marked_in_words_with_the_way_back() -> None:
    page = drawn(at="2026-11-20T10:30")
    assert prop(page, "data-live") == "stale"
    (band,) = list(having(page, "className", "past-band"))
    assert "Прошлое: пятница, 20 ноября, 10:30" in text(band)
    assert [prop(each, "href") for each in having(band, "href")] == ["/centre/atyrau-1"]


def test_before_there_is_a_picture_nothing_is_claimed() -> None:
    page = drawn(shown=None)
    assert (prop(page, "data-live"), prop(page, "data-version")) == ("stale", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", desk.PROBLEM_WORDS)
def test_every_problem_has_a_sentence_with_the_value_that_was_wrong(kind: str, language: str) -> None:
    (line,) = desk.problem_lines(view(language), [(kind, "<b>2026</b>")])
    assert "{" not in text(line)
    assert kind == "no_data" or "<b>2026</b>" in text(line)


def test_a_wrong_address_is_told_of_on_the_page() -> None:
    assert "«вчера» — не момент времени" in text(drawn(at="вчера"))


def test_the_period_links_keep_the_thread_and_mark_the_current_one() -> None:
    page = drawn(at="2026-11-20T10:30", period="week", compare="before")
    (bar,) = having(page, "className", "period")
    links = {text(each): prop(each, "href") for each in having(bar, "href")}
    assert links["30 дней"] == "/centre/atyrau-1?at=2026-11-20T10:30&period=month&compare=before"
    assert links["сравнить с предыдущим периодом"] == "/centre/atyrau-1?at=2026-11-20T10:30&period=week"
    assert text(having(bar, "className", "current")[0]) == "7 дней"
    assert "14 ноября – 20 ноября в сравнении с 7 ноября – 13 ноября" in text(bar)


def test_the_switch_of_language_keeps_what_was_asked_for() -> None:
    page = drawn(at="2026-11-20T10:30", number="sla.overdue")
    (kazakh,) = list(having(page, "hrefLang", "kk"))
    assert prop(kazakh, "href") == "/centre/atyrau-1?at=2026-11-20T10:30&number=sla.overdue&lang=kk"


def test_the_four_numbers_are_the_snapshots_and_open_their_rows() -> None:
    centre = SNAPSHOT["centres"][0]
    block = numbers.four(view(), asked(), centre, "atyrau-1")
    assert {prop(each, "data-metric"): prop(each, "data-value") for each in having(block, "data-metric")} == {
        "queue": "128",
        "load": repr(centre["load"]["occupancy"]),
        "turnover": repr(centre["turnover"]["rate_12m"]),
        "sla": "1",
    }
    assert prop(having(block, "href")[0], "href") == "/centre/atyrau-1?number=queue.waiting"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [each.key for each in METRICS])
def test_every_metric_has_a_name_and_is_written_in_every_language(key: str, language: str) -> None:
    assert metric_words.label(view(language), key)
    assert metric_words.value_text(view(language), key, None) == "—"


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("queue.waiting", 0, "0"),
        ("queue.longest_wait_s", 1310.2, "21 мин"),
        ("queue.within_norm", 0.914, "91\u00a0%"),
        ("load.waiting_per_window", 2.25, "2,2"),
        ("turnover.annualised", True, "да"),
        ("turnover.reasons", {"pay": 5, "other": 2}, "7"),
        ("sla.oldest_overdue_days", 12, "12 дн."),
        ("turnover.vacancies", -2, "−2"),
    ],
)
def test_a_value_is_written_with_its_unit(key: str, value: Any, written: str) -> None:
    assert metric_words.value_text(view(), key, value) == written
