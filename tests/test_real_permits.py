"""The permit log: what is late, on time and by whom equals what pandas says straight from the file."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.network_file import load
from dashboard.snapshot import centre_snapshot
from data_sources.replay import load_profile, make_events

ZONE = "Europe/Amsterdam"
DAY = pd.Timedelta(days=1)
MOMENTS = ["2010-12-15T10:00", "2011-02-28T23:59", "2011-03-01T00:00", "2011-05-26T12:00", "2011-08-12T09:30",
           "2011-11-15T17:00", "2012-01-20T18:00", "2012-04-01T08:00"]  # fmt: skip


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> pd.DataFrame:
    """One row a case, straight from the file: accepted, late (first moment after the due day), ready, agency, held."""
    log = pd.read_csv(shared_data / "wabo_receipt.csv")

    def times(column: str) -> pd.Series:
        return pd.to_datetime(log[column], format="ISO8601", utc=True).dt.tz_convert(ZONE)

    log = log.assign(start=times("case:startdate"), end=times("case:enddate"), deadline=times("case:deadline"))
    log = log.assign(step=times("time:timestamp")).groupby("case:concept:name")
    found = log[["start", "end", "deadline", "case:department"]].first().assign(first=log["step"].min())
    found["accepted"] = found[["start", "first", "end"]].min(axis=1)
    found["due"] = found["deadline"].dt.date
    found["late"] = (
        found["deadline"].dt.normalize() + pd.Timedelta(hours=36)
    ).dt.normalize()  # 36 h: clocks may change
    found["held"] = found[["first", "end"]].min(axis=1)
    found["agency"] = found["case:department"].map({"Experts": "experts", "Customer contact": "customer-contact"})
    return found


@pytest.fixture(scope="module")
def network() -> Network:
    return load(load_profile("wabo-receipt").network_path)


def sla_at(log: Path, network: Network, now: pd.Timestamp) -> dict[str, Any]:
    """Our numbers, from our fold of the events up to a moment."""
    state = new_state("permits")
    for moment, centre, raw in make_events(log, load_profile("wabo-receipt"))[0]:
        if moment <= now.timestamp():
            event = accept(raw, network, centre, 2e9)
            assert not isinstance(event, Refusal)
            fold(state, event, network, Facts(), moment)
    found: dict[str, Any] = centre_snapshot(state, network, now.timestamp())["sla"]
    return found


def test_the_log_is_the_one_that_we_know(cases: pd.DataFrame) -> None:
    assert (len(cases), int(cases["end"].isna().sum()), int((cases["end"] > cases["deadline"]).sum())) == (
        1434,
        105,
        377,
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_deadlines_equal_the_files(cases: pd.DataFrame, shared_data: Path, network: Network, moment: str) -> None:
    now = pd.Timestamp(moment, tz=ZONE)
    found = sla_at(shared_data / "wabo_receipt.csv", network, now)
    known = cases[cases["accepted"] <= now]
    is_ready = known["end"].notna() & (known["end"] <= now)
    became_late = (known["late"] <= now) & ~(is_ready & (known["end"] < known["late"]))
    overdue = known[became_late & ~is_ready]
    late_done = known[is_ready & (known["end"] >= known["late"])]
    on_time = known[is_ready & (known["end"] < known["late"]) & (known["end"] > now - 30 * DAY)]
    month_ago = now - 30 * DAY
    decided = len(on_time) + int((late_done["end"] > month_ago).sum()) + int((overdue["late"] > month_ago).sum())
    assert found["open"] == int((~is_ready).sum())
    assert found["overdue"] == len(overdue)
    assert found["breached_7d"] == int((known[became_late]["late"] > now - 7 * DAY).sum())
    assert found["on_time_30d"] == (pytest.approx(len(on_time) / decided) if decided else None)
    oldest = (now.date() - overdue["due"].min()).days if len(overdue) else None
    assert found["oldest_overdue_days"] == oldest
    held = known["agency"].notna() & (known["held"] <= now) & ~is_ready
    assert found["with_agency"] == int(held.sum())


@pytest.mark.parametrize("moment", MOMENTS)
def test_whose_delay_equals_the_files(cases: pd.DataFrame, shared_data: Path, network: Network, moment: str) -> None:
    """The agency's days beyond 28 against the centre's beyond the rest of the term; a tie is the centre's."""
    now = pd.Timestamp(moment, tz=ZONE)
    found = sla_at(shared_data / "wabo_receipt.csv", network, now)
    overdue = cases[(cases["accepted"] <= now) & (cases["late"] <= now) & ~(cases["end"] <= now)]
    expected: dict[str, int] = {}
    for _, case in overdue.iterrows():
        term = (case["late"] - case["accepted"]) / DAY
        with_agency = (now - max(case["held"], case["accepted"])) / DAY if isinstance(case["agency"], str) else 0.0
        with_agency = max(0.0, with_agency)
        own = (now - case["accepted"]) / DAY - with_agency
        party = "centre"
        if with_agency and with_agency - 28 > own - max(0.0, term - 28):
            party = case["agency"]
        expected[party] = expected.get(party, 0) + 1
    assert found["overdue_by"] == expected


@pytest.mark.parametrize("moment", ["2011-03-10T10:00", "2011-08-12T09:30"])
def test_at_risk_counts_working_days_left(
    cases: pd.DataFrame, shared_data: Path, network: Network, moment: str
) -> None:
    """Weeks of these moments have no Dutch holidays: working days are Monday to Friday."""
    now = pd.Timestamp(moment, tz=ZONE)
    found = sla_at(shared_data / "wabo_receipt.csv", network, now)
    is_open = (cases["accepted"] <= now) & ~(cases["end"] <= now) & (cases["late"] > now)
    left = [len(pd.bdate_range(now.date() + pd.Timedelta(days=1), due)) for due in cases[is_open]["due"]]
    assert found["at_risk"] == sum(each <= 2 for each in left)
