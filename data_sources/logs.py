"""Logs: one event a line, for people on a terminal, as JSON elsewhere; of our own code and of libraries alike.

No secret is ever in a line: :func:`withhold` cleans every value and every traceback before it is written.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

HIDDEN: Final = "[withheld]"
_SECRET_NAMES: Final = re.compile(
    r"(^|_)(token|password|secret|authorization|cookie|secret_key|api_key)$", re.IGNORECASE
)
_SECRETS: Final = (
    (re.compile(r"\b(tendays_[0-9A-Za-z]+_)[0-9A-Za-z_-]{8,}"), r"\1" + HIDDEN),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+@", re.IGNORECASE), r"\1" + HIDDEN + "@"),
    (re.compile(r"\b(Bearer|Basic)\s+[^\s'\",}]+", re.IGNORECASE), r"\1 " + HIDDEN),
    (re.compile(r"([?&](?:token|password|secret|code)=)[^&\s'\"]+", re.IGNORECASE), r"\1" + HIDDEN),
)
"""Centres' tokens, passwords in addresses, what an Authorization header says, members of queries."""
_PLAIN: Final = (int, float, bool, type(None))
_LIBRARIES: Final = {"alembic": logging.WARNING, "httpx": logging.WARNING, "urllib3": logging.WARNING}
"""Libraries that tell more than anybody wants to know."""


def withhold(_logger: Any, _method: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event without secrets: a processor of structlog's."""
    return {name: HIDDEN if _SECRET_NAMES.search(name) and value else _clean(value) for name, value in said.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return withhold(None, "", {str(name): each for name, each in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each) for each in value]
    text = value if isinstance(value, str) else repr(value)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class StandardError(logging.StreamHandler[Any]):
    """Writes to what standard error is at the time."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def configure() -> None:
    """Set up this process: structlog and the standard library's logging go the same way, to standard error."""
    first: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*first, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                withhold,
                last,
            ],
        )
    )
    root = logging.getLogger()
    for each in [each for each in root.handlers if isinstance(each, StandardError)]:
        root.removeHandler(each)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name, level in _LIBRARIES.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
