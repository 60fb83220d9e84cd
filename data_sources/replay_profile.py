"""A replay profile: which columns of a log say what (docs/replay.md)."""

from pathlib import Path
from typing import Final, Literal

from msgspec import Struct, field

from dashboard.toml_file import FileError, TomlFile

FOLDER: Final = Path(__file__).parent / "profiles"


class ProfileError(FileError):
    """What is wrong in a profile: ``FILE:LINE: what is wrong; found WHAT; what to do``."""


class Skip(Struct, frozen=True, forbid_unknown_fields=True):
    """Rows in which every column of ``where`` has its value are counted under ``reason`` and not used."""

    reason: str
    where: dict[str, str]


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    network: str
    """Network file, beside the profile."""
    centre: str
    branch: str
    shape: Literal["tickets", "events", "cases"]
    time_zone: str
    columns: dict[str, str | list[str]]
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    date_format: str = ""
    time_format: str = ""
    """``strptime`` format of times; empty is ISO 8601, or ``H:MM:SS`` when there is a date column."""
    none: list[str] = field(default_factory=lambda: [""])
    abandoned_where: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    priorities: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, str] = field(default_factory=dict)
    operator_prefix: str = ""
    """Operators become this and a number by first appearance, instead of what the log calls them."""
    derive_sessions: bool = False
    skip: list[Skip] = field(default_factory=list)

    @property
    def network_path(self) -> Path:
        return FOLDER / self.network


def load_profile(name: str) -> Profile:
    """A shipped profile by name, or one by the path of its file.

    :class:`ProfileError` for what is wrong in it, ``FileNotFoundError`` when there is none.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(each.stem for each in FOLDER.glob("*.toml") if "." not in each.stem))
        raise FileNotFoundError(f"no profile {name!r}; shipped are {shipped}; or give the path of a profile file")
    return TomlFile(path.read_text(encoding="utf-8"), str(path), ProfileError).convert(Profile)
