"""A branch: its windows, its waiting line, its operators' day, and the story of a ticket."""

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

from layouts import numbers
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View


def title(view: View, asked: Asked) -> str:
    return view.branch_name(asked.centre or "", asked.branch or "")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    centre = asked.centre or ""
    return [
        (view.catalogue.gettext("Wall"), asked.href("/wall")),
        (view.name(centre), asked.centre_href(centre)),
        (title(view, asked), None),
    ]


def now(view: View, asked: Asked, snapshot: Mapping[str, Any]) -> list[Component]:
    centre = next(each for each in snapshot["centres"] if each["id"] == asked.centre)
    branch = next(each for each in centre["branches"] if each["id"] == asked.branch)
    return [numbers.four(view, asked, branch, centre["id"], branch["id"])]
