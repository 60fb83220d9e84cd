"""What a change of norms may say: the members that a network file has, by the same schema and the same checks."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec import structs

from dashboard import network_schema as schema
from dashboard.events import MAX_AHEAD_S
from dashboard.network import Network
from dashboard.network_file import check_norms, threshold
from dashboard.norms import Norms, Threshold
from dashboard.toml_file import FileError, TomlFile

READ_EVERY_S: Final = 30.0
"""A process that runs knows of a change after so long."""
NOTICE_S: Final = MAX_AHEAD_S + 10 * 60.0
"""A change is made at least so long before the day on which it begins: by the first event of that day, whose clock may
be 5 minutes ahead, every process knows of it, and so no wait is held against one norm here and another there."""
DAYS_MOST: Final = 3660
WHY_MOST: Final = 300
_RULE: Final = ("watch", "act", "worse", "margin")
_NORMS: Final = tuple(Norms.__struct_fields__)


class NormError(FileError):
    """A change that cannot be made: ``kind`` for the screen, the text for people at a terminal."""

    def __init__(self, where: str, line: int, wrong: str, found: str = "", remedy: str = "") -> None:
        super().__init__(where, line, wrong, found, remedy)
        # the text was put together from what was said: its lines mean nothing to anybody
        self.args = (str(self).removeprefix(f"{where}:{line}: "),)
        order, margin = "not worse than watch" in wrong, "margin is too wide" in wrong
        self.kind = "norm_order" if order else "norm_margin" if margin else "norm_value"


def refusal(kind: str, wrong: str, found: str = "", remedy: str = "") -> NormError:
    """An error of another kind than those of the schema."""
    error = NormError("norm", 1, wrong, found, remedy)
    error.kind = kind
    return error


def changed(network: Network, said: Mapping[str, str]) -> tuple[dict[str, float], tuple[Threshold, ...]]:
    """What differs in a network that has these members: norms by name, and whole rules.

    ``said`` is as people write it: ``wait_s`` to ``900``, ``queue.within_norm.watch`` to ``0.9``. ``network`` has the
    norms that hold before. :class:`NormError` when a member is unknown or its value cannot be, or nothing differs.
    """
    norms, rules = structs.asdict(network.norms), {each.metric: _told(each) for each in network.thresholds}
    touched: dict[str, None] = {}
    for member, value in said.items():
        metric, _, part = member.removeprefix("norms.").rpartition(".")
        if not metric and part in _NORMS:
            norms[part] = _number(value)
        elif metric.count(".") == 1 and part in _RULE:
            rules.setdefault(metric, {})[part] = value if part == "worse" else _number(value)
            touched[metric] = None
        else:
            known = ", ".join((*_NORMS, "GROUP.MEMBER.watch", "….act", "….worse", "….margin"))
            raise refusal("norm_member", "no such member", member, f"write one of {known}")
    file = TomlFile(_text(norms, {each: rules[each] for each in touched}), "norm", NormError)
    checked = file.convert(schema.NormsTable, ("norms",))
    check_norms(file, checked)
    tables = [file.convert(schema.ThresholdTable, ("thresholds", place)) for place in range(len(touched))]
    found = {name: value for name, value in structs.asdict(checked).items() if value != getattr(network.norms, name)}
    new = tuple(threshold(file, tables, place) for place in range(len(tables)))
    changes = tuple(each for each in new if each not in network.thresholds)
    if not found and not changes:
        raise refusal("norm_same", "this is what holds on that day already", remedy="say what is to be different")
    return found, changes


def check_day(network: Network, first_day: int, now: float) -> None:
    """That a change may begin on a local day: not before :func:`earliest`, and within ten years."""
    least = earliest(network, now)
    if not least <= first_day <= least + DAYS_MOST:
        raise refusal(
            "norm_day",
            "a change begins tomorrow at the earliest, and within ten years",
            date.fromordinal(first_day).isoformat() if first_day > 0 else "no day",
            f"the first day now is {date.fromordinal(least)}",
        )


def check_why(why: str) -> str:
    """The reason without what surrounds it."""
    why = " ".join(why.split())
    if not 1 <= len(why) <= WHY_MOST:
        raise refusal("norm_why", "say why", remedy=f"in 1 to {WHY_MOST} characters")
    return why


def earliest(network: Network, now: float) -> int:
    """The first local day on which a change that is made now may begin: tomorrow, and in the last quarter of an hour of
    a day the day after."""
    return network.local.day(now + NOTICE_S) + 1


def _told(rule: Threshold) -> dict[str, Any]:
    found = structs.asdict(rule)
    del found["metric"]
    return found


def _number(text: str) -> float | int | str:
    """As a network file would have it; what is no number is left to the schema to refuse."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(found) if found.is_integer() and abs(found) < 1e15 else found


def _text(norms: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> str:
    """The part of a network file that says the same."""
    lines = ["[norms]", *(f"{name} = {_toml(value)}" for name, value in norms.items())]
    for metric, members in rules.items():
        lines += ["[[thresholds]]", f"metric = {_toml(metric)}"]
        lines += [f"{name} = {_toml(value)}" for name, value in members.items()]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)
