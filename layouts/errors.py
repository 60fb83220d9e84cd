"""What is said instead of a page: that there is none at an address, that something of ours failed, and the rest."""

from typing import Final

from layouts import message
from layouts.plain import Plain, home, render
from layouts.view import View

WORDS: Final = {
    404: (message("There is no such page"), message("The address is mistyped, or what it names is no longer here.")),
    500: (
        message("Something of ours failed"),
        message("It is written in the log, and who looks after the system will see it. Try again in a minute."),
    ),
    503: (message("Not available now"), message("A part of the system does not answer. Try again in a minute.")),
}
"""Title and sentence by status."""
_REFUSED: Final = (
    message("This cannot be done"),
    message("The server does not take this request. Open the page anew and try again."),
)


def error(view: View, status: int) -> str:
    """The document of an error."""
    _ = view.catalogue.gettext
    title, line = WORDS.get(status) or (WORDS[500] if status > 500 else _REFUSED)
    links = ((home(view.viewer), _("To the pages")),)
    return render(view, Plain(_(title), "error", lines=(_(line),), links=links))
