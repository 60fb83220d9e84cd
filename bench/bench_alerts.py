"""A tick of the alarm rules over very many centres: `python -m bench.bench_alerts`.

Every centre has three branches; one in ten is bad in something, one in twenty silent. The promise is under 100 ms for
1,600 centres, with the network's default rules.
"""

import copy
import time
from statistics import median

from msgspec import structs

from dashboard import alert_file
from dashboard.alert_notices import Post, notices
from dashboard.alerts import Memory, step
from dashboard.metrics import no_figures
from dashboard.network_file import DEFAULT, load
from dashboard.snapshot import iso

CENTRES, TICKS, TICK_S, PROMISED_MS = 1600, 40, 5.0, 100.0
START = 1_795_410_000.0  # a Monday, 10:00 in Atyrau


def main() -> None:
    rules, network = alert_file.load(alert_file.DEFAULT), load(DEFAULT)
    one = next(each for each in network.centres if not each.planned)
    halls = tuple(structs.replace(one.branches[0], id=f"hall-{number}") for number in range(3))
    centres = tuple(structs.replace(one, id=f"c-{number}", branches=halls) for number in range(CENTRES))
    network = structs.replace(network, centres=centres)
    good = figures(waiting=4, longest=600.0, overdue=3)
    bad = figures(waiting=60, longest=3600.0, overdue=40)
    snapshot = {
        "totals": good,
        "centres": [
            {
                "id": f"c-{number}",
                "state": "silent" if number % 20 == 1 else "live",
                **(bad if number % 10 == 0 else good),
                "branches": [{"id": each.id, **(bad if number % 10 == 0 else good)} for each in halls],
            }
            for number in range(CENTRES)
        ],
    }
    memory, post, spent, raised, sent = Memory(), Post(), list[float](), 0, 0
    for tick in range(TICKS):
        now = START + tick * 60
        snapshot["at"] = iso(now)
        for each in snapshot["centres"]:
            each["at"], each["as_of"] = iso(now), iso(START - 900 if each["state"] == "silent" else now - 2)
        begun = time.process_time()
        memory, found = step(memory, rules.rules, network, snapshot, now)
        post, due = notices(post, rules, found, network.local, now)
        spent.append((time.process_time() - begun) * 1000)
        raised, sent = raised + sum(each.kind == "fired" for each in found), sent + len(due)
    print(
        f"{CENTRES} centres, {CENTRES * 3} branches, {len(rules.rules)} rules: {median(spent):.0f} ms of CPU a tick, "
        f"{max(spent):.0f} ms the longest; {raised} alarms in {TICKS} minutes, {sent} notices"
    )
    assert median(spent) < PROMISED_MS, f"promised: under {PROMISED_MS} ms"


def figures(waiting: int, longest: float, overdue: int) -> dict[str, dict[str, object]]:
    found = copy.deepcopy(no_figures())
    found["queue"] |= {"waiting": waiting, "longest_wait_s": longest, "within_norm": 0.9}
    found["load"] |= {"windows_open": 4, "waiting_per_window": waiting / 4}
    found["turnover"] |= {"rate_12m": 0.2}
    found["sla"] |= {"overdue": overdue, "oldest_overdue_days": 12}
    return found


if __name__ == "__main__":
    main()
