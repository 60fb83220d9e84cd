"""Numbers as people type them into forms: times in minutes, shares in per cent, all else as it is."""

from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from layouts.view import View

_SCALES: Final = {"seconds": Decimal(60), "share": Decimal("0.01")}


def scaled(unit: str, value: float) -> str:
    """A number of a unit of :mod:`dashboard.metrics` as it is typed."""
    return f"{(Decimal(str(value)) / _SCALES.get(unit, 1)).normalize():f}"


def unscaled(unit: str, text: str) -> str:
    """What was typed in the unit itself; what is no number stays what it is, to be refused."""
    try:
        return str(Decimal(text.strip().replace(",", ".")) * _SCALES.get(unit, 1))
    except ArithmeticError:
        return text


def with_unit(view: View, text: str, unit: str) -> str:
    """A label with the unit that the number is typed in."""
    written = {"seconds": view.catalogue.gettext("min"), "share": "%"}.get(unit)
    return f"{text}, {written}" if written else text


def exact(view: View, unit: str, value: float) -> str:
    """A number with its unit and without rounding: two that differ are written differently."""
    number = format_decimal(Decimal(scaled(unit, value)), "#,##0.############", locale=view.catalogue.locale)
    if unit == "days":
        return view.catalogue.gettext("{n} d", n=number)
    written = {"seconds": view.catalogue.gettext("min"), "share": "%"}.get(unit)
    return f"{number}\N{NO-BREAK SPACE}{written}" if written else number
