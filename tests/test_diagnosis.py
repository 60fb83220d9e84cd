"""What is wrong at a centre: when each rule speaks, what it says, and when all are silent."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from small_network import DAY, MINUTE, MONDAY_10, NETWORK
from test_rows import HISTORIES, MOMENTS, Happening, lived

from dashboard.diagnosis import KINDS, RULES, diagnose
from dashboard.evidence import Finding, Kind
from dashboard.levels import centre_levels
from dashboard.network import Level, Shift
from dashboard.snapshot import centre_snapshot
from dashboard.state import CentreState

T = MONDAY_10
"""Monday 10:00; branches main and hall of three windows each, open since 9:00; the norm is 20 minutes."""


def shown_of(state: CentreState, now: float) -> dict[str, Any]:
    shown = centre_snapshot(state, NETWORK, now)
    level, levels = centre_levels(shown, NETWORK, {})
    return shown | {"level": level, "levels": levels}


def found(*events: Happening | list[Happening], now: float = T, heard: float | None = None) -> list[Finding]:
    """What is found at centre one, which was heard just now, or ``heard`` seconds ago."""
    flat = [each for part in events for each in (part if isinstance(part, list) else [part])]
    beat = ("heartbeat", "/one", now - 5 if heard is None else now - heard, {})
    state = lived([*flat, beat], in_order=True)["one"]
    return diagnose(state, NETWORK, now, shown_of(state, now))


def only(findings: list[Finding], kind: Kind) -> Finding:
    (one,) = [each for each in findings if each.kind == kind]
    return one


def kinds(findings: list[Finding]) -> list[str]:
    return [each.kind for each in findings]


def issued(minutes: float, count: int = 1, branch: str = "main", service: str = "estate") -> list[Happening]:
    """So many people who came so many minutes ago, a second apart."""
    return [
        (
            "ticket.issued",
            f"/one/{branch}",
            T - minutes * MINUTE + number,
            {"ticket": f"{branch}{service}{minutes}-{number}", "service": service},
        )
        for number in range(count)
    ]


def operator(kind: str, window: str, minutes: float, branch: str = "main") -> Happening:
    who = {"operator": f"{branch}-{window}", "window": window}
    return (f"operator.{kind}", f"/one/{branch}", T - minutes * MINUTE, who)


def served(minutes: float, lasted: float | None, window: str = "1", branch: str = "main") -> list[Happening]:
    """A ticket that was called so many minutes ago at once, and finished after ``lasted`` minutes; None: not yet."""
    number = {"ticket": f"S{window}-{minutes}"}
    called = number | {"window": window, "operator": f"{branch}-{window}"}
    at, source = T - minutes * MINUTE, f"/one/{branch}"
    done: list[Happening] = (
        [] if lasted is None else [("ticket.finished", source, at + lasted * MINUTE, number | {"outcome": "served"})]
    )
    begun: list[Happening] = [
        ("ticket.issued", source, at - 1, number | {"service": "idcard"}),
        ("ticket.called", source, at, called),
    ]
    return begun + done


def document(
    days: float, *steps: tuple[str, float, str], service: str = "estate", branch: str = "main"
) -> list[Happening]:
    """A document accepted so many days ago; its steps are (kind, days ago, agency)."""
    code, source = {"application": f"D{days}-{len(steps)}-{service}"}, f"/one/{branch}"
    done: list[Happening] = [("application.accepted", source, T - days * DAY, code | {"service": service})]
    for kind, ago, agency in steps:
        done.append((f"application.{kind}", source, T - ago * DAY, code | ({"agency": agency} if agency else {})))
    return done


ALL_OPEN = [operator("opened", window, 55) for window in "123"]
BUSY = [each for window in "123" for each in served(4, None, window)]


def test_a_calm_morning_needs_nothing() -> None:
    assert found(ALL_OPEN, BUSY, issued(3, 2)) == []


def test_a_centre_of_which_little_is_known_needs_nothing_that_could_be_named() -> None:
    assert found() == []


# windows


def test_people_before_closed_windows_are_told_with_the_window_that_was_left_last() -> None:
    first = found(operator("opened", "1", 55), operator("closed", "1", 30), issued(12, 14))[0]
    assert (first.kind, first.mark, first.branch, first.window, first.operator) == (
        "no_window",
        "act",
        "main",
        "1",
        "main-1",
    )
    assert first.values == {"waiting": 14, "longest_s": 12 * MINUTE}
    assert first.since == T - 12 * MINUTE  # since then people wait; the window stands empty for longer


def test_a_paused_window_is_the_quickest_to_open_again() -> None:
    events = [operator("opened", "1", 55), operator("opened", "2", 55)]
    first = found(events, operator("paused", "2", 20), operator("closed", "1", 10), issued(12))[0]
    assert (first.kind, first.window, first.since) == ("no_window", "2", T - 10 * MINUTE)


def test_a_closed_window_while_people_wait_beyond_the_norm() -> None:
    events = [operator("opened", "1", 55), operator("opened", "3", 55), operator("closed", "3", 40)]
    one = only(found(events, served(6, None), issued(38, 14)), "closed_window")
    assert (one.mark, one.window, one.operator, one.since) == ("watch", "3", "main-3", T - 40 * MINUTE)
    assert one.values == {"waiting": 14, "longest_s": 38 * MINUTE, "closed": 2}


def test_over_twice_the_norm_a_closed_window_is_red_and_the_ticket_is_named() -> None:
    findings = found(operator("opened", "1", 55), served(6, None), issued(44), issued(41))
    assert only(findings, "closed_window").mark == "act"
    waits = only(findings, "long_wait")
    assert (waits.ticket, waits.since) == ("mainestate44-0", T - 44 * MINUTE)
    assert (waits.values["late"], waits.values["longest_s"]) == (2, 44 * MINUTE)


def test_who_booked_a_later_time_does_not_wait_before_it() -> None:
    booked = {"ticket": "B1", "service": "estate", "priority": "booked", "booked_for": "2026-11-23T09:55:00+05:00"}
    assert found(ALL_OPEN, BUSY, ("ticket.issued", "/one/main", T - 50 * MINUTE, booked), issued(3)) == [
        Finding("level", "act", metric="queue.longest_wait_s", values={"value": 50 * MINUTE})
    ]


def test_nobody_is_called_though_windows_are_open() -> None:
    one = only(found(ALL_OPEN, served(30, 18, "2"), issued(14, 5)), "nobody_called")
    assert (one.mark, one.since) == ("act", T - 14 * MINUTE)
    assert (one.values["waiting"], one.values["open"]) == (5, 3)
    assert one.window in {"1", "3"}  # free the longest


def test_windows_that_are_busy_as_usual_call_nobody_and_nothing_is_wrong_with_that() -> None:
    busy = [each for window in "123" for each in served(14, None, window)]
    assert "nobody_called" not in kinds(found(ALL_OPEN, busy, issued(13, 5)))


def test_a_window_that_stands_free_while_others_call() -> None:
    events = [*ALL_OPEN, *served(2, None, "1"), *served(3, None, "2"), *served(20, 11, "3"), *issued(8, 2)]
    one = only(found(events), "idle_window")
    assert (one.window, one.operator, one.since, one.mark) == ("3", "main-3", T - 8 * MINUTE, "watch")


def test_a_window_that_has_just_become_free_is_left_in_peace() -> None:
    events = [*ALL_OPEN, *served(2, None, "1"), *served(3, None, "2"), *served(20, 17, "3"), *issued(8, 2)]
    assert "idle_window" not in kinds(found(events))


@pytest.mark.parametrize(("minutes", "told"), [(14, False), (16, True)])
def test_a_long_pause_counts_when_people_wait_beyond_the_norm(minutes: float, told: bool) -> None:
    events = [*ALL_OPEN, operator("paused", "3", minutes), *served(4, None, "1"), *served(4, None, "2")]
    assert ("long_pause" in kinds(found(events, issued(22, 3)))) is told
    assert "long_pause" not in kinds(found(events, issued(5, 3)))


def test_with_all_windows_open_and_no_help_near_the_visits_are_to_be_made_shorter() -> None:
    one = only(found(ALL_OPEN, BUSY, issued(25, 4)), "full")
    assert (one.mark, one.values["open"]) == ("watch", 3)


def test_a_crowd_presses_before_anybody_waits_long() -> None:
    assert kinds(found(ALL_OPEN, BUSY, issued(6, 14))) == []
    assert "full" in kinds(found(ALL_OPEN, BUSY, issued(6, 15)))


def test_a_hall_with_windows_to_spare_is_named_beside_the_one_that_is_pressed() -> None:
    hall = [operator("opened", window, 55, "hall") for window in "12"]
    one = only(found(ALL_OPEN, BUSY, hall, issued(25, 6)), "uneven")
    assert (one.branch, one.other) == ("main", "hall")
    assert (one.values["other_waiting"], one.values["other_open"]) == (0, 2)


def test_a_hall_with_one_window_has_none_to_spare() -> None:
    findings = found(ALL_OPEN, BUSY, operator("opened", "1", 55, "hall"), issued(25, 6))
    assert "uneven" not in kinds(findings)


def test_one_service_that_makes_most_of_the_line_is_named() -> None:
    one = only(found(ALL_OPEN, BUSY, issued(25, 6), issued(24, 3, service="idcard")), "one_service")
    assert (one.service, one.values["these"], one.values["waiting"]) == ("estate", 6, 9)


def test_a_service_far_longer_than_its_kind_is_named_with_its_ticket() -> None:
    before = [each for number in range(20) for each in served(55 - number * 0.1, 4, "1")]
    one = only(found(before, ALL_OPEN, served(30, None, "2"), issued(25, 2)), "long_service")
    assert (one.window, one.ticket, one.values["age_s"]) == ("2", "S2-30", 30 * MINUTE)
    assert one.values["usual_s"] == pytest.approx(4 * MINUTE)


def test_load_past_its_threshold_asks_for_a_window_before_people_wait() -> None:
    one = only(found(operator("opened", "1", 40), served(40, None)), "overloaded")
    assert (one.values["load"], one.values["closed"], one.mark) == (1.0, 2, "act")  # red, as the number is


def test_tickets_that_wait_in_a_hall_that_has_closed_are_to_be_served_or_closed() -> None:
    one = NETWORK.centre_by_id["one"]
    main = structs.replace(one.branches[0], hours=(Shift(540, 1200),) * 7)
    later = structs.replace(NETWORK, centres=(structs.replace(one, branches=(main, one.branches[1])),))
    now = T + 8 * 60 * MINUTE + 30 * MINUTE
    state = lived([*issued(-400, 2, "hall"), ("heartbeat", "/one", now - 5, {})], in_order=True)["one"]
    shown = centre_snapshot(state, later, now)
    level, levels = centre_levels(shown, later, {})
    findings = diagnose(state, later, now, shown | {"level": level, "levels": levels})
    assert [(each.kind, each.branch, each.ticket) for each in findings] == [("left_over", "hall", "hallestate-400-0")]
    assert (level, findings[0].mark) == ("act", "act")


def test_after_hours_nobody_is_told_of_a_line() -> None:
    assert found(issued(12), now=T + 9 * 60 * MINUTE) == []


# documents


def test_documents_that_an_agency_holds_beyond_its_allowance_are_a_call_to_it() -> None:
    events = [*document(20, ("sent", 18, "cadastre")), *document(14, ("sent", 2, "cadastre"))]
    one = only(found(events), "overdue_agency")
    assert (one.agency, one.mark) == ("cadastre", "watch")
    assert one.values == {"documents": 2, "beyond": 1, "oldest_days": 10, "allowance_days": 5}


def test_overdue_documents_that_were_sent_too_late_are_no_fault_of_the_agency() -> None:
    one = only(found(document(14, ("sent", 2, "cadastre"))), "overdue_sent_late")
    assert (one.agency, one.values["documents"], one.values["oldest_days"]) == ("cadastre", 1, 4)


def test_overdue_documents_at_the_centre_itself() -> None:
    back = document(13, ("sent", 12, "police"), ("returned", 8, "police"))
    one = only(found(document(14), back), "overdue_centre")
    assert one.values == {"documents": 2, "unsent": 1, "oldest_days": 4}


def test_documents_due_soon_and_sent_nowhere_when_their_service_needs_an_agency() -> None:
    sent = document(3, ("sent", 2, "cadastre"))
    one = only(found(document(9), sent), "due_unsent")
    assert one.values == {"documents": 1, "due": NETWORK.local.day(T) + 1}
    assert found(document(9)) == []  # nothing of the kind was ever sent: perhaps nothing need be


def test_many_overdue_documents_are_red_and_explained_by_who_holds_them() -> None:
    many = [each for day in range(5) for each in document(20 + day, ("sent", 18, "cadastre"))]
    findings = found(many)
    assert kinds(findings) == ["overdue_agency"]
    assert findings[0].mark == "act"


# freshness


def test_a_silent_centre_says_that_its_picture_is_old_and_nothing_of_its_queue() -> None:
    findings = found(issued(55, 30), document(14), heard=10 * MINUTE)
    assert kinds(findings) == ["silent", "overdue_centre"]
    assert (findings[0].mark, findings[0].since) == ("act", T - 10 * MINUTE)


def test_a_late_feed_is_told_of_after_what_is_wrong() -> None:
    findings = found(operator("opened", "1", 55), operator("closed", "1", 30), issued(12), heard=90)
    assert kinds(findings) == ["no_window", "late_feed"]


def test_a_closed_centre_still_has_documents_to_see_to() -> None:
    assert kinds(found(issued(55, 30), document(14), now=T + 10 * 60 * MINUTE)) == ["overdue_centre"]


def test_a_planned_centre_has_nothing_to_find() -> None:
    state = lived([], in_order=True)["three"]
    assert diagnose(state, NETWORK, T, shown_of(state, T)) == []


# all of them


def test_every_kind_has_its_rule_and_its_rule_says_when_it_fires() -> None:
    assert sorted(KINDS) == sorted(get_args(Kind))
    assert all(rule.find.__doc__ and len(rule.find.__doc__) > 80 for rule in RULES)


@settings(max_examples=100, deadline=None)
@given(HISTORIES, MOMENTS, st.booleans())
def test_whatever_happened_findings_are_of_this_centre_the_worst_first_and_explain_every_red_number(
    history: list[Happening], now: float, in_order: bool
) -> None:
    states = lived(history, in_order)
    for centre in NETWORK.centres:
        state = states[centre.id]
        shown = shown_of(state, now)
        findings = diagnose(state, NETWORK, now, shown)
        assert findings == sorted(findings, key=lambda each: each.mark != "act")
        for each in findings:
            check(each, shown, now)
        check_levels(findings, shown)


def check(each: Finding, shown: dict[str, Any], now: float) -> None:
    centre = NETWORK.centre_by_id[shown["id"]]
    branches = {branch.id for branch in centre.branches}
    assert {each.branch, each.other} - {None} <= branches
    assert each.since is None or each.since <= now
    assert all(value >= 0 for value in each.values.values())
    if each.branch is not None:
        assert shown["state"] in ("live", "late")
        branch = next(one for one in shown["branches"] if one["id"] == each.branch)
        assert each.values["waiting"] == branch["queue"]["waiting"]
        if each.kind != "long_wait":
            assert each.values["longest_s"] == (branch["queue"]["longest_wait_s"] or 0)


def check_levels(findings: list[Finding], shown: dict[str, Any]) -> None:
    level: Level = shown["level"]
    assert bool(findings) or level == "ok"
    if shown["state"] != "silent":
        assert level != "act" or findings[0].mark == "act"
    if shown["state"] in ("planned", "closed", "silent"):
        assert not [each for each in findings if each.branch or each.metric.startswith(("queue", "load"))]
