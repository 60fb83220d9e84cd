"""The file of alarm rules: what it may say, and what an error says."""

from pathlib import Path

import pytest

from dashboard.alert_file import DEFAULT, RuleError, load, parse, rules_path
from dashboard.network_file import DEFAULT as NETWORK_FILE

GOOD = """\
[sending]
quiet = "21:00-08:00"

[[rules]]
id = "overdue"
names = { ru = "Р", kk = "Қ", en = "E" }
metric = "sla.overdue"
scope = "centre"
threshold = 20
clear = 15
minutes = 5
roles = ["director"]
"""


def test_a_rule_is_read_with_minutes_as_seconds_and_its_metrics_own_worse_way() -> None:
    found = parse(GOOD, "x.toml")
    (rule,) = found.rules
    assert (rule.for_s, rule.clear_s, rule.worse, rule.clear, rule.escalate_s) == (300, 300, "above", 15, None)
    assert found.sending.quiet == (21 * 60, 8 * 60)
    assert found.sending.is_quiet(22 * 60)
    assert found.sending.is_quiet(7 * 60 + 59)
    assert not found.sending.is_quiet(8 * 60)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"sla.overdue"', '"sla.overdu"', 7, "rules[overdue].metric: no such number"),
        ('"sla.overdue"', '"turnover.reasons"', 7, "no such number"),
        ('"sla.overdue"', '"sla.open"', 4, 'add worse = "above" or worse = "below"'),
        ('"centre"', '"branche"', 8, '"network", "centre" or "branch"'),
        ("clear = 15", "clear = 25", 10, "worse than the threshold 20"),
        ('"sla.overdue"', '"queue.within_norm"', 9, "is a share"),
        ('["director"]', '["boss"]', 12, "a list of at least one of akim"),
        ('["director"]', "[]", 12, "at least one of akim"),
        ("minutes = 5", "minutes = -5", 11, "minutes, 0 to 10080"),
        ("minutes = 5", "minuts = 5", 11, "write minutes"),
        ("threshold = 20", "threshold = nan", 9, "write a finite number"),
        ('"21:00-08:00"', '"25:00-08:00"', 2, "two times of day"),
        ('metric = "sla.overdue"\nscope = "centre"', 'metric = "freshness"\nscope = "branch"', 8, "no freshness of"),
        ("minutes = 5", "escalate_minutes = 5\nescalate_roles = []", 11, "escalates to nobody"),
        ('"centre"', '"network"', 12, "a director is told of the own centre alone"),
        ("threshold = 20\n", "", 4, "threshold is missing"),
        ("[[rules]]", "[[rules]", 4, "not valid TOML"),
    ],
)
def test_an_error_names_the_line_what_is_wrong_and_what_to_do(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        parse(GOOD.replace(old, new), "x.toml")
    assert str(caught.value).startswith(f"x.toml:{line}: ")
    assert said in str(caught.value)


def test_two_rules_of_one_id_are_refused_with_both_lines() -> None:
    with pytest.raises(RuleError, match=r"x\.toml:14: rules\[overdue\]\.id: already given on line 5"):
        parse(GOOD + GOOD.partition("\n\n")[2], "x.toml")


def test_rules_stand_beside_the_network_and_else_are_the_default_ones(tmp_path: Path) -> None:
    assert rules_path(None) == DEFAULT == rules_path(NETWORK_FILE)
    assert rules_path(tmp_path / "mine.toml") == DEFAULT
    beside = tmp_path / "mine.alarms.toml"
    beside.write_text(GOOD)
    assert rules_path(tmp_path / "mine.toml") == beside
    assert [each.id for each in load(beside).rules] == ["overdue"]
    beside.write_bytes(b"\xff")
    with pytest.raises(RuleError, match="not UTF-8"):
        load(beside)
