"""Any mistake in a network file is named with its line, with what was found there, and with what to do."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.network_file import NetworkError, parse
from tests.small_network_file import SMALL, VALUES, as_toml, refused

BRANCH_OF_TWO = SMALL[SMALL.rindex("[[centres.branches]]") :]
MISTAKES = {
    "the TOML is broken": ("wait_s = 900", "wait_s 900", "wait_s 900", "not valid TOML"),
    "a text does not end": ('id = "one"', 'id = "one', 'id = "one', "not valid TOML"),
    "a table does not end": ("[norms]", "[norms", "[norms", "not valid TOML"),
    "a key is given twice": ("wait_s = 900", "wait_s = 900\nwait_s = 9", "wait_s = 9\n", "not valid TOML"),
    "a table is given twice": ("[norms]", "[norms]\n[norms]", "[norms]\nwait", "not valid TOML"),
    "a number is far too long": ("wait_s = 900", "wait_s = " + "9" * 5000, "wait_s = 9", "too long"),
    "lists are nested too deeply": ("wait_s = 900", "wait_s = " + "[" * 9000, "wait_s = [", "deeply"),
    "the network has no id": ('id = "small"\n', "", "names", "id is missing"),
    "the network has no time zone": ('time_zone = "Asia/Atyrau"\n', "", "id", "time_zone is missing"),
    "a member is not known": ("wait_s = 900", "wait_seconds = 900", "wait_seconds", "write wait_s"),
    "a member of the file is not known": ("time_zone =", "timezone =", "timezone", "write time_zone"),
    "a member of a branch is not known": ("windows = [", "window = [", "window = [", "write windows"),
    "a member belongs elsewhere": ("kind = ", "wait_s = 1\nkind = ", "wait_s = 1\n", "remove it; known here are id"),
    "a centre has no branches": (BRANCH_OF_TWO, "", '[[centres]]\nid = "two"', "[[centres.branches]]"),
    "a list of branches is empty": (BRANCH_OF_TWO, "branches = []\n", "branches = []", "at least one"),
    "there are no centres": (SMALL[SMALL.index("[[centres]]") :], "", "id", "at least one [[centres]] table"),
    "a centre has no kind": ('kind = "rural"\n', "", '[[centres]]\nid = "two"', 'add kind = "city" or "rural"'),
    "a centre is neither city nor rural": ('"rural"', '"rual"', "rual", "centres[two].kind: invalid enum value"),
    "a name lacks a language": (', kk = "Қала"', "", 'ru = "Город"', "centres[one].district: kk is missing"),
    "a name has a language too many": ('kk = "Қала"', 'kk = "Қала", de = "Stadt"', "Stadt", "unknown member"),
    "a name is blank": ('"Қала"', '"  "', '"  "', "centres[one].district.kk"),
    "a name is one text": ('{ ru = "Два", kk = "Екі", en = "Two" }', '"Два"', '"Два"', "expected a table, got text"),
    "a centre is given twice": (
        'id = "two"',
        'id = "one"',
        'id = "one"\nnames = { ru = "Два"',
        "already given on line",
    ),
    "a branch is given twice": ('id = "hall-2"', 'id = "main"', 'id = "main"\nnames = { ru = "Зал 2"', "already given"),
    "a service is given twice": (
        'id = "card"',
        'id = "estate"',
        'id = "estate"\nnames = { ru = "Карта"',
        "already given",
    ),
    "a window is given twice": ('"A2"', '"A1"', '"A1",\n]', "already given on line"),
    "a rule is given twice": ("queue.within_norm", "sla.overdue", '"sla.overdue"\nwatch = 0.9', "already given"),
    "a weekday is given twice": ('"tue", ', '"mon", ', "working_week", "working_week[2]: already given"),
    "an id has capital letters": ('id = "hall-2"', 'id = "Hall-2"', "Hall-2", "lower-case Latin letters"),
    "an id is too long": ('id = "hall-2"', f'id = "{"h" * 33}"', "hhh", "at most 32"),
    "an id ends with a line end": ('id = "hall-2"', r'id = "hall-2\n"', r"hall-2\n", "wrong form"),
    "a code has a slash": ('id = "card"', 'id = "card/2"', "card/2", "a code of letters"),
    "an agency is called centre": ('id = "cadastre"', 'id = "centre"', 'id = "centre"', "stands for the centre itself"),
    "a time zone is not known": ("Asia/Atyrau", "Asia/Atyraw", "Atyraw", "unknown time zone"),
    "a weekday is not known": ('"tue"', '"tuesday"', "tuesday", "working_week[2]"),
    "no day is a working day": ('["mon", "tue", "wed", "thu", "fri"]', "[]", "working_week", "working days"),
    "a country is not known": ("[hours.office]", 'holidays = "XX"\n[hours.office]', "XX", 'such as "KZ"'),
    "hours close before they open": ("09:00-18:00", "18:00-09:00", "18:00", "does not close after it opens"),
    "hours close as they open": ("09:00-18:00", "09:00-09:00", "09:00-09:00", "does not close after it opens"),
    "hours end after midnight": ("10:00-20:00", "10:00-24:30", "24:30", "from 00:00 to 24:00"),
    "an hour has too many minutes": ("09:00-18:00", "09:00-17:60", "17:60", "from 00:00 to 24:00"),
    "hours are not written as hours": ("09:00-18:00", "9-18", "9-18", "write opening and closing time, for instance"),
    "hours name a day that is none": ("wed =", "wednesday =", "wednesday", "hours.office.wednesday: unknown member"),
    "hours are never open": ('mon-fri = "09:00-18:00"\nwed = "10:00-20:00"\n', "", "[hours", "never open"),
    "hours are no table": ("[hours.office]", "[hours]\noffice = 9\n[hours.x]", "office = 9", "expected a table"),
    "a branch's hours are not defined": ('"office"\nposts = 2', '"ofice"\nposts = 2', "ofice", "write one of office"),
    "a branch has no windows": ("windows = 3\nhours", "windows = 0\nhours", "windows = 0", "1 to 500"),
    "a branch has half a window": ("windows = 3\nhours", "windows = 2.5\nhours", "2.5", "a whole number or a list"),
    "a list of windows is empty": (
        'windows = [\n  "A1",  # by the door\n  "A2",\n]',
        "windows = []",
        "[]",
        "length >= 1",
    ),
    "a window is no code": ('"A2"', '"A 2"', '"A 2"', "branches[hall-2].windows[2]"),
    "posts are negative": ("posts = 2", "posts = -2", "posts = -2", "established number of staff"),
    "a latitude is off the earth": ("latitude = 47.2", "latitude = 472", "472", "degrees north"),
    "a latitude is no number": ("latitude = 47.2", "latitude = nan", "nan", "degrees north"),
    "a longitude is text": ("longitude = 51.8", 'longitude = "51.8"', '"51.8"', "expected a number, got text"),
    "a norm is negative": ("wait_s = 900", "wait_s = -900", "-900", "a number above 0"),
    "a norm is infinite": ("wait_s = 900", "wait_s = inf", "inf", "finite"),
    "a norm is text": ("wait_s = 900", 'wait_s = "15 min"', "15 min", "expected a number, got text"),
    "a norm is no share": ("wait_s = 900", "occupancy = 85", "occupancy = 85", "a share from 0 to 1"),
    "a term is no day": ("days = 15", "days = 0", "days = 0", "1 to 3650"),
    "days are counted in no known way": ('"working"', '"workdays"', "workdays", '"calendar" or "working"'),
    "an allowance is negative": ("allowance_days = 5", "allowance_days = -5", "-5", "not negative"),
    "an allowance has no end": ("allowance_days = 5", "allowance_days = inf", "inf", "finite"),
    "no service is offered": (
        'en = "Real estate" }',
        'en = "Real estate" }\noffered = false',
        "[[services]]",
        "none is",
    ),
    "a rule's number does not exist": ("sla.overdue", "sla.overdu", 'overdu"', "write sla.overdue"),
    "a rule's number is no number": ("sla.overdue", "sla.overdue_by", "overdue_by", "no such number"),
    "a rule's act is not worse than watch": ("act = 20", "act = 5", "act = 5", "write a number above 5"),
    "a rule's act is better than watch": ("act = 0.7", "act = 0.95", "0.95", "write a number below 0.9"),
    "a rule's watch is no share": ("watch = 0.9", "watch = 90", "watch = 90", "0.85 for 85 %"),
    "a rule's watch is no number": ("watch = 5", "watch = nan", "nan", "finite"),
    "a rule's margin is too wide": ("margin = 0.05", "margin = 0.5", "margin = 0.5", "make it less than"),
    "a rule's own margin is too wide": ("act = 20", "act = 5.1", "act = 5.1", "make it less than"),
    "a rule cannot know which way is worse": (
        "sla.overdue",
        "sla.open",
        '[[thresholds]]\nmetric = "sla.open',
        "worse =",
    ),
    "a planned centre has no day": ("opens = 2008-12-31\n", "", '[[centres]]\nid = "two"', "add opens"),
    "a working centre has a day": ("planned = true\n", "", "opens = 2008", "only a planned centre opens"),
    "a day is a day and a time": ("2008-12-31", "2008-12-31T09:00:00", "opens", "a day such as 2008-12-31"),
    "a day does not exist": ("2008-12-31", "2008-12-32", "opens", "not valid TOML"),
    "an assumption has no note": ('note = "A guess."\n', "", "assumption", 'add note = "..."'),
    "true is written as text": ("planned = true", 'planned = "yes"', '"yes"', "expected true or false, got text"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_to_do(mistake: str) -> None:
    before, after, at, words = MISTAKES[mistake]
    assert SMALL.count(before) >= 1
    text = SMALL.replace(before, after, 1)
    error = refused(text)
    assert error.line == text[: text.rindex(at) if at.startswith("[norms]") else text.index(at)].count("\n") + 1
    assert str(error).startswith(f"small.toml:{error.line}: ")
    assert words in str(error)
    assert "\n" not in str(error)


def test_an_error_calls_a_centre_by_its_id_and_shows_what_was_found() -> None:
    error = refused(SMALL.replace("posts = 2", "posts = 2.5"))
    assert "centres[one].branches[hall-2].posts: expected a whole number, got a number; found 2.5; write" in str(error)


def test_a_text_that_is_no_unicode_is_refused_with_the_line() -> None:
    error = refused(SMALL.replace("A guess.", "A gue\ud800ss."))
    assert error.line == SMALL[: SMALL.index("A guess.")].count("\n") + 1


LINES = SMALL.splitlines()
line_numbers = st.integers(0, len(LINES) - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
pieces = st.sampled_from(
    [
        *"[]{}=,.\"'#\\-09",
        '"""',
        "'''",
        "nan",
        "inf",
        "true",
        "2008-12-31",
        "09:00:00",
        "[[centres]]",
        "[norms]",
        "id = 1",
    ]
)


def mistake_of(text: str) -> NetworkError | None:
    try:
        parse(text, "small.toml")
    except NetworkError as error:
        return error
    return None


def check_parses_or_names_a_line(text: str) -> None:
    error = mistake_of(text)
    if error is None:
        assert parse(text, "small.toml").centres
    else:
        assert 1 <= error.line <= text.count("\n") + 1
        assert str(error).startswith(f"small.toml:{error.line}: ")
        assert str(error).isprintable()


@settings(max_examples=300)
@given(st.data())
def test_a_file_with_lines_left_out_is_read_or_refused_with_a_line_of_it(data: st.DataObject) -> None:
    left_out = data.draw(st.sets(line_numbers, min_size=1, max_size=4))
    check_parses_or_names_a_line("\n".join(line for at, line in enumerate(LINES) if at not in left_out))


@settings(max_examples=300)
@given(line_numbers, st.integers(0, 60), st.integers(0, 60), texts | pieces)
def test_a_file_with_a_line_altered_is_read_or_refused_with_a_line_of_it(
    at: int, begin: int, length: int, piece: str
) -> None:
    line = LINES[at]
    altered = line[:begin] + piece + line[begin + length :]
    check_parses_or_names_a_line("\n".join([*LINES[:at], altered, *LINES[at + 1 :]]))


@settings(max_examples=300)
@given(line_numbers, line_numbers, st.booleans())
def test_a_file_with_a_line_moved_or_doubled_is_read_or_refused_with_a_line_of_it(
    source: int, target: int, moved: bool
) -> None:
    lines = list(LINES)
    line = lines.pop(source) if moved else lines[source]
    lines.insert(target, line)
    check_parses_or_names_a_line("\n".join(lines))


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_read_or_refused_with_a_line_of_it(text: str) -> None:
    check_parses_or_names_a_line(text)


@settings(max_examples=400)
@given(st.sampled_from([at for at, line in enumerate(LINES) if " = " in line]), VALUES)
def test_any_value_of_any_member_is_read_or_refused_with_a_line_of_it(at: int, value: Any) -> None:
    key = LINES[at].partition(" = ")[0]
    check_parses_or_names_a_line("\n".join([*LINES[:at], f"{key} = {as_toml(value)}", *LINES[at + 1 :]]))
