"""The charts of a PPTX: native line charts, each with a workbook of its own, that can be opened and edited.

A deck has four a centre, all of a few kinds. The first of a kind is made by python-pptx and XlsxWriter, with stand-ins
for its numbers; the others are the same bytes with their own numbers in these places, in a tenth of the time.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zipfile import ZipFile

from msgspec import Struct
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.packuri import PackURI
from pptx.parts.chart import ChartPart
from pptx.util import Pt

from dashboard.deck import Card, Deck
from data_sources.export import clean

_LOW, _HIGH, _FIRST = 7_000_001, 7_000_002, 7_000_003
"""Stand-ins: the ends of the axis, and from there on the values, series by series. No week's number is so high."""
_POINT: Final = re.compile(rb'<c:pt idx="\d+"><c:v>(70000\d\d)</c:v></c:pt>')
_CELL: Final = re.compile(rb"<v>(70000\d\d)</v>")
_END: Final = re.compile(rb'val="(700000[12])(?:\.0)?"')
_SHEET: Final = "xl/worksheets/sheet1.xml"


class Colours(Struct, frozen=True):
    line: RGBColor
    level: RGBColor
    text: RGBColor
    axis: RGBColor


class Template(Struct, frozen=True):
    """A kind of chart with stand-ins: its XML, and the files of its workbook."""

    xml: bytes
    workbook: Mapping[str, bytes]


class Charts:
    """What is kept of the kinds of one deck."""

    def __init__(self, deck: Deck, package: Any, colours: Colours) -> None:
        self._deck, self._package, self._colours = deck, package, colours
        self._templates: dict[tuple[str, bool, bool], Template] = {}

    def add(self, page: Any, card: Card, box: Sequence[int]) -> None:
        """Put a card's weeks on a slide."""
        kind = card.drawn, card.is_share, card.level is not None
        if kind not in self._templates:
            self._templates[kind] = self._template(card)
        frame = page.shapes.add_chart(XL_CHART_TYPE.LINE, *box, _Filled(self._templates[kind], _numbers(card)))
        frame.name = clean(card.drawn)

    def _template(self, card: Card) -> Template:
        data = CategoryChartData(number_format="0%" if card.is_share else "0")
        data.categories = self._deck.weeks
        count = len(card.series)
        data.add_series(clean(card.drawn), range(_FIRST, _FIRST + count))
        if card.level is not None:
            data.add_series(clean(self._deck.norm), range(_FIRST + count, _FIRST + 2 * count))
        xml = data.xml_bytes(XL_CHART_TYPE.LINE)
        part = ChartPart.load(PackURI("/ppt/charts/template.xml"), CT.DML_CHART, self._package, xml)
        self._dress(part.chart)
        with ZipFile(io.BytesIO(data.xlsx_blob)) as workbook:
            return Template(part.blob, {name: workbook.read(name) for name in workbook.namelist()})

    def _dress(self, chart: Any) -> None:
        colours = self._colours
        chart.has_legend = chart.has_title = False
        chart.font.size = Pt(11)
        chart.font.color.rgb = colours.text
        chart.category_axis.format.line.color.rgb = colours.axis
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        values = chart.value_axis
        values.has_major_gridlines = False
        values.visible = False
        values.minimum_scale, values.maximum_scale = _LOW, _HIGH
        drawn = list(chart.plots[0].series)
        for series, colour, width in zip(drawn, (colours.line, colours.level), (2.5, 1.5), strict=False):
            series.smooth = False
            series.format.line.color.rgb = colour
            series.format.line.width = Pt(width)
        last = drawn[0].points[len(self._deck.weeks) - 1].marker
        last.style, last.size = XL_MARKER_STYLE.CIRCLE, 7
        last.format.fill.solid()
        last.format.fill.fore_color.rgb = last.format.line.color.rgb = colours.line
        for level in drawn[1:]:
            level.format.line.dash_style = MSO_LINE.DASH


class _Filled:
    """What python-pptx asks of a chart's data: a template with numbers in it."""

    def __init__(self, template: Template, numbers: Mapping[bytes, float | None]) -> None:
        self._template, self._numbers = template, numbers

    def xml_bytes(self, _type: object) -> bytes:
        """A week that is not known is no point."""
        found = _POINT.sub(self._fill, self._template.xml)
        return _END.sub(lambda end: b'val="%s"' % self._text(end[1]), found)

    @property
    def xlsx_blob(self) -> bytes:
        """Not compressed: the PPTX compresses it."""
        buffer = io.BytesIO()
        with ZipFile(buffer, "w") as workbook:
            for name, content in self._template.workbook.items():
                workbook.writestr(name, _CELL.sub(self._fill, content) if name == _SHEET else content)
        return buffer.getvalue()

    def _fill(self, found: re.Match[bytes]) -> bytes:
        return found[0].replace(found[1], self._text(found[1]), 1) if self._text(found[1]) else b""

    def _text(self, stand_in: bytes) -> bytes:
        value = self._numbers[stand_in]
        return b"" if value is None else repr(value).encode()


def _numbers(card: Card) -> dict[bytes, float | None]:
    """What comes in the place of each stand-in."""
    known = [each for each in (*card.series, card.level) if each is not None] or [0.0]
    room = (max(known) - min(known)) * 0.15 or max(abs(max(known)) * 0.1, 0.05)
    values = (min(known) - room, max(known) + room, *card.series, *[card.level] * len(card.series))
    return {str(_LOW + place).encode(): value for place, value in enumerate(values)}
