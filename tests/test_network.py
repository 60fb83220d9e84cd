"""The network file: what the one of Atyrau says, and that any mistake is named with its line."""

import csv
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dashboard import network_schema as schema
from dashboard.metrics import METRIC_BY_KEY
from dashboard.network import Network, Norms, Shift
from dashboard.network_file import DEFAULT, NetworkError, demo, load, parse
from dashboard.toml_file import TomlFile
from dashboard.toml_lines import line_index

DOCS = Path(__file__).parents[1] / "docs" / "network.md"
PLACES_CSV = Path(__file__).parents[2] / "shared" / "data" / "atyrau_places_osm.csv"
DISTRICTS = {
    "City of Atyrau": "Atyrau",
    "Zhylyoi district": "Zhylyoi",
    "Inder district": "Inder",
    "Isatay district": "Isatay",
    "Kurmangazy district": "Kurmangazy",
    "Kyzylkoga district": "Kyzylkoga",
    "Makat district": "Makat",
    "Makhambet district": "Makhambet",
}
ATYRAU = load(DEFAULT)
SMALL = """\
id = "small"
names = { ru = "Сеть", kk = "Желі", en = "Network" }
time_zone = "Asia/Atyrau"
working_week = ["mon", "tue", "wed", "thu", "fri"]

[hours.office]
mon-fri = "09:00-18:00"
wed = "10:00-20:00"
thu = "closed"

[norms]
wait_s = 900
turnover = 0.2

[[thresholds]]
metric = "sla.overdue"
watch = 5
act = 20

[[thresholds]]
metric = "queue.within_norm"
watch = 0.9
act = 0.7
margin = 0.05

[[agencies]]
id = "cadastre"
names = { ru = "Кадастр", kk = "Кадастр", en = "Cadastre" }
allowance_days = 5

[[services]]
id = "estate"
names = { ru = "Недвижимость", kk = "Мүлік", en = "Real estate" }

[[services]]
id = "card"
names = { ru = "Карта", kk = "Карта", en = "Card" }
days = 15
count = "working"
offered = false

[[centres]]
id = "one"
names = { ru = "Один", kk = "Бір", en = "One" }
kind = "city"
district = { ru = "Город", kk = "Қала", en = "City" }

[[centres.branches]]
id = "main"
names = { ru = "Зал", kk = "Зал", en = "Hall" }
windows = 3
hours = "office"
posts = 7
latitude = 47.1
longitude = 51.9

[[centres.branches]]
id = "hall-2"
names = { ru = "Зал 2", kk = "2 зал", en = "Hall 2" }
windows = [
  "A1",  # by the door
  "A2",
]
hours = "office"
posts = 2
latitude = 47.2
longitude = 51.8

[[centres]]
id = "two"
names = { ru = "Два", kk = "Екі", en = "Two" }
kind = "rural"
district = { ru = "Район", kk = "Аудан", en = "District" }
planned = true
opens = 2008-12-31
assumption = true
note = "A guess."

[[centres.branches]]
id = "main"
names = { ru = "Зал", kk = "Зал", en = "Hall" }
windows = 3
hours = "office"
posts = 4
latitude = 47.3
longitude = 51.7
"""


def refused(text: str) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        parse(text, "small.toml")
    return caught.value


# --- The file of Atyrau oblast


def test_sixteen_centres_nine_of_which_work_and_seven_are_planned_by_the_end_of_2008() -> None:
    assert len(ATYRAU.centres) == 16
    assert [centre.planned for centre in ATYRAU.centres] == [False] * 9 + [True] * 7
    assert {centre.opens for centre in ATYRAU.centres[9:]} == {date(2008, 12, 31)}


def test_two_centres_work_in_the_city_and_one_in_each_of_the_seven_districts() -> None:
    working = [centre for centre in ATYRAU.centres if not centre.planned]
    assert sum(centre.kind == "city" for centre in working) == 2
    rural = [centre.district.en for centre in working if centre.kind == "rural"]
    assert sorted(rural) == sorted(name for name in DISTRICTS if name != "City of Atyrau")


def test_every_place_that_is_assumed_says_so() -> None:
    assert [centre.assumption for centre in ATYRAU.centres] == [centre.planned for centre in ATYRAU.centres]
    assert all(centre.note.startswith("Assumed") for centre in ATYRAU.centres if centre.assumption)


def test_of_57_promised_services_25_are_offered_and_real_estate_registration_comes_first() -> None:
    assert len(ATYRAU.services) == 57
    assert sum(service.offered for service in ATYRAU.services) == 25
    first = ATYRAU.services[0]
    assert (first.id, first.offered, first.days, first.count) == ("real-estate-registration", True, 10, "calendar")


def test_a_document_is_due_in_ten_calendar_days_unless_its_service_says_otherwise() -> None:
    assert ATYRAU.service_by_id["land-title"].days == 10
    assert ATYRAU.service_by_id["land-title"].count == "calendar"
    assert ATYRAU.service_by_id["identity-card"].days == 15
    assert ATYRAU.service_by_id["identity-card"].count == "working"
    assert ATYRAU.service_by_id["electronic-real-estate-registration"].days == 1


def test_the_duty_halls_of_the_city_are_open_to_twenty_and_on_saturday_to_thirteen() -> None:
    duty = (Shift(540, 1200),) * 5 + (Shift(540, 780), None)
    office = (Shift(540, 1080),) * 5 + (None, None)
    for centre in ATYRAU.centres:
        main = centre.branches[0]
        assert main.hours == (duty if centre.kind == "city" else office)
        assert all(branch.hours == office for branch in centre.branches[1:])


def test_city_branches_have_8_to_14_windows_and_rural_ones_3_to_6() -> None:
    for centre in ATYRAU.centres:
        least, most = (8, 14) if centre.kind == "city" else (3, 6)
        assert all(least <= len(branch.windows) <= most for branch in centre.branches)
        assert all(branch.posts >= len(branch.windows) for branch in centre.branches)


def test_names_fit_a_tile_and_have_the_letters_of_their_language() -> None:
    for centre in ATYRAU.centres:
        for name in structs.astuple(centre.names):
            assert 0 < len(name) <= 16
        assert re.search("[А-Яа-я]", centre.names.ru)
        assert centre.names.en.isascii()
    for thing in (*ATYRAU.centres, *ATYRAU.services, *ATYRAU.agencies):
        assert not re.search("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]", thing.names.ru), thing.id
        assert thing.names.en.isascii(), thing.id


def test_things_of_one_kind_have_names_of_their_own() -> None:
    for things in (ATYRAU.centres, ATYRAU.services, ATYRAU.agencies):
        for language in ("ru", "kk", "en"):
            assert len({thing.names.get(language) for thing in things}) == len(things)


def test_every_branch_stands_in_a_place_of_its_district() -> None:
    if not PLACES_CSV.exists():
        pytest.skip("the reference list of places is not here: ../shared/data")
    with PLACES_CSV.open(encoding="utf-8") as file:
        places = {
            (row["district_en"], round(float(row["lat"]), 4), round(float(row["lon"]), 4)): row["name_ru"]
            for row in csv.DictReader(file)
        }
    for centre in ATYRAU.centres:
        for branch in centre.branches:
            found = places[DISTRICTS[centre.district.en], branch.latitude, branch.longitude]
            named = centre.names.ru if branch.id in {"main", "hall-2"} else branch.names.ru
            assert found.startswith(named.partition(" №")[0]), (centre.id, branch.id, found)


def test_each_of_the_four_numbers_has_a_rule() -> None:
    groups = {METRIC_BY_KEY[rule.metric].group for rule in ATYRAU.thresholds}
    assert groups == {"queue", "load", "turnover", "sla"}


# --- What a file may leave out


def test_a_small_file_is_read_member_by_member() -> None:
    network = parse(SMALL, "small.toml")
    assert network.norms == Norms(wait_s=900, turnover=0.2)
    one, two = network.centres
    assert [branch.windows for branch in one.branches] == [("1", "2", "3"), ("A1", "A2")]
    assert one.posts == 9
    assert (two.planned, two.opens, two.assumption, two.note) == (True, date(2008, 12, 31), True, "A guess.")
    assert network.sources["/one/hall-2"] == ("one", "hall-2")
    assert network.thresholds[0].worse == "above"
    assert network.thresholds[1].worse == "below"
    assert (network.holidays, network.working_week, network.demo) == ("KZ", (0, 1, 2, 3, 4), False)


def test_the_more_particular_opening_hours_win() -> None:
    usual, longer = Shift(540, 1080), Shift(600, 1200)
    assert parse(SMALL, "").centres[0].branches[0].hours == (usual, usual, longer, None, usual, None, None)


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path) == parse(SMALL, "")


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_bytes(SMALL.encode().replace("Кадастр".encode(), "Кадастр".encode("cp1251"), 1))
    with pytest.raises(NetworkError) as caught:
        load(path)
    assert caught.value.line == SMALL[: SMALL.index("Кадастр")].count("\n") + 1
    assert "save the file as UTF-8" in str(caught.value)


# --- Mistakes

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


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=5).filter(str.isprintable),
        st.dates(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "ru", "kk", "en", "x"]), inner),
    max_leaves=5,
)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    if isinstance(value, float):
        return str(value)  # inf, -inf and nan are TOML too
    return str(value).lower() if isinstance(value, bool) else str(value)


@settings(max_examples=400)
@given(st.sampled_from([at for at, line in enumerate(LINES) if " = " in line]), VALUES)
def test_any_value_of_any_member_is_read_or_refused_with_a_line_of_it(at: int, value: Any) -> None:
    key = LINES[at].partition(" = ")[0]
    check_parses_or_names_a_line("\n".join([*LINES[:at], f"{key} = {as_toml(value)}", *LINES[at + 1 :]]))


# --- Lines of a TOML text


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [each for key, value in items for each in ((*path, key), *paths(value, (*path, key)))]


def test_every_part_of_the_atyrau_file_has_its_line() -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    lines, index = text.splitlines(), line_index(text)
    found = paths(tomllib.loads(text))
    assert set(found) == set(index)
    for path in found:
        named = [step for step in path if isinstance(step, str)][-1]
        assert named in lines[index[path] - 1]


def test_lines_are_found_in_any_layout() -> None:
    text = (
        "# [not.a.table]\n"
        "a.b = 1\n"
        "'quoted [key]' = \"# = ]\"\n"
        'text = """\n'
        'two = "lines"\n'
        '\\""""""\n'
        "raw = '''\n"
        "[x]'''''\n"
        "list = [ # ]\n"
        "  [1, 2.5],\n"
        "  { c = [\n"
        "    'x' ] , d.e = 2026-11-23 10:00:00Z },\n"
        "]\n"
        "[t . 'u' ]  # twice\n"
        '"v w" = 1e-3\n'
        "[[t.rows]]\n"
        "z = 1\n"
        "[[t.rows]]\n"
        "[t.rows.inner]\r\n"
        "z = -inf\r\n"
        "[[t.rows.deep]]\n"
        "y = true"
    )
    index = line_index(text)
    assert set(index) == set(paths(tomllib.loads(text)))
    expected: dict[tuple[str | int, ...], int] = {
        ("a", "b"): 2,
        ("quoted [key]",): 3,
        ("text",): 4,
        ("raw",): 7,
        ("list",): 9,
        ("list", 0): 10,
        ("list", 0, 1): 10,
        ("list", 1): 11,
        ("list", 1, "c"): 11,
        ("list", 1, "c", 0): 12,
        ("list", 1, "d", "e"): 12,
        ("t", "u"): 14,
        ("t", "u", "v w"): 15,
        ("t", "rows", 0, "z"): 17,
        ("t", "rows", 1): 18,
        ("t", "rows", 1, "inner", "z"): 20,
        ("t", "rows", 1, "deep", 0): 21,
        ("t", "rows", 1, "deep", 0, "y"): 22,
    }
    assert {path: index[path] for path in expected} == expected


@given(st.dictionaries(st.text(st.sampled_from("ab[]=\"'#. "), max_size=4), VALUES, max_size=4))
def test_every_part_of_any_text_has_its_line(data: dict[str, Any]) -> None:
    text = "\n".join(f"{msgspec.json.encode(key).decode()} = {as_toml(value)}" for key, value in data.items())
    index = line_index(text)
    assert set(index) == set(paths(tomllib.loads(text)))
    for line, key in enumerate(data):
        assert {index[path] for path in index if path[0] == key} == {line + 1}


# --- The demo's network


@given(st.integers(-12 * 60, 14 * 60), st.floats(0, 4e9))
@settings(max_examples=50)
def test_the_demo_is_the_same_network_at_a_fixed_offset_open_every_day_from_nine_to_twenty(
    offset: int, moment: float
) -> None:
    network = demo(ATYRAU, offset)
    assert network.demo
    assert network.local.offset(moment) == offset * 60
    assert all(network.calendar.is_working(day) for day in range(739_000, 739_400))
    assert not any(network.calendar.is_holiday(day) for day in range(739_000, 739_400))
    for before, after in zip(ATYRAU.centres, network.centres, strict=True):
        assert all(branch.hours == (Shift(540, 1200),) * 7 for branch in after.branches)
        assert structs.replace(after, branches=before.branches) == before


def test_the_demo_leaves_the_network_that_it_comes_from_as_it_was() -> None:
    """What the first one has worked out of its own calendar is not carried over either."""
    network = load(DEFAULT)
    assert network.local.offset(0) == 5 * 3600
    assert not network.calendar.is_working(date(2026, 1, 1).toordinal())
    changed = demo(network, 90)
    assert (changed.local.offset(0), changed.calendar.is_working(date(2026, 1, 1).toordinal())) == (5400, True)
    assert (network.local.offset(0), network.calendar.is_working(date(2026, 1, 1).toordinal())) == (18000, False)
    assert network == ATYRAU


# --- The documentation

TABLES = {
    "The network": schema.NetworkTable,
    "`[hours.NAME]`": schema.WeekTable,
    "`[norms]`": schema.NormsTable,
    "`[[thresholds]]`": schema.ThresholdTable,
    "`[[agencies]]`": schema.AgencyTable,
    "`[[services]]`": schema.ServiceTable,
    "`[[centres]]`": schema.CentreTable,
    "`[[centres.branches]]`": schema.BranchTable,
}


@pytest.mark.parametrize("section", TABLES)
def test_the_documentation_names_every_member_and_no_other(section: str) -> None:
    text = DOCS.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    documented = [name for row in rows for name in re.findall("`([^`]+)`", row)]
    assert sorted(documented) == sorted(TABLES[section].__struct_encode_fields__)


def test_the_documentation_shows_an_error_as_it_is() -> None:
    error = refused(DEFAULT.read_text(encoding="utf-8").replace('"09:00-18:00"', '"18:00-09:00"', 1))
    assert str(error).replace("small.toml", "atyrau.toml") in DOCS.read_text(encoding="utf-8")


def test_a_description_is_given_for_every_wrong_value() -> None:
    """An error about a plain type still says what was expected and found."""
    file = TomlFile("[norms]\nwait_s = []\n", "x.toml")
    with pytest.raises(ValueError, match=r"^x.toml:2: norms.wait_s: expected a number, got a list; found a list of 0"):
        file.convert(schema.NormsTable, ("norms",))


def test_networks_compare_by_what_they_say() -> None:
    network: Network = parse(SMALL, "one place")
    assert network.local.day(0.0)
    assert network == parse(SMALL, "another")
