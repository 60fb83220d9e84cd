"""Documents as rows: as many as the metrics count, at the stage that their events say, with who held them and when."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import papers as p
from dashboard.deadlines import CENTRE, Hold, late_from, risk_from, used_days
from dashboard.snapshot import centre_snapshot
from dashboard.state import Application, CentreState, is_ready, new_state
from tests.small_network import DAY, MONDAY_10, NETWORK

T = MONDAY_10
TODAY = NETWORK.local.day(T)


def made(
    accepted: float = T - 20 * DAY,
    due: int = TODAY - 3,
    *,
    holds: tuple[Hold, ...] = (),
    branch: str = "main",
    **moments: Any,
) -> Application:
    """A document with its due day set; ``moments`` are ready, issued, stopped (and stopped_as)."""
    ends = [moments[name] for name in ("ready", "issued", "stopped") if moments.get(name) is not None]
    return Application(
        branch=branch,
        service="estate",
        accepted=accepted,
        due=due,
        late=late_from(due, NETWORK),
        risk=risk_from(due, NETWORK),
        done=min(ends, default=None),
        holds=list(holds),
        **moments,
    )


def rows(**documents: Application) -> dict[str, p.Paper]:
    return {each.code: each for each in p.papers("one", documents, NETWORK, T)}


moments = st.integers(-60, 3).map(lambda days: T + days * DAY)
stays_at_agencies = st.lists(
    st.builds(
        lambda agency, since, length: Hold(agency, since, None if length is None else since + length * DAY),
        st.sampled_from(["cadastre", "police"]),
        moments,
        st.none() | st.integers(0, 30),
    ),
    max_size=4,
)


@st.composite
def documents(draw: st.DrawFn) -> Application:
    ends = {name: draw(st.none() | moments) for name in ("ready", "issued", "stopped")}
    return made(
        draw(moments),
        TODAY + draw(st.integers(-30, 20)),
        holds=tuple(draw(stays_at_agencies)),
        branch=draw(st.sampled_from(["main", "hall", ""])),
        stopped_as=draw(st.sampled_from(["rejected", "withdrawn"])) if ends["stopped"] is not None else "",
        **ends,
    )


def state_of(documents: list[Application], centre: str = "one") -> CentreState:
    state = new_state(centre)
    state.documents_since = T - 100 * DAY
    state.applications = {f"D{place:03}": each for place, each in enumerate(documents)}
    return state


@given(st.lists(documents(), max_size=30), st.sampled_from(["one", "two"]))
def test_there_are_as_many_rows_as_the_snapshot_says_for_the_centre_and_for_each_branch(
    documents: list[Application], centre: str
) -> None:
    state = state_of(documents, centre)
    if centre == "two":
        for each in documents:
            each.branch = "main" if each.branch == "hall" else each.branch
    shown = centre_snapshot(state, NETWORK, T)
    found = p.papers(centre, state.applications, NETWORK, T)
    for group, number in p.NUMBER_OF.items():
        member = number.partition(".")[2]
        assert len(p.oldest_first(found, group)) == shown["sla"][member]
        for branch in shown["branches"]:
            of_branch = [each for each in found if each.branch == branch["id"]]
            assert len(p.oldest_first(of_branch, group)) == branch["sla"][member]
    assert sum(each.done is None for each in found) == shown["sla"]["open"]
    assert sum(each.stage == "agency" for each in found) == shown["sla"]["with_agency"]
    by_party: dict[str, int] = {}
    for each in p.oldest_first(found, "late"):
        assert each.party is not None
        by_party[each.party] = by_party.get(each.party, 0) + 1
    assert by_party == shown["sla"]["overdue_by"]


@given(st.lists(documents(), max_size=30))
def test_every_way_to_break_the_documents_down_adds_up_to_all_of_them(documents: list[Application]) -> None:
    found = p.papers("one", state_of(documents).applications, NETWORK, T)
    whole = {group: len(p.oldest_first(found, group)) for group in p.GROUPS}
    for key in ("centre", "branch", "service", "stage", "holder"):
        counted = p.tallies(found, lambda each, key=key: getattr(each, key))  # type: ignore[misc]
        assert {group: sum(tally[group] for tally in counted.values()) for group in p.GROUPS} == whole


@given(documents(), st.integers(0, 60))
def test_who_held_a_document_has_no_gaps_and_adds_up_to_the_days_that_each_used(each: Application, later: int) -> None:
    assert each.accepted is not None
    now = max(T, each.accepted) + later * DAY
    end = now if each.done is None else min(each.done, now)
    stays = p.stays(each, now)
    ends = [stay.until if stay.until is not None else now for stay in stays]
    assert stays[0].since == each.accepted
    assert [stay.since for stay in stays[1:]] == ends[:-1]
    assert ends[-1] == max(end, each.accepted)
    assert [stay.until for stay in stays].count(None) == (each.done is None or each.done > now)
    used: dict[str, float] = {}
    for stay, until in zip(stays, ends, strict=True):
        used[stay.party] = used.get(stay.party, 0.0) + (until - stay.since) / DAY
    expected = used_days(each.accepted, max(end, each.accepted), each.holds)
    assert {k: v for k, v in used.items() if v > 0} == pytest.approx({k: v for k, v in expected.items() if v > 0})


@given(documents(), st.integers(0, 60))
def test_what_was_known_of_a_document_at_a_moment_says_of_that_moment_what_all_that_is_known_says(
    each: Application, back: int
) -> None:
    now = T - back * DAY
    then = p.known_at(each, now)
    if then is None:
        assert each.accepted is None or each.accepted > now
        return
    known = [then.ready, then.issued, then.stopped, then.done, *(hold.since for hold in then.holds)]
    known += [hold.until for hold in then.holds]
    assert all(moment is None or moment <= now for moment in known)
    assert p.stage_of(then, now) == p.stage_of(each, now)
    assert p.stays(then, now) == p.stays(each, now)
    assert p.shares(then, NETWORK, now) == p.shares(each, NETWORK, now)
    assert p.whose_delay(then, NETWORK, now) == p.whose_delay(each, NETWORK, now)


@pytest.mark.parametrize(
    ("document", "stage", "holder", "since"),
    [
        (made(), "accepted", CENTRE, T - 20 * DAY),
        (made(holds=(Hold("cadastre", T - 9 * DAY),)), "agency", "cadastre", T - 9 * DAY),
        (made(holds=(Hold("cadastre", T - 9 * DAY, T - 2 * DAY),)), "returned", CENTRE, T - 2 * DAY),
        (
            made(holds=(Hold("cadastre", T - 9 * DAY, T - 5 * DAY), Hold("police", T - 4 * DAY))),
            "agency",
            "police",
            T - 4 * DAY,
        ),
        (made(holds=(Hold("cadastre", T + DAY),)), "accepted", CENTRE, T - 20 * DAY),
        (made(ready=T - DAY), "ready", p.FINISHED, T - DAY),
        (made(ready=T - DAY, issued=T - DAY / 2), "issued", p.FINISHED, T - DAY),
        (made(stopped=T - DAY, stopped_as="rejected"), "rejected", p.FINISHED, T - DAY),
        (made(stopped=T - DAY, stopped_as="withdrawn"), "withdrawn", p.FINISHED, T - DAY),
    ],
)
def test_the_stage_and_the_holder_follow_from_the_events(
    document: Application, stage: str, holder: str, since: float
) -> None:
    row = rows(D=document)["D"]
    assert (row.stage, row.holder, row.since) == (stage, holder, since)


def test_a_document_late_within_7_days_stays_in_the_list_of_breaches_after_it_is_finished() -> None:
    late = made(due=TODAY - 3)
    finished_late = made(due=TODAY - 3, ready=T - DAY)
    in_time = made(due=TODAY - 3, ready=T - 5 * DAY)
    long_late = made(due=TODAY - 9)
    found = rows(A=late, B=finished_late, C=in_time, D=long_late)
    assert {code: row.groups for code, row in found.items()} == {
        "A": ("late", "breached"),
        "B": ("breached",),
        "D": ("late",),
    }


def test_the_oldest_comes_first() -> None:
    found = p.papers("one", {"A": made(due=TODAY - 2), "B": made(due=TODAY - 9), "C": made(due=TODAY)}, NETWORK, T)
    assert [each.code for each in p.oldest_first(found, "late")] == ["B", "A"]


def test_the_branch_of_a_centre_with_one_branch_has_what_is_said_of_the_whole() -> None:
    whole = made(branch="")
    assert p.papers("two", {"A": whole}, NETWORK, T)[0].branch == "main"
    assert p.papers("one", {"A": whole}, NETWORK, T)[0].branch == ""


def test_a_party_is_shown_with_what_it_used_and_what_it_may_use() -> None:
    document = made(T - 20 * DAY, TODAY - 10, holds=(Hold("cadastre", T - 18 * DAY, T - 6 * DAY),))
    found = {each.party: each for each in p.shares(document, NETWORK, T)}
    assert (found["cadastre"].used, found["cadastre"].allowed, found["cadastre"].beyond) == (12.0, 5.0, 7.0)
    assert found[CENTRE].used == 8.0
    assert p.whose_delay(document, NETWORK, T) == "cadastre"


def test_a_document_that_is_not_late_is_nobodys_delay() -> None:
    assert p.whose_delay(made(due=TODAY), NETWORK, T) is None
    assert p.whose_delay(made(due=TODAY - 3, ready=T - 9 * DAY), NETWORK, T) is None


@given(documents(), st.sampled_from(["centre", "branch", "service", "stage", "holder"]))
def test_a_filter_takes_what_it_names_and_nothing_else(each: Application, name: str) -> None:
    for row in p.papers("one", {"D": each}, NETWORK, T):
        assert p.Wanted().holds(row)
        same = p.Wanted(**{name: getattr(row, name)})
        other = p.Wanted(**{name: "another"})
        assert (same.holds(row), other.holds(row)) == (True, False)
        assert other.without(name).holds(row)


def test_a_finished_document_is_ready_when_being_ready_ended_it() -> None:
    """A rejection after it was ready changes nothing."""
    each = made(ready=T - 2 * DAY, stopped=T - DAY, stopped_as="rejected")
    assert is_ready(each)
    assert p.stage_of(each, T) == "ready"
