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
_WORTH: Final = 3
"""Fewer components are left as they are."""
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


def lighten(part: Any, name: str) -> Any:
    """The same part with everything that is only shown put into :class:`Light` components.

    Their ids are ``name`` and a number. What a callback names, or is no HTML, stays a component, and so does what it is
    in.
    """
    numbers = count()

    def walk(part: Any) -> Any:
        if isinstance(part, list | tuple):
            return [walk(each) for each in part]
        if not isinstance(part, Component):
            return part
        if _is_plain(part):
            return Light(f"{name}-{next(numbers)}", tree(part)) if _size(part) >= _WORTH else part
        if getattr(part, "children", None) is not None:
            part.children = walk(part.children)
        return part

    return walk(part)


def tree(part: Any) -> Tree:
    """A part that is only shown, as plain data."""
    if isinstance(part, list | tuple):
        return [tree(each) for each in part if each is not None]
    if not isinstance(part, Component):
        return part
    # Dash's own way to its attributes takes ten times as long
    attributes = {key: value for key, value in vars(part).items() if key not in _NO_ATTRIBUTES and value is not None}
    children = getattr(part, "children", None)
    inner = [] if children is None else tree(children if isinstance(children, list | tuple) else [children])
    return ["Link" if isinstance(part, dcc.Link) else part._type.lower(), attributes, inner]


def _is_plain(part: Any) -> bool:
    if isinstance(part, list | tuple):
        return all(map(_is_plain, part))
    if not isinstance(part, Component):
        return True
    is_known = isinstance(part, dcc.Link) or part._namespace == "dash_html_components"
    return is_known and _is_shown_only(part) and _is_plain(getattr(part, "children", None))


def _is_shown_only(part: Component) -> bool:
    """Whether no callback speaks of it: those that callbacks name are in :mod:`layouts.ids`."""
    return getattr(part, "id", None) not in _NAMED and getattr(part, "n_clicks", None) is None


def _size(part: Component) -> int:
    return 1 + sum(isinstance(each, Component) for each in part._traverse())
