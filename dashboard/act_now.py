"""The wall's "act now" lines as facts: what, where, since when. The screen puts them into words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

KINDS: Final = ("silent", "no_window", "long_wait", "overdue", "overloaded", "turnover")
"""The worst kind first; within a kind the largest value first, one line a centre as long as there are others."""


def act_now(centres: Iterable[Mapping[str, Any]], entered: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """At most three lines from centres of the snapshot that carry ``level`` and ``levels``.

    ``entered`` says since when a level has stood: centre id to rule or group to RFC 3339 time; it is used where the
    numbers themselves do not tell.
    """
    lines = [line for centre in centres for line in _lines(centre, entered.get(centre["id"], {}))]
    lines.sort(key=lambda line: (KINDS.index(line["kind"]), -line["value"]))
    first = _first_of_each(lines)
    rest = [line for line in lines if line not in first]
    return (first + rest)[:3]


def _first_of_each(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: set[str] = set()
    return [line for line in lines if not (line["centre"] in seen or seen.add(line["centre"]))]  # type: ignore[func-returns-value]


def _lines(centre: Mapping[str, Any], entered: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    levels, since = centre["levels"], centre["since"]
    if centre["state"] == "silent":
        as_of = centre["as_of"]
        age = (_time(centre["at"]) - _time(as_of)).total_seconds() if as_of else 0.0
        yield _line(centre, "silent", as_of, age)
    if centre["state"] in ("planned", "closed", "silent"):
        if levels["sla"] == "act":
            yield _overdue(centre, since)
        return
    if "no_window_open" in centre["warnings"]:
        yield _no_window(centre, since)
    elif levels["queue"] == "act" and centre["queue"]["longest_wait_s"] is not None:
        yield _long_wait(centre, since)
    if levels["load"] == "act" and centre["load"]["occupancy"] is not None:
        yield _line(centre, "overloaded", entered.get("load"), centre["load"]["occupancy"])
    if levels["sla"] == "act":
        yield _overdue(centre, since)
    if levels["turnover"] == "act":
        yield _line(centre, "turnover", entered.get("turnover"), centre["turnover"]["rate_12m"])


def _no_window(centre: Mapping[str, Any], since: Mapping[str, str]) -> dict[str, Any]:
    return _line(centre, "no_window", since.get("no_window_open"), centre["queue"]["waiting"])


def _long_wait(centre: Mapping[str, Any], since: Mapping[str, str]) -> dict[str, Any]:
    waits = {branch["id"]: branch["queue"]["longest_wait_s"] or 0 for branch in centre["branches"]}
    branch = max(waits, key=lambda each: waits[each]) if len(waits) > 1 else None
    return _line(centre, "long_wait", since.get("long_wait"), centre["queue"]["longest_wait_s"], branch=branch)


def _overdue(centre: Mapping[str, Any], since: Mapping[str, str]) -> dict[str, Any]:
    parties = centre["sla"]["overdue_by"]
    party = max(parties, key=lambda each: parties[each], default="centre")
    agency = None if party == "centre" else party
    return _line(centre, "overdue", since.get("overdue"), centre["sla"]["overdue"], agency=agency)


def _line(
    centre: Mapping[str, Any],
    kind: str,
    since: str | None,
    value: float | None,
    *,
    branch: str | None = None,
    agency: str | None = None,
) -> dict[str, Any]:
    return {
        "centre": centre["id"],
        "branch": branch,
        "kind": kind,
        "since": since,
        "value": value or 0,
        "agency": agency,
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
