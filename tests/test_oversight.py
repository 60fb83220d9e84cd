"""Oversight as plain data: how each thing asked for or found stands at a moment, which comes first, what is counted."""

import random
from datetime import date

import pytest
from shown_network import NETWORK, NOW
from test_i18n import CATALOGUES

from dashboard import oversight
from dashboard.oversight import Item, Which
from dashboard.state import Case, CentreState, new_state
from layouts import oversight_words
from layouts.view import View

LOCAL = NETWORK.local
DAY = 86_400.0
TODAY = LOCAL.day(NOW)
A, B = "atyrau-1", "kulsary"


def due(days: int) -> str:
    """So many days from today."""
    return date.fromordinal(TODAY + days).isoformat()


def case(ago: float, *, days: int | None = None, closed: float | None = None, kind: str = "", **more: bool) -> Case:
    """Opened ``ago`` days before now, due ``days`` from today, settled ``closed`` days before now."""
    settled = None if closed is None else NOW - closed * DAY
    return Case(NOW - ago * DAY, settled, kind, "", "" if days is None else due(days), **more)


def states(**cases: dict[str, Case]) -> dict[str, CentreState]:
    state = new_state(A)
    for name, found in cases.items():
        getattr(state, name).update(found)
    return {A: state, B: new_state(B)}


def items(which: Which, found: dict[str, Case], at: float = NOW) -> list[Item]:
    return oversight.items(states(**{which: found}), which, LOCAL, at)


@pytest.mark.parametrize(
    ("case", "standing", "late"),
    [
        (case(20, days=1), "due", 0),
        (case(20, days=0), "due", 0),  # the due day is not over yet
        (case(20, days=-1), "late", 1),
        (case(20, days=-3), "late", 3),
        (case(20), "due", 0),  # nobody said until when
        (case(20, days=-3, closed=5), "done", 0),
        (case(20, days=-10, closed=8), "done", 2),  # settled, and late all the same
    ],
)
def test_how_a_directive_stands(case: Case, standing: str, late: int) -> None:
    (found,) = items("directives", {"D": case})
    assert (found.standing, found.late) == (standing, late)


def test_a_past_moment_knows_nothing_later() -> None:
    cases = {"first": case(20, days=-15, closed=2, upheld=True), "later": case(1)}
    then = NOW - 10 * DAY
    (found,) = items("deficiencies", cases, then)
    assert (found.code, found.standing, found.late, found.upheld) == ("first", "late", 5, None)
    assert items("deficiencies", cases)[-1].upheld is True


def test_a_case_that_only_its_end_was_told_of_is_not_shown() -> None:
    assert items("directives", {"D": Case(closed=NOW - 5)}) == []


def test_the_worst_comes_first_whatever_the_order_of_events() -> None:
    cases = {
        "late by nine": case(30, days=-9),
        "late by two": case(40, days=-2),
        "due tomorrow": case(5, days=1),
        "due in a week": case(6, days=7),
        "no day, older": case(50),
        "no day": case(10),
        "done last": case(60, days=-50, closed=1),
        "done first": case(60, days=-50, closed=40),
    }
    for seed in range(5):
        mixed = list(cases.items())
        random.Random(seed).shuffle(mixed)
        assert [each.code for each in items("directives", dict(mixed))] == list(cases)


def test_complaints_against_people_come_before_older_ones_about_things() -> None:
    kinds = (("queue", 30), ("rudeness", 2), ("bribery", 1), ("delay", 40), ("bribery", 3))
    filed = {f"c{place + 1}": case(ago, kind=kind) for place, (kind, ago) in enumerate(kinds)}
    found = items("complaints", filed)
    assert [each.code for each in found] == ["c5", "c3", "c2", "c4", "c1"]
    assert oversight.open_about(found) == {"bribery": 2, "rudeness": 1, "delay": 1, "queue": 1, "other": 0}


def test_many_late_directives_do_not_hide_a_bribe() -> None:
    directives = items("directives", {f"D{each}": case(30, days=-each - 1) for each in range(20)})
    complaints = items("complaints", {"c1": case(3, kind="bribery"), "c2": case(9, kind="queue")})
    deficiencies = items("deficiencies", {"d1": case(50, days=-20), "d2": case(5, days=20)})
    found = oversight.first(directives, deficiencies, complaints)
    assert [each.code for each in found] == ["c1", "D19", "D18", "D17", "d1"]
    assert oversight.first([], [], items("complaints", {"c": case(9, kind="queue")})) == []


def test_a_centre_where_something_is_late_comes_before_one_where_more_is_open() -> None:
    found = states(directives={"D": case(30, days=-2)})
    found[B].deficiencies |= {f"d{each}": case(5, days=9) for each in range(8)}
    found[B].complaints["c"] = case(5, kind="rudeness")
    found[B].visits |= {"v1": NOW - 40 * DAY, "v2": NOW - 12 * DAY, "later": NOW + DAY}
    by = {which: oversight.items(found, which, LOCAL, NOW) for which in oversight.WHICH}
    first, second = oversight.places([B, A], by, found, LOCAL, NOW)
    assert (first.centre, first.directives.open, first.directives.late, first.visited) == (A, 1, 1, None)
    assert (second.deficiencies.open, second.complaints, second.severe, second.visited) == (8, 1, 1, 12)


def test_twelve_months_end_with_this_one_and_are_unknown_before_anything_was_told() -> None:
    found = items("complaints", {"old": case(100, closed=70), "new": case(1), "newer": case(0)})
    months = oversight.months(found, LOCAL, NOW, NOW - 130 * DAY)
    assert [(each.year, each.month) for each in months] == [(2025, 12), *((2026, each) for each in range(1, 12))]
    assert [each.came for each in months] == [None] * 7 + [0, 1, 0, 0, 2]
    assert [each.settled for each in months] == [None] * 7 + [0, 0, 1, 0, 0]
    assert sum(each.came or 0 for each in months) == len(found)
    assert all(each.came is None for each in oversight.months([], LOCAL, NOW, None))


def test_the_share_upheld_is_of_those_closed_in_the_days_whenever_they_were_filed() -> None:
    found = items(
        "complaints",
        {
            "before": case(50, closed=5, kind="delay", upheld=True),
            "in": case(8, closed=3, kind="delay", upheld=False),
            "open": case(4, kind="bribery"),
            "closed before": case(90, closed=60, kind="other", upheld=True),
        },
    )
    counted = oversight.complaints_of(found, TODAY - 9, TODAY)
    assert (counted.total, counted.filed["delay"], counted.filed["bribery"]) == (2, 1, 1)
    assert (counted.closed, counted.upheld, counted.upheld_share) == (2, 1, 0.5)
    assert oversight.complaints_of(found, TODAY - 200, TODAY - 150).upheld_share is None
    assert list(oversight.complaints_by_centre(found, TODAY - 9, TODAY)) == [A]
    assert oversight.complaints_by_centre(found, TODAY - 200, TODAY - 150) == {}


def test_deficiencies_by_category_and_the_visit_that_found_them() -> None:
    cases = {
        "d1": case(20, days=-6, closed=10, kind="очередь"),
        "d2": case(20 - 0.001, days=-6, kind="очередь"),
        "d3": case(20 - 0.002, days=10, kind="сроки"),
        "before the visit": case(20.01, days=10, kind="сроки"),
    }
    found = states(deficiencies=cases, directives={"D": case(20 - 0.003)})
    found[A].visits["v"] = NOW - 20.005 * DAY
    by = {which: oversight.items(found, which, LOCAL, NOW) for which in oversight.WHICH}
    rows = oversight.found_by_category(by["deficiencies"], TODAY - 30, TODAY)
    assert [(each.category, each.found, each.fixed, each.late) for each in rows] == [
        ("очередь", 2, 1, 1),
        ("сроки", 2, 0, 0),
    ]
    (visit,) = oversight.visits(found, by, LOCAL, TODAY - 30, TODAY, NOW)
    assert (visit.found, visit.fixed, visit.directives) == (3, 1, 1)
    assert oversight.visits(found, by, LOCAL, TODAY - 10, TODAY, NOW) == []


def test_what_is_said_of_each_stands_in_whole_sentences() -> None:
    view = View(NETWORK, CATALOGUES["ru"], "day", NOW)
    cases = {"D-1": case(20, days=-3, kind="Открыть окно"), "D-2": case(20, days=-21, closed=1, kind="")}
    late, done = items("directives", cases)
    assert oversight_words.sentence(view, late) == "Атырау № 1: поручение D-1 просрочено на 3 дня: Открыть окно"
    assert oversight_words.standing(view, done).replace("\u00a0", " ") == "исполнено 22 нояб., просрочено на 20 дней"
    assert oversight_words.text(view, done) == "—"
    (due_today,) = items("directives", {"D": case(2, days=0)})
    assert oversight_words.standing(view, due_today) == "срок сегодня"
    (bribe,) = items("complaints", {"c-1": case(5, kind="bribery")})
    assert oversight_words.sentence(view, bribe) == "Атырау № 1: жалоба c-1 без ответа 5 дней: взятка"
    assert oversight_words.mark(bribe) == "act"
