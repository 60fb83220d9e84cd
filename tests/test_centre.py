"""The centre page as pure functions: what it says of a snapshot's centre, its findings, its branches and its past."""

from typing import Any

import pytest
from dash.development.base_component import Component
from msgspec import structs
from shown_network import NETWORK, NOW, snapshot, states
from test_layouts import CATALOGUES, having, prop, text

from dashboard.addition import addition
from dashboard.centre_past import CentrePast, DayPast, mean_waits, week_map
from dashboard.counts import Counts, DocumentCounts
from dashboard.diagnosis import KINDS, diagnose
from dashboard.evidence import Finding, Kind
from dashboard.i18n import LANGUAGES
from dashboard.papers import papers
from dashboard.stages import by_stage
from layouts import centre_branches, centre_now, centre_past, centre_services, centre_words
from layouts.asked import Asked, read_asked
from layouts.view import View

SNAPSHOT = snapshot()
STATES = states()
CITY = SNAPSHOT["centres"][0]
DAY = NETWORK.local.day(NOW)


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(centre: str = "atyrau-1", **query: str) -> Asked:
    return read_asked(f"/centre/{centre}", query, NETWORK.local, NOW, centre=centre)


def in_state(state: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in SNAPSHOT["centres"] if each["state"] == state)
    return found


def hrefs(component: Component) -> list[str]:
    return [prop(each, "href") for each in having(component, "href")]


def test_the_top_says_the_level_what_it_comes_from_and_how_fresh_it_is() -> None:
    top = centre_now.top(view(), asked(), CITY)
    assert (prop(top, "data-state"), CITY["level"]) == ("live", "act")
    assert text(having(top, "className", "centre-words")[0]).startswith("нужны меры")
    assert "на связи" in text(top)
    assert {prop(each, "data-metric") for each in having(top, "data-metric")} == {"queue", "load", "turnover", "sla"}
    assert not having(top, "className", "four old")


def test_the_numbers_of_a_silent_centre_are_marked_as_old_with_their_time() -> None:
    silent = in_state("silent")
    top = centre_now.top(view(), asked(silent["id"]), silent)
    assert having(top, "className", "four old")
    assert "показаны на 10:18" in text(top)


def test_the_queue_and_load_of_a_closed_centre_are_as_of_when_it_was_heard() -> None:
    top = centre_now.top(view(), asked(), CITY | {"state": "closed"})
    assert having(top, "className", "four old")
    assert "Центр закрыт: очередь и нагрузка — на 10:30." in text(top)


def test_a_planned_centre_has_no_numbers_and_nothing_to_do() -> None:
    planned = in_state("planned")
    assert not having(centre_now.top(view(), asked(planned["id"]), planned), "data-metric")
    assert "ещё не открыт" in text(centre_now.findings(view(), asked(planned["id"]), planned, []))


FACTS: dict[str, Any] = {
    "waiting": 14,
    "longest_s": 2280.0,
    "open": 3,
    "closed": 2,
    "load": 0.97,
    "other_waiting": 1,
    "other_open": 2,
    "these": 9,
    "age_s": 3000.0,
    "usual_s": 900.0,
    "late": 3,
    "documents": 5,
    "beyond": 2,
    "oldest_days": 11,
    "allowance_days": 6.0,
    "unsent": 1,
    "due": DAY + 1,
    "value": 0.6,
}


def finding(kind: Kind) -> Finding:
    return Finding(
        kind,
        "act",
        branch=None if kind in centre_now.DOCUMENTS + centre_now.FEED + ("level",) else "main",
        other="hall-2",
        window="3",
        operator="op-7",
        service=NETWORK.services[0].id,
        agency="cadastre",
        ticket="B12",
        metric="queue.within_norm" if kind == "level" else "",
        since=NOW - 3000,
        values=FACTS,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_is_said_with_its_action_and_leads_somewhere(kind: Kind, language: str) -> None:
    section = centre_now.findings(view(language), asked(), CITY, [finding(kind)])
    (item,) = having(section, "data-finding", kind)
    what, do = (text(having(item, "className", name)[0]) for name in ("finding-what", "finding-do"))
    assert len(what) > 20
    assert do[:1].isupper() or do[:1].isdigit()
    assert "{" not in what + do
    assert len(hrefs(item)) == 1


def test_a_finding_is_said_as_a_director_would_say_it() -> None:
    closed = finding("closed_window")
    said = text(centre_now.findings(view(), asked(), CITY, [closed]))
    assert "Главный зал: окно 3 закрыто с 09:40; ждут 14 человек, дольше всего — 38 мин" in said
    assert centre_words.do(view(), "atyrau-1", closed) == "Откройте окно 3"
    assert centre_words.do(view(), "atyrau-1", finding("overdue_agency")) == "Позвоните: Центр по недвижимости"


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("long_wait", f"/branch/atyrau-1/main?ticket=B12&issued={NOW - 3000:.3f}"),
        ("closed_window", f"/branch/atyrau-1/main?window=3&service={NETWORK.services[0].id}"),
        ("overdue_agency", "/deadlines?of=atyrau-1&holder=cadastre&group=late"),
        ("due_unsent", "/deadlines?of=atyrau-1&stage=accepted&group=soon"),
        ("level", "/centre/atyrau-1?number=queue.within_norm"),
        ("silent", "/feeds"),
    ],
)
def test_a_finding_leads_to_the_place_that_it_tells_of(kind: Kind, address: str) -> None:
    assert centre_now.href(asked(), "atyrau-1", finding(kind)) == address


def test_the_first_six_findings_are_shown_and_the_rest_are_a_press_away() -> None:
    found = [structs.replace(finding("closed_window"), window=str(number)) for number in range(9)]
    section = centre_now.findings(view(), asked(), CITY, found)
    (rest,) = having(section, "className", "findings-rest")
    assert len(having(section, "data-finding")) == 9
    assert len(having(rest, "data-finding")) == 3
    assert "ещё 3" in text(rest)


def test_with_nothing_wrong_the_page_says_so() -> None:
    assert "Сейчас вмешательство не требуется" in text(centre_now.findings(view(), asked(), CITY, []))


def test_what_is_found_at_the_shown_network_can_be_said() -> None:
    for shown in SNAPSHOT["centres"]:
        found = diagnose(STATES[shown["id"]], NETWORK, NOW, shown)
        assert "{" not in text(centre_now.findings(view("kk"), asked(shown["id"]), shown, found))


def test_branches_stand_side_by_side_with_the_snapshots_numbers_and_add_up() -> None:
    section = centre_branches.branches(view(), asked(), CITY, addition(STATES["atyrau-1"], NETWORK, NOW))
    for key, _how in centre_branches.ROWS:
        (row,) = having(section, "data-row", key)
        group, _, member = key.partition(".")
        values = [prop(each, "data-value") for each in having(row, "data-number", key)]
        wanted = [branch[group][member] for branch in CITY["branches"]] + [CITY[group][member]]
        assert [float(each) if each else None for each in values] == wanted
    (waiting,) = having(section, "data-row", "queue.waiting")
    *parts, whole = (int(prop(each, "data-value") or 0) for each in having(waiting, "data-number"))
    assert sum(parts) == whole == 128


def test_a_centre_of_one_branch_has_its_numbers_as_a_list_and_a_way_to_the_branch() -> None:
    single = next(each for each in SNAPSHOT["centres"] if len(each["branches"]) == 1 and each["state"] != "planned")
    found = addition(STATES[single["id"]], NETWORK, NOW)
    section = centre_branches.branches(view(), asked(single["id"]), single, found)
    assert not having(section, "data-row")
    assert hrefs(section)[0] == f"/branch/{single['id']}/{single['branches'][0]['id']}"


def past(**members: Any) -> CentrePast:
    counts = Counts(issued=10, served=8, waits=8, wait_ms=8 * 600_000, within=6, abandoned=1, busy_ms=90, open_ms=100)
    of_documents = DocumentCounts(finished=4, ready=4, on_time=3, late=1)
    made = CentrePast(True, {9: counts, 10: counts}, None, of_documents, None, {"idcard": counts}, True)
    return structs.replace(made, **members)


def test_the_period_is_summed_and_stands_beside_the_one_before_when_asked() -> None:
    said = text(centre_past.summary(view(), past()))
    assert "Выдано талонов20" in said
    assert "было" not in said
    before = {9: Counts(issued=40)}
    said = text(centre_past.summary(view(), past(before=before, documents_before=DocumentCounts())))
    assert "Выдано талонов20было: 40 (−50\u00a0%)" in said
    assert "Последний день ещё не закончился" in said
    so_far = {9: Counts(issued=10)}
    said = text(
        centre_past.summary(view(), past(before=before, documents_before=DocumentCounts(), before_so_far=so_far))
    )
    assert "Выдано талонов20было: 10 (+100\u00a0%)" in said
    assert "до того же времени суток" in said


def test_without_three_like_days_the_page_says_why_there_is_no_usual_day() -> None:
    line: list[tuple[float, float | None]] = [(NOW - 600, 3.0), (NOW - 300, 4.0)]
    section = centre_past.against_usual(view(), DayPast(DAY, line, None, [], None, 2), NOW)
    assert "было 2, а нужно не меньше 3" in text(section)


def test_hours_without_calls_have_no_mean_wait() -> None:
    assert mean_waits({9: Counts(waits=2, wait_ms=600_000), 10: Counts(issued=3)}) == {34_200.0: 5.0, 37_800.0: None}


def test_the_week_is_a_mean_of_the_days_that_had_visitors() -> None:
    hours = {(0, 9): Counts(issued=30, waits=1, wait_ms=120_000), (1, 9): Counts()}
    days = {DAY - 7: Counts(issued=20), DAY - 14: Counts(issued=10), DAY - 21: Counts()}
    assert week_map(hours, days, "arrivals") == {(0, 9): 15.0}
    assert week_map(hours, days, "wait")[0, 9] == 2.0


def test_a_map_of_the_week_that_does_not_exist_is_told_of() -> None:
    page = asked(heat="<b>")
    assert centre_past.read_heat(page) is None
    assert "«<b>»" in text(centre_past.heat_problem(view(), page))
    assert centre_past.read_heat(asked(heat="wait")) == "wait"


def test_documents_by_stage_are_as_many_as_the_numbers_say() -> None:
    for shown in SNAPSHOT["centres"]:
        if shown["state"] != "planned":
            state = STATES[shown["id"]]
            found = by_stage(papers(shown["id"], state.applications, NETWORK, NOW), state.applications, NOW)
            running = [each for each in found if each.stage != "ready"]
            assert sum(each.documents for each in running) == (shown["sla"]["open"] or 0)
            assert sum(each.late for each in running) == (shown["sla"]["overdue"] or 0)
            section = centre_services.stages(view(), asked(shown["id"]), found, "10:30", shown["sla"]["open"])
            assert all(f"of={shown['id']}" in each for each in hrefs(section) if each.startswith("/deadlines"))
