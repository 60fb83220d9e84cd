"""Where in a TOML text each part stands."""

import tomllib
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dashboard.network_file import DEFAULT
from dashboard.toml_lines import line_index
from tests.small_network_file import VALUES, as_toml


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
