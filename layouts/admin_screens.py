"""Administration: wall screens, confirmed by the code that they show."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.admin import Admin, Cell, Part, Row, do, stamp
from layouts.plain import Field
from layouts.view import View

UNSEEN_S: Final = 15 * 60.0
"""A screen that looks is noted every 5 minutes: one that was not seen for longer than this is dark."""


def screens(view: View, found: Sequence[Any], said: Mapping[str, str]) -> Admin:
    """All screens that were ever paired (data_sources.screens.Screen), those that may look first; ``said`` is what was
    typed into the form."""
    _ = view.catalogue.gettext
    heads = (_("Where it hangs"), _("Paired"), _("Last seen"), _("State"), _("What can be done"))
    rows = tuple(_row(view, each) for each in sorted(found, key=lambda each: each.revoked is not None))
    pair = do(
        "pair",
        _("Pair the screen"),
        (
            Field("code", _("Code on the screen"), value=said.get("code", "")),
            Field("name", _("Where it hangs"), value=said.get("name", "")),
        ),
        quiet=False,
    )
    return Admin(
        _("Wall screens"),
        "admin-screens",
        tab="/admin/screens",
        parts=(
            Part(heads=heads, rows=rows, empty=_("No screen is paired yet.")),
            Part(_("A new screen"), (_("Open /screen on it: it shows a code, good for ten minutes."),), forms=(pair,)),
        ),
    )


def is_dark(screen: Any, now: float) -> bool:
    """Whether a screen that may look has not been seen for some time, or not since it was paired."""
    return screen.revoked is None and now - (screen.seen or screen.paired) > UNSEEN_S


def _row(view: View, screen: Any) -> Row:
    _ = view.catalogue.gettext
    if screen.revoked is not None:
        state = Cell(_("revoked"), stamp(view, screen.revoked, time=False))
    elif is_dark(screen, view.now):
        state = Cell(_("not seen now"), mark="watch")
    else:
        state = Cell(_("looks"))
    seen = _("never") if screen.seen is None else stamp(view, screen.seen)
    cells = (
        Cell(screen.name, screen.id),
        Cell(stamp(view, screen.paired, time=False), screen.paired_by),
        Cell(seen),
        state,
    )
    can = screen.revoked is None
    return Row(cells, (do("revoke", _("Revoke"), about=screen.name, id=screen.id),) if can else ())
