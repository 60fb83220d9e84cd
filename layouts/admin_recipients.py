"""Administration: who is told of alarms and where, without a password on any page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard.i18n import LANGUAGE_NAMES, LANGUAGES
from layouts.admin import Admin, Cell, Part, Row, do, role_choices, stamp
from layouts.plain import ROLE_WORDS, Field, Form
from layouts.view import View

Said = Mapping[str, str]
TAB: Final = "/admin/recipients"


def recipients(
    view: View, found: Any, sent: Mapping[str, Any], addresses: Mapping[str, str], said: Said, *, is_watched: bool
) -> Admin:
    """``found`` is data_sources.recipient_book.Recipients, ``sent`` the last message by recipient (``Sent``),
    ``addresses`` how each is shown, ``is_watched`` whether anybody sends now."""
    _ = view.catalogue.gettext
    lines: tuple[str, ...] = (_("An address is not shown again once it is kept: it may hold a password."),)
    if not is_watched:
        lines += (_("Nobody sends messages now: they wait until the service of alarms is at work."),)
    if found.problem_line == 0:
        text = _("The file of recipients cannot be read. Let the service of the pages read its data folder.")
        return Admin(_("Recipients"), "admin-recipients", tab=TAB, parts=(Part(lines=(*lines, text)),))
    if found.problem_line is not None:
        text = _(
            "The file of recipients has a mistake on line {line}: it cannot be shown or changed here. Mend it by hand; "
            "until then messages go to those who stood in it before.",
            line=found.problem_line,
        )
        return Admin(_("Recipients"), "admin-recipients", tab=TAB, parts=(Part(lines=(*lines, text)),))
    heads = (_("Name"), _("Who"), _("Address"), _("Last message"), _("What can be done"))
    rows = tuple(_row(view, each, found.seen, sent.get(each.id), addresses[each.id]) for each in found.rows)
    form = do("recipient_add", _("Add the recipient"), _fields(view, said, None), quiet=False, seen=found.seen)
    parts = (
        Part(lines=lines, heads=heads, rows=rows, empty=_("Nobody is told of alarms yet.")),
        Part(_("A new recipient"), forms=(form,)),
    )
    return Admin(_("Recipients"), "admin-recipients", tab=TAB, parts=parts)


def recipient(view: View, each: Any, seen: str, address: str, said: Said) -> Admin:
    """One of them, with the form that changes it."""
    _ = view.catalogue.gettext
    if said.get("do") != "recipient_change":
        role = f"{each.role}/{each.centre}" if each.centre else each.role
        said = {"name": each.name, "role": role, "language": each.language}
    fields = _fields(view, said, address)
    form = do("recipient_change", _("Change the recipient"), fields, quiet=False, recipient=each.id, seen=seen)
    parts = (Part(forms=(form,), links=((TAB, _("All recipients")),)),)
    return Admin(each.name, "admin-recipient", tab=TAB, parts=parts)


def members(said: Said) -> dict[str, str]:
    """A form as members of a ``[[recipients]]`` table."""
    role, _, centre = said.get("role", "").partition("/")
    name = "".join(each for each in " ".join(said.get("name", "").split()) if each.isprintable())
    return {
        "name": name,
        "role": role,
        "centre": centre,
        "language": said.get("language", ""),
        "url": said.get("url", "").strip(),
    }


def about(view: View, each: Any) -> tuple[str, ...]:
    return each.name, _who(view, each)


def _row(view: View, each: Any, seen: str, sent: Any, address: str) -> Row:
    _ = view.catalogue.gettext
    cells: Sequence[Cell] = (
        Cell(each.name, href=f"{TAB}/{each.id}"),
        Cell(_who(view, each), LANGUAGE_NAMES[each.language]),
        Cell(address),
        _sent(view, sent),
    )
    said = {"recipient": each.id, "seen": seen}
    forms: tuple[Form, ...] = (
        do("recipient_test", _("Send a test message"), about=each.name, **said),
        do("recipient_remove", _("Remove"), about=each.name, **said),
    )
    return Row(tuple(cells), forms)


def _sent(view: View, sent: Any) -> Cell:
    _ = view.catalogue.gettext
    if sent is None:
        return Cell("—")
    if sent.state == "sent":
        return Cell(_("delivered"), stamp(view, sent.ended))
    if sent.state == "failed":
        return Cell(_("not delivered"), sent.error, mark="act")
    if sent.error:
        return Cell(_("not delivered yet, is tried again"), sent.error, mark="watch")
    return Cell(_("waits to be sent"), stamp(view, sent.made))


def _who(view: View, each: Any) -> str:
    _ = view.catalogue.gettext
    words = {str(role): text for role, text in ROLE_WORDS.items()}
    return _("director: {centre}", centre=view.name(each.centre)) if each.centre else _(words[each.role])


def _fields(view: View, said: Said, address: str | None) -> tuple[Field, ...]:
    """``address`` is how the one that is kept is shown; None for a new recipient."""
    _ = view.catalogue.gettext
    languages = tuple((each, LANGUAGE_NAMES[each]) for each in LANGUAGES)
    kept = "" if address is None else _("Empty: it stays {address}.", address=address)
    note = " ".join(
        each for each in (kept, _("For example: mailto://user:password@mail.example.kz?to=duty@example.kz")) if each
    )
    return (
        Field("name", _("Name"), value=said.get("name", ""), note=_("A position, not a person.")),
        Field("role", _("Who"), value=said.get("role", ""), choices=role_choices(view)),
        Field("language", _("Language"), value=said.get("language", ""), choices=languages),
        Field("url", _("Address"), note=note, is_optional=address is not None),
    )
