"""The form that says that a directive is done: a page that works without a script."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from dashboard.oversight import Item
from layouts import oversight_words, plain, week
from layouts.plain import Form, Plain
from layouts.view import View

PROBLEMS: Final[Mapping[str, str]] = {
    **{key: plain.PROBLEMS[key] for key in ("stale_form",)},
    "refused": week.PROBLEMS["refused"],
}


def asking(view: View, item: Item, of: str = "", problem: str = "") -> Plain:
    """Whether it is done; ``of`` is the centre that the page had been narrowed to."""
    _ = view.catalogue.gettext
    return Plain(
        _("Is the directive done?"),
        "directive-done",
        lines=(
            f"{view.name(item.centre)}: {oversight_words.text(view, item)}",
            f"{item.code}: {oversight_words.standing(view, item)}",
            _("It is recorded for good: next week's deck shows it as done."),
        ),
        problem=problem,
        forms=(Form(_("Mark as done")),),
        links=(("/oversight" + (f"?{urlencode({'of': of})}" if of else ""), _("Back")),),
        keep={"directive": item.code, **({"of": of} if of else {})},
    )


def unknown(view: View) -> Plain:
    _ = view.catalogue.gettext
    return Plain(
        _("Oversight"), "directive-done", lines=(_("There is no such directive."),), links=(("/oversight", _("Back")),)
    )
