"""A bank's February, drilled down to one agent's hour: what the branch page shows is what pandas says of the file."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from test_i18n import CATALOGUES
from test_layouts import having, prop
from test_real_bank import ZONE, calls, network  # noqa: F401 - fixtures

from dashboard import day_focus, hall
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.operator_day import operator_days
from dashboard.state import CentreState
from data_sources.replay import load_profile, make_events
from layouts import branch_focus
from layouts.asked import read_asked
from layouts.view import View

EVENING = pd.Timestamp("1999-02-16 23:59:59", tz=ZONE).timestamp()
"""Tuesday, the end of a working day."""
DAY = pd.Timestamp("1999-02-16").toordinal()
MIDNIGHT = pd.Timestamp("1999-02-16", tz=ZONE).timestamp()
HOURS = (8, 10, 13, 16, 21)


@pytest.fixture(scope="module")
def state(shared_data: Path, network: Network) -> CentreState:  # noqa: F811
    """The state at the end of the day: a week of the log, for nothing older is kept."""
    found = new_state("bank")
    for at, centre, raw in make_events(shared_data / "anonymous_bank_1999_02.tsv", load_profile("anonymous-bank"))[0]:
        if at > EVENING:
            break
        event = accept(raw, network, centre, 2e9)
        assert not isinstance(event, Refusal)
        fold(found, event, network, Facts(), at)
    return found


@pytest.fixture(scope="module")
def coded(calls: pd.DataFrame) -> pd.DataFrame:  # noqa: F811
    """The calls with agents' codes for their first names: A01 is the first agent of the file (docs/replay.md)."""
    names = calls.loc[calls["called"].notna(), "agent"].unique()
    codes = {name: f"A{place + 1:02}" for place, name in enumerate(names)}
    return calls.assign(agent=calls["agent"].map(codes))


def of_hour(log: pd.DataFrame, agent: str, hour: int) -> pd.DataFrame:
    """The calls that an agent had, or ended, in an hour of the day."""
    since = MIDNIGHT + hour * 3600
    mine = log[(log["agent"] == agent) & log["called"].notna()]
    return mine[(mine["called"] < since + 3600) & (mine["finished"] >= since)]


def busy(rows: pd.DataFrame, hour: int) -> float:
    """Seconds of the hour in which the agent had a call: overlaps once."""
    since, total = MIDNIGHT + hour * 3600, 0.0
    reached = since
    for begin, end in sorted(zip(rows["called"], rows["finished"], strict=True)):
        total += max(0.0, min(end, since + 3600) - max(begin, reached))
        reached = max(reached, min(end, since + 3600))
    return total


def page(state: CentreState, network: Network, agent: str, hour: int) -> Any:  # noqa: F811
    """The page's card for ``?operator=<agent>&hour=<hour>``."""
    view = View(network, CATALOGUES["en"], "day", EVENING)
    query = {"operator": agent, "hour": str(hour)}
    asked = read_asked("/branch/bank/calls", query, network.local, EVENING, centre="bank", branch="calls")
    days = operator_days(state.branches["calls"], network, DAY, EVENING)
    return branch_focus.card(view, asked, day_focus.focus(asked.filters, days, network, DAY, EVENING))


def busiest(log: pd.DataFrame) -> list[str]:
    today = log[(log["called"] >= MIDNIGHT) & (log["called"] < MIDNIGHT + 86_400)]
    return list(today["agent"].value_counts().index[:6])


def test_an_agents_hour_is_the_files_ticket_by_ticket(
    coded: pd.DataFrame,
    state: CentreState,
    network: Network,  # noqa: F811
) -> None:
    seen = 0
    for agent in busiest(coded):
        for hour in HOURS:
            rows = of_hour(coded, agent, hour)
            card = page(state, network, agent, hour)
            shown = [
                tuple(float(prop(row, name)) for name in ("data-since", "data-until", "data-wait", "data-busy"))
                for row in having(card, "data-row")
            ]
            expected = sorted(
                (each.called, each.finished, each.called - each.issued, each.finished - each.called)
                for each in rows.itertuples()
            )
            assert sorted(shown) == expected
            seen += len(shown)
            if not len(rows):
                continue
            sums = {prop(each, "data-sum"): prop(each, "data-value") for each in having(card, "data-sum")}
            since = MIDNIGHT + hour * 3600
            ended = rows["finished"].between(since, since + 3600, inclusive="left")
            assert int(sums["served"]) == int(ended.sum())
            assert float(sums["busy_s"]) == pytest.approx(busy(rows, hour))
            assert float(sums["occupancy"]) == pytest.approx(busy(rows, hour) / float(sums["open_s"]))
    assert seen > 100, "a day of six busy agents has more calls than that"


def test_every_agents_day_is_the_files(
    coded: pd.DataFrame,
    state: CentreState,
    network: Network,  # noqa: F811
) -> None:
    """Served, and open from the first call of the day to the end of the last one."""
    served = coded[coded["called"].notna() & coded["finished"].between(MIDNIGHT, EVENING)]
    own = served[served["called"] >= MIDNIGHT + 4 * 3600]
    days = {each.operator: each for each in operator_days(state.branches["calls"], network, DAY, EVENING)}
    assert {agent: each.sums().served for agent, each in days.items() if each.sums().served} == (
        served["agent"].value_counts().to_dict()
    )
    for agent, mine in own.groupby("agent"):
        early = served[(served["agent"] == agent) & (served["called"] < MIDNIGHT + 4 * 3600)]
        if early.empty:
            assert days[agent].sums().open_s == pytest.approx(mine["finished"].max() - mine["called"].min())


def test_the_waiting_line_of_a_busy_moment_is_the_files(
    coded: pd.DataFrame,
    state: CentreState,
    network: Network,  # noqa: F811
) -> None:
    lengths = []
    for minute in range(9 * 60, 15 * 60, 5):
        now = MIDNIGHT + minute * 60
        come = coded[coded["issued"] <= now]
        gone = come[["called", "left"]].min(axis=1)
        waiting = come[~(gone <= now)]
        line = hall.waiting_line(state.branches["calls"], network, now)
        assert line is not None
        assert [each.since for each in line] == sorted(waiting["issued"])
        lengths.append(len(line))
    assert max(lengths) > 3
