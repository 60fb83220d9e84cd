"""Administration: how centres may send, by a token over HTTP or as a Redis user."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.admin import EXPIRING_DAYS, Admin, Cell, Part, Row, do, stamp
from layouts.plain import Field, Form
from layouts.view import View

DAYS: Final = "365"
OVERLAP_DAYS: Final = "7"


def tokens(view: View, found: Sequence[Any], direct: frozenset[str] | None, said: Mapping[str, str]) -> Admin:
    """All tokens (data_sources.tokens.Token), the centres with a Redis user (None: not known), and the forms for new
    ones; ``said`` is what was typed into them."""
    _ = view.catalogue.gettext
    heads = (_("Centre"), _("Label"), _("Good until"), _("Last used"), _("State"), _("What can be done"))
    rows = tuple(_row(view, each) for each in sorted(found, key=lambda each: not each.is_good(view.now)))
    return Admin(
        _("Tokens of centres"),
        "admin-tokens",
        tab="/admin/tokens",
        parts=(
            Part(
                lines=(_("Rotating makes a new token for a year; the old one stays good for 7 days more."),),
                heads=heads,
                rows=rows,
                empty=_("There is no token yet: no centre can send over HTTP."),
            ),
            Part(_("A new token"), forms=(_new(view, said),)),
            _direct(view, direct),
        ),
    )


def _row(view: View, token: Any) -> Row:
    _ = view.catalogue.gettext
    is_good = token.is_good(view.now)
    forms = (
        (
            do("rotate", _("Rotate"), about=token.id, id=token.id, days=DAYS, overlap=OVERLAP_DAYS),
            do("revoke", _("Revoke"), about=token.id, id=token.id),
        )
        if is_good
        else ()
    )
    return Row(
        (
            Cell(view.name(token.centre), token.id),
            Cell(token.label or "—"),
            Cell(stamp(view, token.expires, time=False)),
            Cell(_("never") if token.used is None else stamp(view, token.used)),
            _state(view, token, is_good=is_good),
        ),
        forms,
    )


def _state(view: View, token: Any, *, is_good: bool) -> Cell:
    _ = view.catalogue.gettext
    if token.revoked is not None:
        return Cell(_("revoked"), stamp(view, token.revoked, time=False))
    if not is_good:
        return Cell(_("expired"))
    return Cell(_("ends soon"), mark="watch") if token.expires - view.now < EXPIRING_DAYS * 86_400 else Cell(_("good"))


def _new(view: View, said: Mapping[str, str]) -> Form:
    _ = view.catalogue.gettext
    return do(
        "make",
        _("Make the token"),
        (
            Field("centre", _("Centre"), value=said.get("centre", ""), choices=_centres(view)),
            Field(
                "label",
                _("Label"),
                value=said.get("label", ""),
                note=_("What it is for, for instance the name of the queue system."),
                is_optional=True,
            ),
            Field("days", _("Good for, days"), "number", said.get("days", DAYS), least="1", most="3660"),
        ),
        quiet=False,
    )


def _centres(view: View, but: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, view.name(each.id)) for each in view.network.centres if each.id not in but)


def _direct(view: View, direct: frozenset[str] | None) -> Part:
    """The direct way: a Redis user of a centre that writes to its stream itself."""
    _ = view.catalogue.gettext
    title, lines = _("Redis users of the direct way"), (_("For a centre that writes to its stream without HTTP."),)
    if direct is None:
        return Part(title, (*lines, _("The server does not say which there are.")))
    names = {each.id: view.name(each.id) for each in view.network.centres}
    rows = tuple(
        Row(
            (Cell(names.get(each, each)), Cell(f"tendays-{each}", is_code=True)),
            (
                do("renew_direct", _("New password"), about=names.get(each, each), centre=each),
                do("drop_direct", _("Take away"), about=names.get(each, each), centre=each),
            ),
        )
        for each in sorted(direct)
    )
    choices = _centres(view, direct)
    new = do("direct", _("Make the user"), (Field("centre", _("Centre"), choices=choices),), quiet=False)
    heads = (_("Centre"), _("User"), _("What can be done"))
    return Part(title, lines, heads, rows, _("There is none."), (new,) if choices else ())
