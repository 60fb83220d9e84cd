"""The branch page as pure functions: what stands on it is what the state and the snapshot say."""

from typing import Any

import msgspec
import pytest
from shown_network import NETWORK, NOW
from small_network import MINUTE, Maker
from test_i18n import CATALOGUES
from test_layouts import having, prop, text

from dashboard import day_counts
from dashboard.branch_past import BranchPast, is_kept, usual_arrivals
from dashboard.counts import Counts
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.i18n import LANGUAGES
from dashboard.snapshot import centre_snapshot
from dashboard.state import CentreState
from layouts import branch, branch_history, branch_line
from layouts.asked import Asked, read_asked
from layouts.view import View

CENTRE, BRANCH = "atyrau-1", NETWORK.centre_by_id["atyrau-1"].branches[0].id
OTHER = NETWORK.centre_by_id["atyrau-1"].branches[1].id
SERVICE = NETWORK.services[0].id
TODAY = NETWORK.local.day(NOW)


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(**query: str) -> Asked:
    return read_asked(f"/branch/{CENTRE}/{BRANCH}", query, NETWORK.local, NOW, centre=CENTRE, branch=BRANCH)


def morning(people: int = 3) -> CentreState:
    """Window 1 serves A1 since 20 minutes, window 2 pauses; ``people`` wait, the first for longer than the norm; A0 was
    sent on to the other branch; A2 was served by op1 between 9:40 and 9:50."""
    make, other = Maker(f"/{CENTRE}/{BRANCH}"), Maker(f"/{CENTRE}/{OTHER}")
    ten = NETWORK.local.at(TODAY, 10 * 3600)
    events = [
        make("operator.opened", ten - 90 * MINUTE, operator="op1", window="1"),
        make("operator.opened", ten - 90 * MINUTE, operator="op2", window="2"),
        make("ticket.issued", ten - 30 * MINUTE, ticket="A2", service=SERVICE),
        make("ticket.called", ten - 20 * MINUTE, ticket="A2", window="1", operator="op1"),
        make("ticket.finished", ten - 10 * MINUTE, ticket="A2"),
        make("ticket.issued", ten - 9 * MINUTE, ticket="A0", service=SERVICE),
        make("ticket.transferred", ten - 8 * MINUTE, ticket="A0", branch=OTHER),
        other("ticket.called", ten - 5 * MINUTE, ticket="A0", window="7", operator="op7"),
        make("ticket.issued", ten, ticket="A1", service=SERVICE),
        make("ticket.called", NOW - 20 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("operator.paused", NOW - 5 * MINUTE, operator="op2", window="2", reason="break"),
        *(
            make("ticket.issued", NOW - (21 if number == 0 else 10) * MINUTE + number, ticket=f"B{number}",
                 service=SERVICE, priority="benefit")
            for number in range(people)
        ),
        make("heartbeat", NOW),
    ]  # fmt: skip
    state = new_state(CENTRE)
    for event in events:
        fold(state, event, NETWORK, Facts(), NOW)
    return state


def shown(state: CentreState) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(centre_snapshot(state, NETWORK, NOW)))
    return found


def now(state: CentreState, language: str = "ru", **query: str) -> list[Any]:
    return branch.now(view(language), asked(**query), shown(state), state, NOW)


def every(parts: list[Any], name: str) -> list[Any]:
    return [each for part in parts if part is not None for each in having(part, name)]


def told(parts: list[Any]) -> str:
    return " ".join(text(part) for part in parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hall_shows_as_many_as_its_numbers_say(language: str) -> None:
    state = morning()
    page, figures = now(state, language), shown(state)["branches"][0]
    (line,) = every(page, "data-waiting")
    assert prop(line, "data-waiting") == str(figures["queue"]["waiting"]) == "3"
    assert [prop(row, "data-late") for row in every([line], "data-late")] == ["1", "", ""]
    windows = {prop(each, "data-window"): each for each in every(page, "data-window")}
    assert list(windows) == list(NETWORK.centre_by_id[CENTRE].branches[0].windows)
    does = [prop(each, "data-does") for each in windows.values()]
    assert does == ["serving", "paused", *["unheard"] * (len(does) - 2)]
    assert does.count("serving") == figures["load"]["serving"]
    assert sum(prop(each, "data-open") == "1" for each in windows.values()) == figures["load"]["windows_open"]
    numbers = {prop(each, "data-number"): prop(each, "data-value") for each in every(page, "data-number")}
    assert (numbers["queue.longest_wait_s"], numbers["load.windows_open"]) == ("1260", "1")


def test_a_window_leads_to_its_operators_day_and_to_its_ticket() -> None:
    (card,) = [each for each in every(now(morning()), "data-window") if prop(each, "data-window") == "1"]
    links = [prop(each, "href") for each in having(card, "href")]
    path = f"/branch/{CENTRE}/{BRANCH}"
    ten = NETWORK.local.at(TODAY, 10 * 3600)
    assert links == [f"{path}?window=1", f"{path}?operator=op1", f"{path}?ticket=A1&issued={ten:.3f}"]
    assert "обслуживает с 10:10" in text(card)


def test_a_line_of_more_than_fifty_goes_on_behind_its_number() -> None:
    (line,) = every(now(morning(60)), "data-waiting")
    assert prop(line, "data-waiting") == "60"
    assert len(list(having(line, "data-late"))) == branch_line.SHOWN
    assert "Показаны первые 50 из 60. Показать всех" in text(line)
    assert f"/branch/{CENTRE}/{BRANCH}?number=queue.waiting" in [prop(each, "href") for each in having(line, "href")]


def test_an_operators_hour_is_rows_and_sums() -> None:
    page = now(morning(), operator="op1", hour="9")
    (row,) = every(page, "data-row")
    assert [prop(row, name) for name in ("data-row", "data-wait", "data-busy")] == ["A2", "600.0", "600.0"]
    sums = {prop(each, "data-sum"): prop(each, "data-value") for each in every(page, "data-sum")}
    assert sums == {
        "served": "1",
        "busy_s": "600.0",
        "open_s": "3600.0",
        "paused_s": "0",
        "occupancy": repr(1 / 6),
    }
    assert [prop(each, "data-hour") for each in every(page, "data-hour")] == ["8", "9", "10"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"operator": "nobody"}, "За 23 ноября об этом ничего не известно."),
        ({"hour": "25"}, "«25» — не час суток"),
        ({"ticket": "Z9"}, "Талон «Z9» здесь не найден. Просмотрены дни с 23 ноября по 23 ноября."),
        ({"ticket": "A1", "issued": "yesterday"}, "Талон «A1» здесь не найден."),
    ],
)
def test_what_is_not_there_is_said_plainly(query: dict[str, str], said: str) -> None:
    assert said in told(now(morning(), **query))


def test_a_ticket_that_was_sent_on_is_followed_into_the_other_branch() -> None:
    page = now(morning(), ticket="A0")
    assert [prop(each, "data-step") for each in every(page, "data-step")] == [
        "issued",
        "transferred",
        "transferred_in",
        "called",
        "serving",
    ]
    assert [prop(each, "data-stay") for each in every(page, "data-stay")] == [BRANCH, OTHER]
    assert "Ожидание 1 мин 0 с при норме 20 мин" in told(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_feed_without_operators_events_says_that_windows_are_not_known(language: str) -> None:
    make, state = Maker(f"/{CENTRE}/{BRANCH}"), new_state(CENTRE)
    fold(state, make("ticket.issued", NOW - MINUTE, ticket="A1", service=SERVICE), NETWORK, Facts(), NOW)
    page = now(state, language)
    assert {prop(each, "data-does") for each in every(page, "data-does")} == {"unknown"}
    assert "{" not in told(page)
    numbers = {prop(each, "data-number"): prop(each, "data-value") for each in every(page, "data-number")}
    assert (numbers["load.windows_open"], numbers["queue.waiting"]) == ("", "1")


def test_nothing_known_is_a_dash_and_a_sentence() -> None:
    page = now(new_state(CENTRE))
    assert "Об очереди этого филиала ещё ничего не сообщалось." in told(page)
    (line,) = every(page, "data-waiting")
    assert prop(line, "data-waiting") == ""


def test_an_id_of_many_branches_is_a_choice_and_one_of_none_is_an_error() -> None:
    wanted = read_asked("/branch/main", {}, NETWORK.local, NOW, branch="main")
    choice = branch.choices(view(), wanted, [("atyrau-1", "main"), ("makat", "main")])
    assert [prop(each, "href") for each in every(choice, "href")] == ["/branch/atyrau-1/main", "/branch/makat/main"]
    assert "нет филиала «main»" in told(branch.choices(view(), wanted, []))


def past(state: CentreState) -> BranchPast:
    known = state.branches[BRANCH]
    hours = day_counts.hourly(known, NETWORK, TODAY, NOW)
    return BranchPast(True, hours, hours, day_counts.by_service(known, NETWORK, TODAY, NOW), {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_days_history_says_the_days_numbers(language: str) -> None:
    state = morning()
    page = branch.history(view(language), asked(compare="before"), shown(state), state, NOW, past(state))
    issued = next(prop(each, "data-value") for each in every(page, "data-value"))
    assert issued == str(shown(state)["branches"][0]["queue"]["issued_today"]) == "6"
    assert "op1" in told(page)
    assert "{" not in told(page)


def test_a_longer_period_has_its_days_as_links_and_its_operators() -> None:
    state = morning()
    parts = {TODAY - 1: Counts(issued=4, called=4), TODAY: None}
    operators = {"op1": Counts(served=9, open_ms=7_200_000)}
    rows = BranchPast(False, parts, None, {}, operators, is_unfinished=True)
    page = branch.history(view(), asked(period="week"), shown(state), state, NOW, rows)
    hrefs = [prop(each, "href") for each in every(page, "href")]
    assert f"/branch/{CENTRE}/{BRANCH}?period=custom&from=2026-11-22&to=2026-11-22" in hrefs
    assert "Без дня, который ещё не закончился." in told(page)
    assert "4,5" in told(page)


def test_changes_are_told_in_percent_points_and_time() -> None:
    change = branch_history._change
    assert change(view(), "count", 120, 100) == "+20\u00a0%"
    assert change(view(), "share", 0.855, 0.9) == "−4,5 п. п."
    assert change(view(), "seconds", 60.0, 90.0) == "−30 с"
    assert change(view(), "count", 5, 0) == change(view(), "share", None, 0.5) == "—"


def test_the_usual_day_is_the_mean_of_the_same_weekdays_on_which_anybody_came() -> None:
    days = {
        TODAY - 7: Counts(issued=10),
        TODAY - 14: Counts(issued=30),
        TODAY - 21: Counts(),
        TODAY - 1: Counts(issued=9),
    }
    hours = {(0, 9): Counts(issued=40), (1, 9): Counts(issued=7)}
    assert usual_arrivals(hours, days, TODAY) == {9: 20.0}
    assert usual_arrivals(hours, {TODAY - 1: Counts(issued=9)}, TODAY) is None


def test_days_that_the_state_has_whole_are_the_last_eight() -> None:
    state = morning()
    assert [is_kept(state, TODAY - back) for back in (-1, 0, 7, 8)] == [False, True, True, False]
