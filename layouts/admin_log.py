"""Administration: the audit log, and when the last backup was made."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from layouts import message
from layouts.admin import Admin, Cell, Part, Row, stamp
from layouts.plain import Field
from layouts.view import View

ACTION_WORDS: Final[Mapping[str, str]] = {
    "login": message("signed in"),
    "login_failed": message("sign-in failed"),
    "logout": message("signed out"),
    "password_changed": message("password changed"),
    "account_changed": message("account changed"),
    "token_made": message("token made"),
    "token_rotated": message("token rotated"),
    "token_revoked": message("token revoked"),
    "screen_paired": message("wall screen paired"),
    "screen_revoked": message("wall screen revoked"),
    "norm_changed": message("norm changed"),
    "export": message("rows taken away"),
    "staff_rows_seen": message("rows of staff seen"),
    "backup": message("backup made"),
    "restore": message("backup put in place"),
}
"""Of data_sources.audit.ACTIONS; one that has no words is shown by its name."""


def audit(
    view: View,
    entries: Sequence[Any],
    actions: Collection[str],
    action: str,
    who: str,
    more: int | None,
    verdict: Any,
) -> Admin:
    """Entries, the newest first (data_sources.audit.Entry), of one ``action`` and of one viewer where that is said;
    ``more`` is the number that older ones lie below; ``verdict`` is None when the log was not checked."""
    _ = view.catalogue.gettext
    kept = {key: value for key, value in (("action", action), ("who", who)) if value}
    words = sorted((_word(view, each), each) for each in actions)
    fields = (
        Field("action", _("Action"), value=action, choices=(("", _("all")), *((each, word) for word, each in words))),
        Field("who", _("Who"), value=who, is_optional=True),
    )
    links = []
    if more is not None:
        links.append((f"/admin/log?{urlencode({**kept, 'before': more})}", _("Older entries")))
    if kept:
        links.append(("/admin/log", _("All entries")))
    heads = (_("When"), _("Who"), _("Action"), _("About"), _("Address"))
    rows = tuple(_row(view, each) for each in entries)
    return Admin(
        _("Audit log"),
        "admin-log",
        tab="/admin/log",
        keep=kept,
        parts=(
            _whole(view, verdict, kept),
            Part(filter=fields, heads=heads, rows=rows, empty=_("There is no such entry."), links=tuple(links)),
        ),
    )


def _row(view: View, entry: Any) -> Row:
    about = "; ".join(f"{key}: {value}" for key, value in entry.about.items())
    return Row(
        (
            Cell(stamp(view, entry.at), f"№ {entry.number}"),
            Cell(entry.who or "—", is_short=len(entry.who) < 24),
            Cell(_word(view, entry.action)),
            Cell(about or "—", is_code=bool(about)),
            Cell(entry.address or "—", is_short=len(entry.address) < 24),
        )
    )


def _word(view: View, action: str) -> str:
    found = ACTION_WORDS.get(action)
    return action if found is None else view.catalogue.gettext(found)


def _whole(view: View, verdict: Any, kept: Mapping[str, str]) -> Part:
    """Whether the log is as it was written, in words."""
    _, ngettext = view.catalogue.gettext, view.catalogue.ngettext
    if verdict is None:
        return Part(links=((f"/admin/log?{urlencode({**kept, 'verify': 1})}", _("Check that the log is whole")),))
    if verdict.problem:
        said = _("The log is not whole: it holds up to entry {n}, not beyond. Exactly what is wrong stands in the "
                 "server's log.", n=view.catalogue.number(verdict.entries))  # fmt: skip
        return Part(rows=(Row((Cell(said, mark="act"),)),))
    return Part(
        lines=(
            ngettext(
                "The log is whole: {n} entry, as it was written.",
                "The log is whole: {n} entries, each follows from the one before.",
                verdict.entries,
            ),
        )
    )


def backup(view: View, entries: Sequence[Any]) -> Admin:
    """The newest backups as the audit log has them, and how one is made."""
    _ = view.catalogue.gettext
    rows = tuple(
        Row((Cell(stamp(view, each.at)), Cell(str(each.about.get("file", "—")), is_code=True), Cell(each.who or "—")))
        for each in entries
    )
    heads = (_("When"), _("File"), _("Who"))
    return Admin(
        _("Backup"),
        "admin-backup",
        tab="/admin/backup",
        parts=(
            Part(heads=heads, rows=rows, empty=_("No backup has been made yet.")),
            Part(
                _("How one is made"),
                (_("On the server, while everything runs. One file holds all; keep it on another machine."),),
                code="python app.py backup tendays.backup",
            ),
        ),
    )
