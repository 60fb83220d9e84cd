"""What figures are made of: colours, axes, rows, labels, and text that nothing reads as HTML."""

from collections.abc import Sequence
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_figures import CATALOGUES, THEMES, view
from test_layouts import contrast, luminance, palette

from dashboard.i18n import LANGUAGES
from layouts.figure_axes import Rows, hour_axis, value_axis
from layouts.figure_scatter import NARROW, WIDE, Box, _boxes, placed
from layouts.figure_style import PALETTES
from layouts.figure_text import clean, number, plotly_locale


@given(st.text())
def test_clean_text_has_no_tag_and_can_be_read_back(said: str) -> None:
    safe = clean(said)
    assert "<" not in safe
    assert ">" not in safe
    assert unescape(safe) == "".join(each if each.isprintable() else " " for each in said)


@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_are_those_of_the_pages(theme: str) -> None:
    css, own = palette(theme), PALETTES[theme]
    for name in "page tile line text soft faint quiet ok watch act watch_ink act_ink".split():
        assert getattr(own, name) == css[name.replace("_", "-")] or css[name.replace("_", "-")] == "#fff", name


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_series_stand_out_from_the_ground_as_wcag_asks(theme: str) -> None:
    own = PALETTES[theme]
    assert min(contrast(own.text, own.tile), contrast(own.soft, own.tile), contrast(own.text, own.page)) >= 4.5
    assert min(contrast(each, own.tile) for each in (own.pen, own.bar, own.second, own.third, own.act)) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_scale_of_a_heat_map_goes_in_even_steps_of_lightness(theme: str) -> None:
    light = [116 * luminance(each) ** (1 / 3) - 16 for each in PALETTES[theme].scale]
    steps = [after - before for before, after in pairwise(light)]
    assert max(abs(each) for each in steps) - min(abs(each) for each in steps) < 2
    assert len({each > 0 for each in steps}) == 1


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e6), st.integers(0, 10**6)), max_size=20),
    st.sampled_from(["%", "мин", "документов в день"]),
)
def test_an_axis_of_values_holds_them_all_from_zero_with_a_few_ticks(values: list[float | None], unit: str) -> None:
    axis = value_axis(view(), values, unit)
    low, high = axis["range"]
    assert low == 0
    assert all(low <= each <= high for each in values if each is not None)
    assert 1 <= len(axis["tickvals"]) <= 8
    assert all(0 <= each <= high * 1.0001 for each in axis["tickvals"])
    assert len(axis["tickvals"]) == len(axis["ticktext"]) == len(set(axis["ticktext"]))


@given(st.lists(st.floats(0.5, 900), min_size=1, max_size=20))
def test_an_axis_that_need_not_begin_at_zero_holds_all_values_too(values: list[float]) -> None:
    axis = value_axis(view(), values, "мин", zero=False)
    assert axis["range"][0] <= min(values) <= max(values) <= axis["range"][1]
    assert axis["range"][0] < axis["range"][1]


@given(
    st.lists(
        st.tuples(st.text("абв г", min_size=1, max_size=34), st.floats(0, 1), st.floats(0, 1), st.integers(0, 1)),
        max_size=25,
    )
)
def test_names_of_dots_lie_neither_on_each_other_nor_on_dots(dots: list[tuple[str, float, float, int]]) -> None:
    names, spots, urgent = [d[0] for d in dots], [(d[1], d[2]) for d in dots], [d[3] for d in dots]
    for width, height in (NARROW, WIDE):
        at = [(x * width, y * height) for x, y in spots]
        sides = placed(names, spots, [10.0] * len(dots), urgent, (width, height))
        boxes = [_boxes(*at[place], 10, names[place])[side] for place, side in enumerate(sides) if side]
        points = [(x - 5, y - 5, x + 5, y + 5) for x, y in at]
        assert not [one for place, one in enumerate(boxes) for other in boxes[place + 1 :] if on_each_other(one, other)]
        assert not [one for one in boxes for other in points if on_each_other(one, other)]


def on_each_other(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_branch_beyond_both_norms_is_named_even_in_a_crowd() -> None:
    crowd = [(0.5 + x / 40, 0.5 + y / 40) for x in range(-4, 5) for y in range(-4, 5)]
    sides = placed(["Атырау № 3, Главный зал"] * 81, crowd, [12.0] * 81, [2, *[1] * 80])
    assert sides[0]
    assert sides.count(None) > 40


@given(st.lists(st.text("абв ", min_size=1, max_size=120), min_size=1, max_size=9))
def test_rows_are_as_tall_as_their_labels_and_follow_one_another(labels: list[str]) -> None:
    rows = Rows(labels)
    tops = [middle - 7 - 17 * (lines.count("<br>") + 1) for middle, lines in zip(rows.middles, rows.lines, strict=True)]
    bottoms = [middle + 7 for middle in rows.middles]
    assert all(bottom < top for bottom, top in zip(bottoms, tops[1:], strict=False))
    assert bottoms[-1] <= rows.height
    assert max(len(line) for lines in rows.lines for line in lines.split("<br>")) <= 44


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "—"),
        (0, "0"),
        (0.04, "0"),
        (3.0, "3"),
        (3.14, "3,1"),
        (9.96, "10"),
        (12.6, "13"),
        (-2.5, "−2,5"),
        (1234.5, "1\u00a0235"),
    ],
)
def test_a_number_has_a_decimal_only_where_it_tells_something(value: float | None, written: str) -> None:
    assert number(view(), value) == written


def test_ticks_between_tens_keep_their_decimal() -> None:
    assert value_axis(view(), [10.1, 11.9], "", zero=False)["ticktext"] == ["10", "10,5", "11", "11,5", "12"]


@pytest.mark.parametrize(("hours", "ticks"), [(range(9, 19), 10), (range(7, 24), 8), (range(24), 8), ([], 1), ([4], 1)])
def test_many_hours_have_fewer_ticks_so_that_they_fit_a_phone(hours: Sequence[int], ticks: int) -> None:
    assert len(hour_axis(view(), hours)["tickvals"]) == ticks


@pytest.mark.parametrize("language", LANGUAGES)
def test_plotlys_own_words_and_names_of_months_and_days_are_given_in_each_language(language: str) -> None:
    given_ = plotly_locale(CATALOGUES[language])
    assert len(given_["format"]["months"]) == len(given_["format"]["shortMonths"]) == 12
    assert given_["format"]["days"][0] == {"ru": "воскресенье", "kk": "жексенбі", "en": "Sunday"}[language]
    assert given_["format"]["shortMonths"][10] == {"ru": "нояб.", "kk": "қар.", "en": "Nov"}[language]
    assert (
        given_["dictionary"]["Reset axes"] == {"ru": "Показать всё", "kk": "Түгел көрсету", "en": "Show all"}[language]
    )
