"""The staff page as pure functions: the numbers are the snapshot's, and beside each rate stands what it is made of."""

import re
from typing import Any

import pytest
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st
from shown_network import NETWORK, NOW, snapshot, states
from test_layouts import CATALOGUES, having, prop, text

from dashboard.i18n import LANGUAGES
from dashboard.metrics import METRIC_BY_KEY
from dashboard.staff_statistics import Correlation, Interval, Share, Survival
from dashboard.staffing import Staffing, centre_staffing, headcounts, months, network_staffing, rates
from layouts import staff, staff_history, staff_table, staff_words
from layouts.asked import Asked, read_asked
from layouts.staff_history import Past
from layouts.tiles import raw
from layouts.view import View

SNAPSHOT = snapshot()
STATES = states()
CLOCKS = {"": NOW} | dict.fromkeys(STATES, NOW)
WHOLE = network_staffing(STATES, NETWORK, CLOCKS)
PLANNED = next(each["id"] for each in SNAPSHOT["centres"] if each["state"] == "planned")
SILENT = next(each["id"] for each in SNAPSHOT["centres"] if each["state"] == "silent")
BUSY = SNAPSHOT["centres"][0]["id"]
NOTHING = Survival(0, 0, 0, 0, (), (), None, {6: None, 12: None})


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(**query: str) -> Asked:
    return read_asked("/staff", query, NETWORK.local, NOW, default="year")


def drawn(language: str = "ru", staffing: Staffing | None = WHOLE, **query: str) -> list[Component]:
    return staff.now(view(language), asked(**query), SNAPSHOT, staffing)


def all_having(parts: list[Component], name: str, value: str | None = None) -> list[Component]:
    return [found for part in parts for found in having(part, name, value)]


def rows(parts: list[Component]) -> dict[str, Component]:
    return {prop(each, "data-staff"): each for each in all_having(parts, "data-staff")}


def numbers(part: Component) -> dict[str, str]:
    return {prop(each, "data-number"): prop(each, "data-value") for each in having(part, "data-number")}


def figures(key: str, place: dict[str, Any]) -> str:
    return str(raw(place["turnover"][METRIC_BY_KEY[key].member]))


def test_the_headline_is_the_snapshots_totals_to_the_last_digit() -> None:
    (head,) = all_having(drawn(), "className", "staff-headline")
    shown = numbers(head)
    assert set(shown) == {"turnover.headcount", "turnover.posts", "turnover.vacancies", "turnover.rate_12m"}
    assert shown == {key: figures(key, SNAPSHOT["totals"]) for key in shown}


def test_every_row_is_the_snapshots_centre_and_the_last_one_its_totals() -> None:
    shown = rows(drawn())
    places = {each["id"]: each for each in SNAPSHOT["centres"]} | {"network": SNAPSHOT["totals"]}
    assert set(shown) == set(places)
    for name, row in shown.items():
        if name not in STATES or places[name]["state"] != "planned":
            assert numbers(row) == {key: figures(key, places[name]) for key in numbers(row)}
            assert len(numbers(row)) == 6


def test_a_rate_has_its_counts_beside_it_in_every_row() -> None:
    row = rows(drawn())[BUSY]
    assert "1 из 11,9" in text(row)
    assert re.search(r"\d+–\d+", text(row)), "and the range that chance alone allows"


def test_the_range_of_a_small_team_is_a_plain_word_and_not_a_number() -> None:
    three = network_staffing(STATES, NETWORK, CLOCKS)
    team = next(each for each in three.parts if each.centre == BUSY)
    team.sample.joinings[:] = team.sample.joinings[:4]
    assert staff_words.interval_text(view(), team, None) == "слишком мало людей"
    assert staff_words.interval_text(view(), None, None) == "—"
    assert staff_words.interval_text(view("en"), team, Interval(0.11, 0.44)) == "11–44%"


def test_a_planned_centre_is_last_with_dashes_and_its_opening_day_and_no_links_to_rows() -> None:
    shown = rows(drawn(sort="-rate"))
    row = shown[PLANNED]
    assert numbers(row) == {}
    assert "откроется" in text(row)
    assert list(shown).index(PLANNED) > list(shown).index(BUSY)


def test_the_numbers_of_a_centre_out_of_contact_are_marked_as_old_with_their_time() -> None:
    assert "нет связи с 10:18" in text(rows(drawn())[SILENT])
    of = drawn(of=SILENT, staffing=centre_staffing(STATES[SILENT], NETWORK, NOW))
    assert all_having(of, "className", "four old")
    assert "нет связи с 10:18" in text(all_having(of, "className", "note old-note")[0])


def test_a_page_narrowed_to_a_centre_shows_its_branches_and_its_own_numbers() -> None:
    centre = SNAPSHOT["centres"][0]
    of = drawn(of=BUSY, staffing=centre_staffing(STATES[BUSY], NETWORK, NOW))
    assert set(rows(of)) == {f"{BUSY}/{each['id']}" for each in centre["branches"]} | {BUSY}
    (head,) = all_having(of, "className", "staff-headline")
    assert numbers(head) == {key: figures(key, centre) for key in numbers(head)}
    assert staff.title(view(), asked(of=BUSY)).startswith("Персонал: ")
    assert [href for _name, href in staff.crumbs(view(), asked(of=BUSY, at="2026-11-20T10:30"))] == [
        "/wall?at=2026-11-20T10:30",
        "/staff?at=2026-11-20T10:30",
        None,
    ]


def test_a_planned_centre_has_a_page_of_its_own_with_nothing_known() -> None:
    of = drawn(of=PLANNED, staffing=None)
    assert {value for row in rows(of).values() for value in numbers(row).values()} == set()
    (head,) = all_having(of, "className", "staff-headline")
    assert set(numbers(head).values()) == {""}


def test_a_number_of_a_row_opens_its_people() -> None:
    links = [prop(each, "href") for each in having(rows(drawn(period="week"))[BUSY], "href")]
    assert f"/staff?period=week&number=turnover.left_12m&of={BUSY}" in links
    assert f"/staff?period=week&of={BUSY}" in links


def test_a_wrong_place_and_a_wrong_order_are_told_of_and_the_whole_is_shown() -> None:
    wrong = drawn(of="<b>nowhere", sort="height")
    told = [text(each) for each in all_having(wrong, "role", "alert")]
    assert told == [
        "В этой сети нет центра «<b>nowhere».",
        "По «height» сортировать нельзя: таблица отсортирована по текучести.",
    ]
    assert "network" in rows(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", staff_table.SORTS)
def test_every_heading_sorts_and_sorts_the_other_way_when_asked_again(key: str, language: str) -> None:
    first = key if key == "name" else f"-{key}"
    other = f"-{key}" if key == "name" else key
    for sort, direction, turned in (
        (first, "ascending" if key == "name" else "descending", other),
        (other, "descending" if key == "name" else "ascending", first),
    ):
        (current,) = all_having(drawn(language, sort=sort), "aria-sort")
        assert prop(current, "aria-sort") == direction
        assert prop(having(current, "href")[0], "href") == f"/staff?sort={turned}"


PLACES = st.lists(st.none() | st.integers(-3, 3), max_size=8)


@given(PLACES, st.booleans())
def test_rows_are_sorted_with_the_unknown_last_whichever_way(values: list[int | None], down: bool) -> None:
    places = [
        staff_table.Place(str(n), None, str(n), {"posts": value}, None, "ok", "") for n, value in enumerate(values)
    ]
    order = [each.figures["posts"] for each in staff_table.in_order(places, "-posts" if down else "posts")]
    known = [each for each in order if each is not None]
    assert known == sorted(known, reverse=down)
    assert order == known + [None] * (len(order) - len(known))


def test_moves_are_told_of_so_that_nobody_wonders_about_the_sum() -> None:
    moved = network_staffing(STATES, NETWORK, CLOCKS)
    moved.parts[0].moved_out = 2
    assert "Перешли из центра в центр: 2" in text(drawn(staffing=moved))
    assert "Перешли" not in text(drawn())


@pytest.mark.parametrize(
    ("sample", "annualised", "rate", "said"),
    [(100, True, 0.2, "в пересчёте на год по 100 дн."), (20, True, None, "история 20 дн.: слишком мало")],
)
def test_less_than_a_year_of_history_is_said(sample: int, annualised: bool, rate: float | None, said: str) -> None:
    team = network_staffing(STATES, NETWORK, CLOCKS).whole
    team.sample.since = NOW - sample * 86_400
    figures_ = {"annualised": annualised, "rate_12m": rate}
    assert staff_words.history_text(view(), team, figures_) == said


def test_leavers_that_are_told_of_for_less_than_a_year_are_said_to_be() -> None:
    team = network_staffing(STATES, NETWORK, CLOCKS).whole
    team.told_since = NOW - 100 * 86_400
    said = staff_words.history_text(view(), team, {"annualised": False, "rate_12m": 0.1})
    assert said == "увольнения известны лишь с 15 августа"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "found",
    [
        Correlation(7, None, None),
        Correlation(12, None, None),
        Correlation(18, 0.12, 0.63),
        Correlation(18, 0.61, 0.008),
        Correlation(18, -0.61, 0.008),
    ],
)
def test_what_the_dots_say_is_said_in_words(found: Correlation, language: str) -> None:
    said = staff_words.correlation_text(view(language), found)
    assert said
    assert "{" not in said


def test_a_correlation_is_called_a_link_only_when_chance_seldom_gives_it_and_never_a_cause() -> None:
    assert "Связи не видно" in staff_words.correlation_text(view(), Correlation(18, 0.4, 0.1))
    said = staff_words.correlation_text(view(), Correlation(18, 0.61, 0.008))
    assert said == (
        "Где выше нагрузка, там чаще уходят: ранговая корреляция Спирмена 0,61 (залов: 18), "
        "вероятность случайного совпадения меньше 1\u00a0%. Связь — ещё не причина."
    )
    assert "слишком мало" in staff_words.correlation_text(view(), Correlation(9, None, None))


def past(survival: Survival = NOTHING, **more: Any) -> Past:
    counted = headcounts(WHOLE.whole, NETWORK)
    found: dict[str, Any] = {
        "headcounts": counted,
        "posts": [None] * 13,
        "months": months(WHOLE.whole, NETWORK),
        "rates": [("Вся сеть", None, rates(WHOLE.whole, NETWORK))],
        "reasons": SNAPSHOT["totals"]["turnover"]["reasons"],
        "survival": survival,
        "points": [("Атырау № 1", 0.8, 0.2, 30, "/branch/atyrau-1/main"), ("Макат", None, 0.1, 8, None)],
        "correlation": Correlation(1, None, None),
        "load": "30",
    }
    return Past(**(found | more))


def card(part: str, of: Past, language: str = "ru", **query: str) -> Component:
    parts = staff_history.history(view(language), asked(**query), of)
    (found,) = all_having(parts, "data-part", part)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["posts", "flow", "rates", "reasons", "service", "load"])
def test_every_part_of_the_year_is_drawn_in_every_language_though_little_is_known(part: str, language: str) -> None:
    assert not re.search(r"[{}]", text(card(part, past(), language)))


def test_how_long_people_stay_is_said_with_what_it_stands_on() -> None:
    steps = ((0.0, 1.0, None, None), (5.0, 0.7, 0.5, 0.8), (11.0, 0.4, 0.2, 0.6))
    known = Survival(48, 14, 80, 2, steps, ((0.0, 48), (6.0, 20)), 11.0, {6: Share(0.3, 0.2, 0.5), 12: None})
    said = text(card("service", past(known)))
    assert "30\u00a0%20–50\u00a0%" in said
    assert "Половина уходит за11 мес." in said
    assert "всего 48, ушло 14" in said
    assert "80" in said
    assert "о ком не сообщили, когда они приняты: 2" in said
    assert "—слишком мало людей под наблюдением столько времени" in said


def test_without_leavers_there_is_no_curve_and_that_is_said() -> None:
    assert "Кривую строить не по чему" in text(card("service", past()))


def test_with_no_leaver_there_are_no_reasons_to_show() -> None:
    assert "Ушедших нет." in text(card("reasons", past(reasons={})))
    assert "Ушедших нет." in text(card("reasons", past(reasons=None)))


def test_a_branch_without_load_has_no_dot_and_is_named() -> None:
    assert "неизвестна: Макат." in text(card("load", past()))


def test_the_days_of_the_load_are_links_that_keep_the_thread() -> None:
    links = {text(each): each for each in having(card("load", past(), at="2026-11-20T10:30"), "href")}
    assert prop(links["91 день"], "href") == "/staff?at=2026-11-20T10:30&load=91"
    assert prop(links["30 дней"], "className") == "current"
    assert staff_history.load_window(asked(load="7")) == "30"


def test_no_name_of_a_person_and_no_staff_code_stands_on_the_page() -> None:
    """The codes stand in the rows behind a number only."""
    shown = text(drawn()) + text(staff_history.history(view(), asked(), past()))
    codes = [code for state in STATES.values() for code in state.staff]
    assert codes
    assert not [code for code in codes if code in shown]
