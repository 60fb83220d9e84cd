"""The simulator's parameter file, and the demo's clock."""

import tomllib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_network import MONDAY_10

from dashboard import network_file
from dashboard.calendars import LocalTime
from data_sources.simulator import demo_offset, load
from data_sources.simulator.parameters import DEFAULT_PATH, read, unknown


class TestDemoClock:
    @given(now=st.floats(0, 4e9))
    def test_it_is_about_half_past_ten_there_now(self, now: float) -> None:
        offset = demo_offset(now)
        assert offset % 30 == 0
        assert -720 <= offset <= 840
        assert 615 <= (now / 60 + offset) % 1440 <= 645

    def test_the_offset_is_a_time_zone(self) -> None:
        offset = demo_offset(MONDAY_10)
        zone = LocalTime(f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}")
        assert zone.to_datetime(MONDAY_10).hour == 10


class TestParameterFile:
    def table(self) -> dict[str, Any]:
        return tomllib.loads(DEFAULT_PATH.read_text())

    def test_an_unknown_parameter_is_refused_by_name(self) -> None:
        table = self.table()
        table["hall"]["patiance_minutes"] = 3
        with pytest.raises(msgspec.ValidationError, match="patiance_minutes"):
            read(table)

    def test_a_missing_parameter_is_refused_by_name(self) -> None:
        table = self.table()
        del table["shifts"]["hours"]
        with pytest.raises(msgspec.ValidationError, match="hours"):
            read(table)

    def test_a_share_above_one_is_refused(self) -> None:
        table = self.table()
        table["hall"]["no_show"] = 2
        with pytest.raises(msgspec.ValidationError, match="no_show"):
            read(table)

    def test_a_broken_file_is_named(self, tmp_path: Any) -> None:
        path = tmp_path / "broken.toml"
        path.write_text("[arrivals\n")
        with pytest.raises(ValueError, match=r"broken\.toml"):
            load(path)

    def test_every_parameter_is_explained_in_the_file(self) -> None:
        """A comment on the line, or above its table: `name`, for the tables that many things have."""
        text = DEFAULT_PATH.read_text()
        comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
        several = ("kinds", "services", "centres", "staff.reasons", "oversight.complaint_about", "documents.slow")
        section, above = "", ""
        for line in text.splitlines():
            if line.startswith("["):
                section = line.split("]")[0].strip("[")
            elif " = " in line and not section.startswith(several):
                assert "#" in line or above.startswith("#"), line
            above = line
        for table in ("city", "default"):
            names = self.table()["kinds" if table == "city" else "services"][table]
            assert all(f"`{name}`" in comments for name in names), names

    def test_it_names_nothing_that_the_shipped_network_lacks(self) -> None:
        network = network_file.load(network_file.DEFAULT)
        assert unknown(load(), network) == []
