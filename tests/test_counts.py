"""What a rollup row says: shares, means and quantiles, and None where nothing is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.counts import DAYS_EDGES, AgencyCounts, Counts, DocumentCounts, counts_of, document_counts_of, quantile
from dashboard.facts import BRANCH_COLUMNS, WAIT_EDGES_S

HOUR_MS = 3_600_000


def bins(width: int, **at: int) -> tuple[int, ...]:
    return tuple(at.get(f"b{number}", 0) for number in range(width))


def test_nothing_counted_is_unknown_and_never_zero() -> None:
    nothing, papers, agency = Counts(), DocumentCounts(), AgencyCounts()
    for each in ("mean_wait_s", "mean_service_s", "within_norm", "abandonment", "occupancy", "served_per_hour"):
        assert getattr(nothing, each) is None
    assert (papers.on_time_share, papers.mean_days, agency.mean_days, agency.mean_over_days) == (None,) * 4
    assert nothing.quantile_s(0.5) is None
    assert papers.quantile_days(0.9) is None


def test_the_numbers_of_a_row_are_what_their_definitions_say() -> None:
    row = Counts(
        issued=20, served=12, abandoned=3, waits=14, wait_ms=14 * 90_000, within=12, abandoned_late=1,
        services=12, service_ms=12 * 600_000, busy_ms=2 * HOUR_MS, open_ms=4 * HOUR_MS,
    )  # fmt: skip
    assert (row.mean_wait_s, row.mean_service_s) == (90, 600)
    assert row.within_norm == 12 / 15, "who left late had a wait that was too long"
    assert (row.abandonment, row.occupancy, row.served_per_hour) == (3 / 20, 0.5, 3)


def test_a_quantile_is_linear_inside_its_bin() -> None:
    row = Counts(bins=bins(24, b1=4, b2=4))  # 4 of 15 to 30 s, 4 of 30 to 60 s
    assert [row.quantile_s(share) for share in (0, 0.25, 0.5, 0.75, 1)] == [15, 22.5, 30, 45, 60]


def test_a_quantile_in_the_open_bin_is_its_lower_edge() -> None:
    assert Counts(bins=bins(24, b0=1, b23=9)).quantile_s(0.5) == WAIT_EDGES_S[-1]
    assert DocumentCounts(bins=bins(22, b21=1)).quantile_days(0.5) == DAYS_EDGES[-1]


@given(st.lists(st.floats(0.001, 14_400), min_size=1, max_size=60), st.floats(0, 1))
def test_a_quantile_lies_in_the_bin_of_the_true_one(waits: list[float], share: float) -> None:
    from bisect import bisect_left
    from math import ceil

    counts = [0] * 24
    for wait in waits:
        counts[bisect_left(WAIT_EDGES_S, wait)] += 1
    true = sorted(waits)[max(0, ceil(share * len(waits)) - 1)]
    place = bisect_left(WAIT_EDGES_S, true)
    found = quantile(counts, WAIT_EDGES_S, share)
    assert found is not None
    assert (WAIT_EDGES_S[place - 1] if place else 0) <= found <= WAIT_EDGES_S[place]


def test_rows_add_up() -> None:
    one, other = Counts(issued=1, wait_ms=5, bins=bins(24, b0=1)), Counts(issued=2, bins=bins(24, b0=1, b3=1))
    total = Counts.total([one, other])
    assert (total.issued, total.wait_ms, total.bins) == (3, 5, bins(24, b0=2, b3=1))
    assert one.issued == 1, "the sum is an object of its own"
    one.add(other)
    assert one == total


def test_documents_that_were_refused_in_time_are_neither_on_time_nor_late() -> None:
    row = DocumentCounts(finished=10, ready=7, on_time=6, late=2, elapsed_ms=30 * 86_400_000)
    assert row.on_time_share == pytest.approx(6 / 8)
    assert row.mean_days == pytest.approx(3)


def test_a_row_of_the_database_becomes_counts_by_the_names_of_its_columns() -> None:
    row = {name: number for number, name in enumerate(BRANCH_COLUMNS)}
    found = counts_of(row)
    assert all(getattr(found, name) == row[name] for name in Counts.__struct_fields__ if name in row)
    assert found.bins == tuple(row[f"w{number:02}"] for number in range(24))
    assert counts_of({"served": 3, "busy_ms": 7}) == Counts(served=3, busy_ms=7)
    days = {"finished": 2, **{f"d{number:02}": number for number in range(22)}}
    assert document_counts_of(days) == DocumentCounts(finished=2, bins=tuple(range(22)))
