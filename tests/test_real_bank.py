"""The February log of the bank: what the fold says equals what pandas says straight from the file."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from dashboard.facts import BRANCH_COLUMNS, Facts
from dashboard.fold import fold, new_state
from dashboard.intake import Refusal, accept
from dashboard.network_file import load
from data_sources.replay import load_profile, make_events

LOG = Path(__file__).parents[2] / "shared" / "data" / "anonymous_bank_1999_02.tsv"
pytestmark = pytest.mark.skipif(not LOG.exists(), reason="the bank's log is not on this machine")


def seconds(column: pd.Series) -> pd.Series:
    return pd.to_timedelta(column).dt.total_seconds()


def hourly(frame: pd.DataFrame, column: str) -> Counter:
    day = pd.to_datetime(frame["date"], format="%y%m%d")
    near = seconds(frame["vru_entry"])
    at = seconds(frame[column]) if isinstance(column, str) else column
    at = at + ((near - at) / 86_400).round() * 86_400
    utc = (day + pd.to_timedelta(at, unit="s")).dt.tz_localize("Asia/Jerusalem")
    return Counter((utc.astype("datetime64[s, UTC]").astype("int64") // 3600).tolist())


def test_counts_by_day_and_hour_are_those_of_the_file() -> None:
    profile = load_profile("anonymous-bank")
    network, state, facts = load(profile.network_path), new_state("bank"), Facts()
    for moment, centre, raw in make_events(LOG, profile)[0]:
        event = accept(raw, network, centre, 2e9)
        assert not isinstance(event, Refusal)
        fold(state, event, network, facts, moment)
    found: dict[str, Counter] = {name: Counter() for name in ("called", "abandoned")}
    for (*_, bucket), row in facts.branches.items():
        for name, counter in found.items():
            counter[bucket // 3600] += row[BRANCH_COLUMNS.index(name)]
    log = pd.read_csv(LOG, sep="\t", dtype=str)
    served = log[(log.outcome == "AGENT") & (log.server != "NO_SERVER") & (log.ser_start != "0:00:00")]
    left = log[(log.outcome == "HANG") & (log.q_start != "0:00:00")]
    assert +found["called"] == hourly(served, "ser_start")
    assert +found["abandoned"] == hourly(left, "q_exit")
