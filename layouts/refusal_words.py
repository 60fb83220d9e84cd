"""What was expected of a refused event, in the viewer's language: the worker says it in English."""

import re
from typing import Final

from layouts import message
from layouts.view import View

EXPECTED: Final = (
    message("text"),
    message("a whole number"),
    message("a number"),
    message("true or false"),
    message("an object"),
    message("a list"),
    message("a value"),
    message("a time with its offset (RFC 3339)"),
    message("a time from 1970 on"),
    message("a day (2026-11-23) or a time with offset (RFC 3339), before 2200"),
    message("text that is not empty"),
    message("text without control characters"),
    message("text without an IIN"),
    message("at most {count} characters"),
    message("at most {count} bytes"),
    message("at most {count} s ahead of the server's clock"),
    message("at most {count}"),
    message("at least {count}"),
    message("one of: {values}"),
    message("an event type of the contract"),
    message("only the members of the contract"),
    message("no data of citizens in any event"),
    message("an object of a few levels, as in docs/events.md"),
    message("CloudEvents JSON in UTF-8"),
    message("CloudEvents JSON ({error})"),
    message("a service of the network file"),
    message("a branch of {centre}"),
    message("/<centre>/<branch> with a centre of the network file"),
    message("/<centre>/<branch> with a branch of the network file"),
    message("/{centre}, the centre whose stream this is"),
    message("/{centre}/<branch> for {type}"),
    message("a stream entry with the field event"),
    message("to be folded; our log says why it was not"),
    message("an id that a clock gives: XADD *"),
)
"""All that a refusal may say was expected (dashboard.intake, dashboard.expected, data_sources.worker); the first that
fits is taken."""


def expected_text(view: View, said: str) -> str:
    """As the worker said it where no text of ours fits: of an older or newer one."""
    for known, pattern in _PATTERNS:
        found = pattern.fullmatch(said)
        if found:
            return view.catalogue.gettext(known, **found.groupdict())
    return said


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text)), re.DOTALL)


_PATTERNS: Final = tuple((each, _pattern(each)) for each in EXPECTED)
