"""A centre: its four numbers, its branches side by side, what is wrong and what would help, and its history."""

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from layouts import numbers
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View


def title(view: View, asked: Asked) -> str:
    return view.name(asked.centre or "")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return [(view.catalogue.gettext("Wall"), asked.href("/wall")), (title(view, asked), None)]


def now(view: View, asked: Asked, snapshot: Mapping[str, Any]) -> list[Component]:
    centre = next(each for each in snapshot["centres"] if each["id"] == asked.centre)
    return [numbers.four(view, asked, centre, centre["id"])]
