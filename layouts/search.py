"""Search: a ticket or a document by its code."""

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from layouts import numbers
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View


def title(view: View, asked: Asked) -> str:
    return view.catalogue.gettext("Search")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return [(view.catalogue.gettext("Wall"), asked.href("/wall")), (title(view, asked), None)]


def now(view: View, asked: Asked, snapshot: Mapping[str, Any]) -> list[Component]:
    return [numbers.four(view, asked, snapshot["totals"])]
