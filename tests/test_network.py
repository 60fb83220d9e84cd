"""The network file: what the one of Atyrau says, what a file may leave out, and the network of the demo."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dashboard import network_schema as schema
from dashboard.metrics import METRIC_BY_KEY
from dashboard.network import Network, Norms, Shift
from dashboard.network_file import DEFAULT, NetworkError, demo, load, parse
from dashboard.toml_file import TomlFile
from tests.small_network_file import SMALL, refused

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
