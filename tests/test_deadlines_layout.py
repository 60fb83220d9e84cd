"""The deadlines page as pure functions: its counts are the picture's, and every count leads to as many documents."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from dash.development.base_component import Component
from msgspec import structs
from shown_network import NETWORK, NOW, states
from test_layouts import CATALOGUES, having, prop, text

from dashboard import picture
from dashboard.counts import DAY_MS, AgencyCounts, DocumentCounts
from dashboard.deadlines import Hold, late_from, risk_from
from dashboard.forecast import DAYS, Ahead, Forecast
from dashboard.i18n import LANGUAGES
from dashboard.papers import NUMBER_OF, Paper, Wanted, oldest_first, papers
from dashboard.state import Application
from layouts import deadlines, deadlines_document, deadlines_forecast, deadlines_history, deadlines_words
from layouts.asked import Asked, read_asked
from layouts.deadlines_history import Days, Parties
from layouts.deadlines_list import SHOWN
from layouts.tiles import raw
from layouts.view import View

DAY = 86_400.0
TODAY = NETWORK.local.day(NOW)
BUSY = "atyrau-1"
SERVICE = NETWORK.services[0].id


def document(
    due: int, *, took: float | None = None, agency: str = "", back: bool = False, branch: str = "main"
) -> Application:
    """Accepted ten days before its due day at 10:30, with an agency from the second day, perhaps to the fourth."""
    accepted = NOW + (due - TODAY - 10) * DAY
    done = None if took is None else accepted + took * DAY
    holds = [Hold(agency, accepted + 2 * DAY, accepted + 4 * DAY if back else None)] if agency else []
    late, risk = late_from(due, NETWORK), risk_from(due, NETWORK)
    return Application(
        branch=branch,
        service=SERVICE,
        accepted=accepted,
        due=due,
        late=late,
        risk=risk,
        ready=done,
        done=done,
        holds=holds,
    )


STATES = states()
STATES[BUSY].applications |= {
    "late-at-agency": document(TODAY - 3, agency="cadastre"),
    "late-back": document(TODAY - 6, agency="cadastre", back=True, branch="hall-2"),
    "late-at-centre": document(TODAY - 2, branch="hall-2"),
    "was-late": document(TODAY - 4, took=12.5, agency="justice", back=True),
    "due-soon": document(TODAY + 1, agency="justice"),
    "due-today": document(TODAY),
    "in-time": document(TODAY + 9),
}
CENTRES = [picture.rebuilt_centre(each, NETWORK, None, NOW) for each in STATES.values()]
PICTURE: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(picture.rebuilt(STATES, CENTRES, NETWORK, NOW)))
(SILENT,) = (each["id"] for each in PICTURE["centres"] if each["state"] == "silent")
PAPERS = [
    paper
    for centre in PICTURE["centres"]
    if centre["state"] != "planned"
    for paper in papers(centre["id"], STATES[centre["id"]].applications, NETWORK, NOW)
]


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(**query: str) -> Asked:
    return read_asked("/deadlines", query, NETWORK.local, NOW, default="month")


def now(language: str = "ru", rows: Sequence[Paper] = PAPERS, **query: str) -> Component:
    from dash import html

    return html.Div(deadlines.now(view(language), asked(**query), PICTURE, rows, NOW))


def listed(page: Component) -> list[str]:
    return [prop(each, "data-document") for each in having(page, "data-document")]


def counts(page: Component, part: str) -> dict[str, dict[str, str]]:
    """Key of a row to its counts by group."""
    (found,) = having(page, "data-part", part)
    return {
        prop(row, "data-key"): {
            prop(cell, "data-group"): prop(cell, "data-value") for cell in having(row, "data-group")
        }
        for row in having(found, "data-key")
    }


def problems(page: Component) -> list[str]:
    return [text(each) for each in having(page, "className", "problem")]


# --- Now


def test_the_numbers_are_the_pictures_and_lead_to_their_documents() -> None:
    page = now()
    totals = PICTURE["totals"]["sla"]
    shown = {prop(each, "data-number"): prop(each, "data-value") for each in having(page, "data-number")}
    assert shown == {
        "sla.overdue": str(totals["overdue"]),
        "sla.at_risk": str(totals["at_risk"]),
        "sla.breached_7d": str(totals["breached_7d"]),
        "sla.on_time_30d": raw(totals["on_time_30d"]),
    }
    links = {prop(each, "href") for each in having(page, "className", "number-link")}
    assert {"/deadlines?group=late", "/deadlines?group=soon", "/deadlines?group=breached"} <= links
    assert [prop(each, "data-value") for each in having(page, "data-metric", "sla")] == [str(totals["overdue"])]


@pytest.mark.parametrize("part", ["of", "holder", "stage", "service"])
@pytest.mark.parametrize("group", list(NUMBER_OF))
def test_every_breakdown_adds_up_to_the_number(part: str, group: Any) -> None:
    found = counts(now(), part)
    member = NUMBER_OF[group].partition(".")[2]
    assert sum(int(row[group]) for row in found.values()) == PICTURE["totals"]["sla"][member]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"group": "soon"},
        {"of": BUSY},
        {"of": f"{BUSY}/hall-2", "group": "breached"},
        {"holder": "cadastre", "stage": "agency"},
        {"service": SERVICE, "group": "breached"},
    ],
)
def test_every_count_is_a_link_to_as_many_documents(query: dict[str, str]) -> None:
    for link in having(now(**query), "className", "number-link"):
        href = prop(link, "href")
        if text(link).isdigit() and href.startswith("/deadlines?"):
            again = now(**dict(parse_qsl(urlsplit(href).query)))
            assert len(listed(again)) == int(text(link)), href


def test_a_centres_numbers_are_its_own_and_its_branches_stand_under_it() -> None:
    page = now(of=BUSY)
    sla = next(each for each in PICTURE["centres"] if each["id"] == BUSY)["sla"]
    (shown,) = having(page, "data-metric", "sla")
    assert prop(shown, "data-value") == str(sla["overdue"])
    assert len(listed(page)) == sla["overdue"]
    rows = list(counts(page, "of"))
    assert rows[rows.index(BUSY) + 1 :][:2] == [f"{BUSY}/main", f"{BUSY}/hall-2"]
    branch = next(each for each in PICTURE["centres"] if each["id"] == BUSY)["branches"][1]
    assert len(listed(now(of=f"{BUSY}/hall-2"))) == branch["sla"]["overdue"] == 2


def test_what_has_no_list_here_leads_to_the_rows_behind_it_of_the_same_place() -> None:
    links = {prop(each, "href") for each in having(now(of=f"{BUSY}/hall-2"), "className", "number-link")}
    assert f"/deadlines?of={BUSY}/hall-2&number=sla.on_time_30d" in links


def test_the_oldest_is_first_and_says_where_since_when_and_whose_delay_it_is() -> None:
    page = now(of=BUSY)
    assert listed(page) == [f"a-{BUSY}", "late-back", "late-at-agency", "late-at-centre"]
    (row,) = having(page, "data-document", "late-at-agency")
    for said in ("3 дн.", "Центр по недвижимости", "с 12 нояб.", "10 нояб.", "20 нояб."):
        assert said.replace(" нояб", "\u00a0нояб") in text(row) or said in text(row)
    assert "/deadlines?document=late-at-agency" in [prop(each, "href") for each in having(row, "href")]


def test_what_is_due_soon_says_how_much_time_is_left() -> None:
    page = now(group="soon")
    assert listed(page) == ["due-today", "due-soon"]
    assert "сегодня последний день" in text(having(page, "data-document", "due-today")[0])
    assert "1 рабочий день" in text(having(page, "data-document", "due-soon")[0])
    assert "Чья задержка" not in text(having(page, "className", "card documents")[0])


def test_what_was_late_and_is_finished_says_how_it_ended() -> None:
    (row,) = having(now(group="breached"), "data-document", "was-late")
    assert "готов" in text(row)
    assert "Департамент юстиции" not in text(row)[: text(row).index("готов")]


def test_only_the_first_fifty_are_listed_and_a_link_leads_to_all() -> None:
    many = {f"D{place:03}": document(TODAY - 3) for place in range(SHOWN + 7)}
    rows = papers(BUSY, many, NETWORK, NOW)
    page = now(rows=rows)
    assert listed(page) == sorted(many)[:SHOWN]
    (note,) = having(page, "className", "note all")
    assert "Показаны первые 50 из 57." in text(note)
    assert [prop(each, "href") for each in having(note, "href")] == ["/deadlines?number=sla.overdue"]


def test_a_filter_can_be_taken_off() -> None:
    page = now(of=f"{BUSY}/hall-2", holder="centre", group="breached")
    chips = {text(each): prop(each, "href") for each in having(page, "className", "chip")}
    assert {name.rstrip("×"): href for name, href in chips.items()} == {
        "Атырау № 1, Зал № 2": "/deadlines?holder=centre&group=breached",
        "у кого: центр": f"/deadlines?of={BUSY}/hall-2&group=breached",
    }
    rows = having(having(page, "data-part", "holder")[0], "className", "chosen")
    assert [prop(each, "data-key") for each in rows] == ["centre"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["of", "service", "stage", "holder", "group"])
def test_a_filter_that_names_nothing_is_told_of_and_left_out(name: str, language: str) -> None:
    page = now(language, **{name: "<b>x</b>"})
    assert len(problems(page)) == 1
    assert "<b>x</b>" in problems(page)[0]
    assert listed(page) == listed(now())


def test_a_silent_centre_is_marked_with_the_time_of_its_data() -> None:
    (part,) = having(now(), "data-part", "of")
    (row,) = having(part, "data-key", SILENT)
    assert "нет связи с 10:18" in text(row)
    (live,) = having(part, "data-key", BUSY)
    assert "нет связи" not in text(live)
    alone = now(of=SILENT)
    assert having(alone, "className", "four old")
    assert "нет связи с 10:18" in text(having(alone, "className", "deadlines-headline")[0])


def test_what_is_not_known_is_a_dash_and_planned_centres_are_left_out() -> None:
    unheard = msgspec.json.decode(msgspec.json.encode(PICTURE))
    for centre in unheard["centres"]:
        if centre["id"] == BUSY:
            centre["sla"] = dict.fromkeys(centre["sla"])
    rows = [each for each in PAPERS if each.centre != BUSY]
    from dash import html

    page = html.Div(deadlines.now(view(), asked(), unheard, rows, NOW))
    (part,) = having(page, "data-part", "of")
    (row,) = having(part, "data-key", BUSY)
    assert [text(each) for each in having(row, "data-group")] == ["—", "—", "—"]
    planned = {each["id"] for each in PICTURE["centres"] if each["state"] == "planned"}
    assert planned
    assert not planned & set(counts(page, "of"))


def test_nothing_late_is_said_plainly() -> None:
    page = now(rows=[])
    assert "Таких документов нет." in text(having(page, "className", "card documents")[0])


# --- One document


def one(application: Application, at: float = NOW, language: str = "ru", **query: str) -> Component:
    from dash import html

    found = deadlines_document.document(view(language), asked(document="D", **query), BUSY, application, at)
    return html.Div(found)


@pytest.mark.parametrize(
    ("application", "said", "mark"),
    [
        (document(TODAY - 3), "Просрочен на 3 дня", "act"),
        (document(TODAY), "Срок истекает сегодня", "watch"),
        (document(TODAY + 9), "В пределах срока: осталось 7 рабочих дней", "ok"),
        (document(TODAY - 3, took=6.0), "Готов 16 ноября, в срок", "ok"),
        (document(TODAY - 3, took=12.0), "Готов 22 ноября, с опозданием на 2 дня", "ok"),
        (
            structs.replace(document(TODAY - 3, took=6.0), ready=None, stopped=NOW - 7 * DAY, stopped_as="rejected"),
            "Отказ 16 ноября, в срок",
            "ok",
        ),
    ],
)
def test_how_a_document_stands_is_said_in_a_sentence(application: Application, said: str, mark: str) -> None:
    (line,) = having(one(application), "className", "document-state")
    assert (text(line), prop(line, "data-mark")) == (said, mark)


def test_a_documents_days_are_told_by_party_and_the_delay_is_given_to_one() -> None:
    page = one(document(TODAY - 3, agency="cadastre"))
    rows = {prop(each, "data-party"): text(each) for each in having(page, "data-party")}
    assert list(rows) == ["centre", "cadastre"]
    assert "11,0 дн." in rows["cadastre"]
    assert "задержка за ним" in rows["cadastre"]
    assert "задержка за ним" not in rows["centre"]
    assert "Чья задержкаЦентр по недвижимости" in text(having(page, "className", "card document")[0])


def test_what_happened_to_a_document_is_told_in_order() -> None:
    page = one(document(TODAY - 3, took=12.0, agency="cadastre", back=True))
    (course,) = having(page, "className", "course")
    assert [text(each) for each in prop(course, "children")] == [
        "10 ноября, 10:30принят",
        "12 ноября, 10:30отправлен: Центр по недвижимости",
        "14 ноября, 10:30возвращён: Центр по недвижимости",
        "21 ноября, 00:00срок истёк",
        "22 ноября, 10:30готов",
    ]


def test_the_timeline_shows_each_partys_stays_cut_where_the_document_became_late() -> None:
    page = one(document(TODAY - 3, agency="cadastre"))
    (graph,) = having(page, "id", "document-timeline")
    bars = [each for each in prop(graph, "figure")["data"] if each["type"] == "bar"]
    days = {each["name"]: [round(length / 86_400_000, 2) for length in each["x"]] for each in bars}
    assert days == {"в пределах срока": [2.0, 8.56], "после срока": [2.44]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_that_nobody_knows_gets_a_clear_sentence(language: str) -> None:
    from dash import html

    for query in ({}, {"at": "2026-11-20T10:00"}):
        page = html.Div(deadlines_document.unknown(view(language), asked(document="<b>X</b>", **query)))
        assert "<b>X</b>" in text(page)
        assert any("/search?" in prop(each, "href") for each in having(page, "href"))


def test_the_title_and_the_way_back_name_the_document() -> None:
    there = asked(document="D-1", period="week")
    assert deadlines.title(view(), there) == "Документ D-1"
    assert deadlines.crumbs(view(), there)[1:] == [("Сроки", "/deadlines?period=week"), ("D-1", None)]


# --- The period

PARTIES = {
    "centre": AgencyCounts(documents=40, used_ms=80 * DAY_MS, over_ms=10 * DAY_MS, late=3),
    "cadastre": AgencyCounts(documents=20, used_ms=90 * DAY_MS, over_ms=30 * DAY_MS, late=9),
}


def parties(period: Any = PARTIES, before: Any = None, **query: str) -> dict[str, str]:
    found = deadlines_history.parties(view(), asked(**query), Parties(PAPERS, period, before, NOW))
    return {prop(each, "data-party"): text(each) for each in having(found, "data-party")}


def test_each_party_is_shown_with_what_it_holds_and_its_part_in_the_delays() -> None:
    found = deadlines_history.parties(view(), asked(), Parties(PAPERS, PARTIES, None, NOW))
    held = {prop(each, "data-party"): int(prop(each, "data-held")) for each in having(found, "data-party")}
    assert sum(held.values()) == PICTURE["totals"]["sla"]["open"]
    assert held["cadastre"] == 1
    rows = parties()
    assert list(rows)[:2] == ["centre", "cadastre"]
    assert rows["cadastre"].endswith("20" + "4,5" + "30" + "9" + "75\u00a0%")
    assert rows["centre"].startswith("центры")


def test_the_period_before_stands_beside_it_when_it_is_compared() -> None:
    before = {"cadastre": AgencyCounts(documents=10, used_ms=30 * DAY_MS, over_ms=0, late=1)}
    rows = parties(before=before, compare="before")
    assert rows["cadastre"].endswith("9было 1" + "75\u00a0%" + "было 100\u00a0%")
    assert "было 0" in rows["centre"]


def test_it_is_said_that_the_period_is_the_whole_centres_when_a_branch_is_asked_for() -> None:
    for wanted, said in ((Wanted(BUSY, "main"), True), (Wanted(BUSY), False), (Wanted(), False)):
        found = deadlines_history.parties(view(), asked(), Parties(PAPERS, PARTIES, None, NOW, wanted))
        assert ("по всему центру" in text(found)) is said
        assert ("центры" in text(having(found, "data-party", "centre")[0])) is (wanted.centre is None)


def test_without_late_documents_there_are_no_shares_of_them() -> None:
    rows = parties({"centre": AgencyCounts(documents=4, used_ms=DAY_MS)})
    assert rows["centre"].endswith("0" + "—")


def finished(*per_bin: tuple[int, int], late: int = 0) -> DocumentCounts:
    found = [0] * 22
    for place, count in per_bin:
        found[place] = count
    total = sum(found)
    return DocumentCounts(finished=total, ready=total, on_time=total - late, late=late, bins=tuple(found))


def test_the_days_are_told_in_words_too_with_the_tail_of_over_a_year() -> None:
    taken = finished((4, 90), (21, 10), late=10)
    section = deadlines_history.days(view(), asked(), Days(taken, None, {TODAY: taken}))
    said = text(section)
    assert "Завершено 100 документов." in said
    assert "В срок: 90\u00a0%." in said
    assert "10 документов заняли больше года." in said
    (figure,) = having(section, "id", "deadlines-days")
    bars = [each for each in prop(figure, "figure")["data"] if each["type"] == "bar"]
    assert sum(sum(each["y"]) for each in bars) == 100


def test_the_tail_is_shown_as_far_as_documents_reach_and_at_least_past_the_promise() -> None:
    section = deadlines_history.days(view(), asked(), Days(finished((0, 5)), None, {}))
    (figure,) = having(section, "id", "deadlines-days")
    assert prop(figure, "figure")["layout"]["xaxis"]["range"][1] < 11


def test_a_period_without_documents_says_so() -> None:
    section = deadlines_history.days(view(), asked(), Days(DocumentCounts(), None, {}))
    assert "За этот период не завершён ни один документ." in text(section)


# --- The forecast

MADE = Forecast(
    at=NOW,
    decided=900,
    days=tuple(Ahead(TODAY + place, 20 * place, 2.0 * place, 0.5, place, 4 * place) for place in range(1, DAYS + 1)),
    whole=Ahead(TODAY + DAYS, 560, 56.0, 3.5, 50, 68),
)
EARLIER = structs.replace(
    MADE,
    at=NOW - DAYS * DAY,
    days=tuple(structs.replace(each, day=each.day - DAYS) for each in MADE.days),
)


def forecast(
    ahead: Forecast | None = MADE,
    back: Forecast | None = EARLIER,
    came: int = 60,
    language: str = "ru",
    has_past: bool = True,
) -> Component:
    late = dict.fromkeys((each.day for each in EARLIER.days), 0) | {TODAY: came}
    return deadlines_forecast.forecast(view(language), ahead, back, late, has_past=has_past)


def test_the_forecast_is_a_sentence_with_its_interval() -> None:
    said = text(having(forecast(), "data-forecast", "ahead")[0])
    assert "Завтра просроченными станут 2,5 (1–4) док., за 7 дней — 60 (50–68)." in said


@pytest.mark.parametrize(
    ("came", "verdict"), [(60, "в пределах прогноза"), (49, "меньше, чем в прогнозе"), (69, "больше, чем в прогнозе")]
)
def test_last_weeks_forecast_is_held_to_what_came(came: int, verdict: str) -> None:
    (card,) = having(forecast(came=came), "data-forecast", "back")
    assert f"Ожидалось 60 (50–68), стало {came}: {verdict}." in text(card)
    rows = [text(each) for each in having(card, "data-day")]
    assert len(rows) == DAYS
    assert rows[-1].endswith(f"7–28{came}")


def test_with_too_little_data_no_number_is_given() -> None:
    page = forecast(ahead=None, back=None)
    for card in having(page, "className", "card"):
        assert "Слишком мало данных" in text(card)
        assert not having(card, "figure")


def test_a_history_that_is_too_short_is_told_of() -> None:
    (card,) = having(forecast(back=None, has_past=False), "data-forecast", "back")
    assert "История пока короче недели." in text(card)


# --- All of it


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_unfilled_or_untranslated(language: str) -> None:
    taken = finished((4, 90), (21, 1), late=1)
    pages = [
        now(language),
        now(language, group="soon", of=BUSY),
        now(language, group="breached", holder="finished"),
        one(document(TODAY - 3, took=12.0, agency="cadastre", back=True), language=language),
        deadlines_history.parties(view(language), asked(compare="before"), Parties(PAPERS, PARTIES, PARTIES, NOW)),
        deadlines_history.days(view(language), asked(compare="before"), Days(taken, taken, {TODAY: taken})),
        forecast(language=language),
    ]
    for page in pages:
        assert "{" not in text(page)
        if language != "en":
            words = {"the", "of", "late", "days", "documents", "overdue"}
            assert not words & set(text(page).lower().split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", deadlines_words.STAGE_WORDS)
def test_every_stage_has_a_name(stage: str, language: str) -> None:
    assert deadlines_words.stage(view(language), stage)


def test_a_day_of_another_year_says_its_year() -> None:
    assert deadlines_words.day(view(), TODAY - 400, TODAY).endswith(" 2025")
    assert deadlines_words.short_day(view(), TODAY, TODAY) == "23\u00a0нояб."


def test_rows_without_the_group_that_is_asked_for_are_not_listed() -> None:
    for group in NUMBER_OF:
        assert listed(now(group=group)) == [each.code for each in oldest_first(PAPERS, group)]
