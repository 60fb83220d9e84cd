"""The February log of a bank: every number of the queue equals what pandas says straight from the file.

Nothing of ours makes the expectations: rows, times and intervals are taken from the file here, by the rules that
docs/replay.md states.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.facts import BRANCH_COLUMNS, Facts
from dashboard.fold import fold, new_state
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.network_file import load
from dashboard.snapshot import centre_snapshot
from data_sources.replay import load_profile, make_events

ZONE, DAY, HOUR, NORM = "Asia/Jerusalem", 86_400, 3600.0, 60.0


@pytest.fixture(scope="module")
def calls(shared_data: Path) -> pd.DataFrame:
    """One row a used call: issued, called, finished, left (epoch seconds, nan where not), agent."""
    log = pd.read_csv(shared_data / "anonymous_bank_1999_02.tsv", sep="\t", dtype=str)
    assert len(log) == 33_344
    midnight = pd.to_datetime(log["date"], format="%y%m%d").dt.tz_localize(ZONE).dt.tz_convert("UTC")
    start = midnight.astype("datetime64[s, UTC]").astype("int64")

    def at(column: str, near: pd.Series | None) -> pd.Series:
        clock = pd.to_timedelta(log[column]).dt.total_seconds().where(log[column] != "0:00:00")
        moment = start + clock
        return moment if near is None else moment + ((near - moment) / DAY).round() * DAY

    entry = start + pd.to_timedelta(log["vru_entry"]).dt.total_seconds()
    queued = at("q_start", entry)
    issued = queued.fillna(entry)
    is_hang = log["outcome"] == "HANG"
    called = at("ser_start", issued).where(~is_hang)
    calls = pd.DataFrame({"called": called, "finished": at("ser_exit", called), "agent": log["server"]})
    calls["left"] = at("q_exit", issued).where(is_hang)
    calls["issued"] = np.fmin(issued, called.fillna(issued))
    used = (is_hang & queued.notna()) | (
        (log["outcome"] == "AGENT") & (log["server"] != "NO_SERVER") & calls["called"].notna()
    )
    return calls[used]


@pytest.fixture(scope="module")
def network() -> Network:
    return load(load_profile("anonymous-bank").network_path)


def mornings() -> list[float]:
    """Busy and quiet moments over the month, one just after midnight."""
    days = pd.to_datetime([f"1999-02-{day:02}" for day in (1, 3, 7, 12, 16, 21, 28)])
    times = [
        pd.Timedelta(hours=10.5),
        pd.Timedelta(hours=13, minutes=7),
        pd.Timedelta(hours=20),
        pd.Timedelta(0.02, "h"),
    ]
    return sorted((day + each).tz_localize(ZONE).timestamp() for day in days for each in times)


@pytest.fixture(scope="module")
def ours(shared_data: Path, network: Network) -> tuple[dict[float, dict[str, Any]], Facts]:
    """Our snapshot at each moment, taken in mid-stream, and the facts of the whole month."""
    state, facts, found = new_state("bank"), Facts(), {}
    moments: Iterator[float] = iter([*mornings(), float("inf")])
    following = next(moments)
    for at, centre, raw in make_events(shared_data / "anonymous_bank_1999_02.tsv", load_profile("anonymous-bank"))[0]:
        while at > following:
            state.arrived = following  # the feed speaks: the picture is of this moment
            found[following] = centre_snapshot(state, network, following)
            following = next(moments)
        event = accept(raw, network, centre, 2e9)
        assert not isinstance(event, Refusal)
        fold(state, event, network, facts, at)
    return found, facts


def hourly(moments: pd.Series) -> dict[int, int]:
    return (moments.dropna() // 3600).astype(int).value_counts().to_dict()


@pytest.mark.parametrize("column", ["issued", "called", "abandoned"])
def test_counts_of_every_hour_of_the_month_are_the_files(
    calls: pd.DataFrame, ours: tuple[Any, Facts], column: str
) -> None:
    place, found = BRANCH_COLUMNS.index(column), dict[int, int]()
    for (_, bucket), row in ours[1].branches.items():
        if row[place]:
            found[bucket // 3600] = found.get(bucket // 3600, 0) + row[place]
    assert found == hourly(calls["left" if column == "abandoned" else column])


def test_waits_of_every_hour_of_the_month_add_up_to_the_files(calls: pd.DataFrame, ours: tuple[Any, Facts]) -> None:
    waits = (calls["called"] - calls["issued"]).dropna()
    expected = (waits * 1000).round().astype(int).groupby(calls["called"].dropna() // 3600).sum()
    within = (waits <= NORM).astype(int).groupby(calls["called"].dropna() // 3600).sum()
    sums, shares = dict[float, int](), dict[float, int]()
    for (_, bucket), row in ours[1].branches.items():
        hour = bucket // 3600
        sums[hour] = sums.get(hour, 0) + row[BRANCH_COLUMNS.index("wait_ms")]
        shares[hour] = shares.get(hour, 0) + row[BRANCH_COLUMNS.index("within")]
    assert {hour: total for hour, total in sums.items() if total} == expected[expected > 0].to_dict()
    assert {hour: total for hour, total in shares.items() if total} == within[within > 0].to_dict()


@pytest.mark.parametrize("now", mornings())
def test_the_queue_at_a_moment_is_the_files(
    calls: pd.DataFrame, ours: tuple[dict[float, dict[str, Any]], Any], now: float
) -> None:
    queue = ours[0][now]["queue"]
    if now < calls["issued"].min():
        assert queue["waiting"] is None, "before the first event nothing is known"
        return
    come = calls[calls["issued"] <= now]
    decided = np.fmin(come["called"], come["left"].fillna(np.inf)).fillna(np.inf)
    waiting = come[decided > now]
    assert queue["waiting"] == len(waiting)
    assert queue["longest_wait_s"] == (pytest.approx(now - waiting["issued"].min()) if len(waiting) else None)
    recent = come[(come["called"] > now - HOUR) & (come["called"] <= now)]
    waits = recent["called"] - recent["issued"]
    for share, name in ((0.5, "wait_p50_s"), (0.9, "wait_p90_s")):
        assert queue[name] == (pytest.approx(waits.quantile(share)) if len(waits) else None)
    midnight = pd.Timestamp(now, unit="s", tz="UTC").tz_convert(ZONE).normalize().timestamp()
    called = come[(come["called"] >= midnight) & (come["called"] <= now)]
    left = come[(come["left"] >= midnight) & (come["left"] <= now)]
    issued = int((come["issued"] >= midnight).sum())
    assert (queue["issued_today"], queue["called_today"], queue["abandoned_today"]) == (issued, len(called), len(left))
    assert queue["abandonment"] == (pytest.approx(len(left) / issued) if issued else None)
    within = int((called["called"] - called["issued"] <= NORM).sum())
    late = int((left["left"] - left["issued"] > NORM).sum()) + int((now - waiting["issued"] > NORM).sum())
    total = len(called) + late
    assert queue["within_norm"] == (pytest.approx(within / total) if total else None)


@pytest.mark.parametrize("now", mornings())
def test_the_agents_occupancy_of_the_last_hour_is_the_files(
    calls: pd.DataFrame, ours: tuple[dict[float, dict[str, Any]], Any], now: float
) -> None:
    """Union of each agent's services / the agent's time from the first service of the day to the end of the last,
    both in the last hour. Agents work from 04:00 to 04:00."""
    served = calls.dropna(subset=["called"])
    local = pd.to_datetime(served["called"] - 4 * 3600, unit="s", utc=True).dt.tz_convert(ZONE).dt.date
    shifts = served.groupby([served["agent"], local]).agg(since=("called", "min"), until=("finished", "max"))
    since, until = shifts["since"].clip(now - HOUR, now), shifts["until"].clip(now - HOUR, now)
    open_s = float((until - since).sum())
    busy_s = 0.0
    for _, each in served[(served["called"] < now) & (served["finished"] > now - HOUR)].groupby("agent"):
        reached = now - HOUR
        for begin, end in sorted(zip(each["called"], each["finished"], strict=True)):
            busy_s += max(0.0, min(end, now) - max(begin, reached))
            reached = max(reached, min(end, now))
    occupancy = ours[0][now]["load"]["occupancy"]
    if now < calls["issued"].min():
        assert occupancy is None
        return
    assert occupancy == (pytest.approx(busy_s / open_s) if open_s else None)
    in_service = served[(served["called"] <= now) & (served["finished"] > now)]
    assert ours[0][now]["load"]["serving"] == in_service["agent"].nunique()


def test_the_agents_busy_time_of_the_month_is_the_files(calls: pd.DataFrame, ours: tuple[Any, Facts]) -> None:
    """Some agents have two calls at a time: that is one agent's time."""
    total, services = 0.0, calls[calls["finished"] > calls["called"]]
    for _, each in services.groupby("agent"):
        reached = float("-inf")
        for begin, end in sorted(zip(each["called"], each["finished"], strict=True)):
            total += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
    busy_ms = round(total * 1000)
    assert busy_ms < round(float((services["finished"] - services["called"]).sum()) * 1000)
    assert sum(row[BRANCH_COLUMNS.index("busy_ms")] for row in ours[1].branches.values()) == busy_ms
    assert sum(row[1] for row in ours[1].operators.values()) == busy_ms
