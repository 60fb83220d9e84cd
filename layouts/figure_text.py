"""Text in figures: numbers, dates and units as the language writes them, and nothing that Plotly would read as HTML.

Plotly reads ``<b>``, ``<a href>`` and the like in any text, and ``%{x}`` in templates. So every text from outside goes
through :func:`clean`, and stands in a trace's ``text``, never in a template.
"""

from __future__ import annotations

import textwrap
from datetime import date
from html import escape
from math import floor
from typing import Any

from dashboard.i18n import UNKNOWN, Catalogue
from layouts.view import View


def clean(text: str) -> str:
    """Text that is shown as it is: no tags, no entities, no control characters."""
    return escape("".join(each if each.isprintable() else " " for each in str(text)), quote=False)


def wrap(text: str, width: int) -> str:
    """Clean text in lines of at most ``width`` characters."""
    return "<br>".join(clean(line) for line in textwrap.wrap(str(text), width)) or clean(text)


def number(view: View, value: float | None, *, exact: bool = False) -> str:
    """A whole number, or one decimal below ten (``exact``: always), as the language writes it; a dash for None."""
    catalogue = view.catalogue
    if value is None or (abs(value) >= 10 and not exact) or float(value).is_integer():
        return catalogue.number(value)
    tenths = floor(abs(value) * 10 + 0.5)
    if tenths % 10 == 0:
        return catalogue.number(value)
    point = catalogue.locale.number_symbols["latn"]["decimal"]
    return f"{'−' if value < 0 else ''}{catalogue.number(tenths // 10)}{point}{tenths % 10}"


def amount(view: View, value: float | None, unit: str) -> str:
    """A number with its unit; ``unit`` "%" means that ``value`` is a share (0 to 1)."""
    if value is None:
        return UNKNOWN
    if unit == "%":
        return view.catalogue.percent(value)
    return f"{number(view, value)}\u00a0{clean(unit)}" if unit else number(view, value)


def span_text(view: View, low: float | None, high: float | None, unit: str = "") -> str:
    """ " (low–high)", or nothing when either is not known."""
    if low is None or high is None:
        return ""
    return f" ({amount(view, low, unit if unit == '%' else '')}–{amount(view, high, unit if unit == '%' else '')})"


def wall(view: View, moment: float) -> str:
    """Epoch seconds as the network's wall-clock time, as Plotly reads it: without a zone, and shown as it is."""
    return view.network.local.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def wall_of(day: int, seconds: float) -> str:
    """A wall-clock time of a local day (an ordinal)."""
    day, whole = day + int(seconds) // 86_400, int(seconds) % 86_400
    return f"{date.fromordinal(day)} {whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}".removesuffix(":00")


def hour_text(hour: int) -> str:
    return f"{hour:02}:00"


def long_day(view: View, day: int) -> str:
    """Weekday, day and month of an ordinal."""
    return view.catalogue.long_date(date.fromordinal(day))


def short_weekdays(view: View) -> list[str]:
    """Abbreviated weekday names, Monday first."""
    names = view.catalogue.locale.days["stand-alone"]["abbreviated"]
    return [str(names[day]) for day in range(7)]


def day_format(view: View) -> str:
    """A date axis's hover format: weekday, day and month in the language's order."""
    _ = view.catalogue.gettext
    return _("{weekday}, {date}", weekday="%A", date=_("{day} {month}", day="%-d", month="%B"))


def short_day_format(view: View) -> str:
    return view.catalogue.gettext("{day} {month}", day="%-d", month="%b")


def plotly_locale(catalogue: Catalogue) -> dict[str, Any]:
    """One language for plotly.js: its own words that our figures can show, and CLDR's names and separators.

    plotly.js ships Russian as a file of its own and has no Kazakh; this is given with each figure instead.
    """
    _, locale = catalogue.gettext, catalogue.locale
    symbols = locale.number_symbols["latn"]
    short_days, short_months = locale.days["format"]["abbreviated"], locale.months["format"]["abbreviated"]
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    return {
        "dictionary": {
            "Download plot as a PNG": _("Save as a picture"),
            "Reset axes": _("Show all"),
            "Double-click to zoom back out": _("Double-click shows all"),
            "Image download succeeded": _("The picture is saved"),
            "Sorry, there was a problem downloading your image!": _("The picture could not be saved"),
        },
        "format": {
            "days": [catalogue.weekdays[day] for day in sunday_first],
            "shortDays": [str(short_days[day]) for day in sunday_first],
            "months": list(catalogue.months),
            "shortMonths": [str(short_months[month]) for month in range(1, 13)],
            "date": "%d.%m.%Y",
            "time": "%H:%M:%S",
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "year": "%Y",
            "month": "%b %Y",
            "dayMonth": _("{day} {month}", day="%-d", month="%b"),
            "dayMonthYear": _("{day} {month}", day="%-d", month="%b") + " %Y",
        },
    }
