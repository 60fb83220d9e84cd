"""Large parts of a page as one component each.

Dash keeps books on every component, and tells all of them of each one that is drawn: a page of two thousand cells
takes ten times as long as one of six hundred. So what is only shown (text, tables, links) goes to the browser as plain
data in one component, which assets/light.js draws. It is drawn again in place: what has the focus keeps it.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from dash import dcc
from dash.development.base_component import Component

from layouts import ids

Tree = Any
"""Text, or [tag, attributes, children]; the tag ``Link`` is a link that loads no new document."""
_NO_ATTRIBUTES: Final = frozenset(
    ("children", "_prop_names", "_valid_wildcard_attributes", "available_properties", "available_wildcard_properties")
)
"""What a component keeps beside its attributes."""
_NAMED: Final = {value for value in vars(ids).values() if isinstance(value, str)}


class Light(Component):  # type: ignore[misc]
    """A part of a page that is only shown. ``tree`` is its root: [tag, attributes, children]."""

    _children_props: Final[list[str]] = []
    _base_nodes: Final = ["children"]
    _namespace: Final = "ten_days"
    _type: Final = "Light"
    _prop_names: Final = ["id", "tree"]
    _valid_wildcard_attributes: Final[list[str]] = []
    available_properties: Final = ["id", "tree"]
    available_wildcard_properties: Final[list[str]] = []

    def __init__(self, id: str, tree: Tree) -> None:  # noqa: A002 - Dash's own name for it
        super().__init__(id=id, tree=tree)


class AliveError(ValueError):
    """A part is not only shown: a callback may speak of it, or it is no HTML."""


def lighten(part: Any, name: str) -> Any:
    """The same part with everything that is only shown put into :class:`Light` components.

    Their ids are ``name`` and a number. What a callback names, or is no HTML, stays a component, and so does what it is
    in.
    """
    numbers = count()

    def walk(part: Any) -> Any:
        if isinstance(part, list | tuple):
            return [walk(each) for each in part]
        if not isinstance(part, Component) or not _has_components(part):
            return part
        try:
            shown = tree(part)
        except AliveError:
            part.children = walk(part.children)
            return part
        return Light(f"{name}-{next(numbers)}", shown)

    return walk(part)


def tree(part: Any) -> Tree:
    """A part that is only shown, as plain data; :class:`AliveError` for another."""
    if isinstance(part, list | tuple):
        return [tree(each) for each in part if each is not None]
    if not isinstance(part, Component):
        return part
    said = vars(part)  # Dash's own way to its attributes takes ten times as long
    is_link = isinstance(part, dcc.Link)
    if not (is_link or part._namespace == "dash_html_components") or said.get("id") in _NAMED or "n_clicks" in said:
        raise AliveError(part._type)
    attributes = {key: value for key, value in said.items() if key not in _NO_ATTRIBUTES and value is not None}
    children = said.get("children")
    inner = [] if children is None else tree(children if isinstance(children, list | tuple) else [children])
    return ["Link" if is_link else part._type.lower(), attributes, inner]


def _has_components(part: Component) -> bool:
    children = getattr(part, "children", None)
    return any(isinstance(each, Component) for each in (children if isinstance(children, list | tuple) else [children]))
