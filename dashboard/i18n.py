"""Words, numbers and times in Russian, Kazakh and English: gettext catalogues and CLDR patterns, by Babel.

Message ids are English. What the wall's script needs to write exactly what the server writes (plural indexes,
separators, names of days and months) is given as plain data by :meth:`Catalogue.for_script`.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from gettext import GNUTranslations
from io import BytesIO
from math import floor
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dashboard.calendars import LocalTime

LANGUAGES: Final = ("ru", "kk", "en")
DEFAULT_LANGUAGE: Final = "ru"
LANGUAGE_NAMES: Final = {"ru": "Русский", "kk": "Қазақша", "en": "English"}
LOCALES: Final = Path(__file__).parent / "locales"
UNKNOWN: Final = "—"
_CLDR: Final = {"ru": "ru", "kk": "kk", "en": "en_GB"}
_PLURAL_TABLE: Final = 200
"""Plural forms of all three languages depend on n below 100 and on n modulo 100: a table of 200 says them all."""


class Catalogue:
    """One language's words and patterns. ``ValueError`` for a language that is not in :data:`LANGUAGES`."""

    def __init__(self, language: str, folder: Path = LOCALES) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language {language!r}: expected one of {', '.join(LANGUAGES)}")
        self.language = language
        self.locale = Locale.parse(_CLDR[language])
        self._words = _read(sorted((folder / language / "LC_MESSAGES").glob("*.po")), language)

    def gettext(self, message: str, **values: object) -> str:
        """The message in this language with ``{name}`` placeholders filled."""
        text = self._words.gettext(message)
        return text.format(**values) if values else text

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The plural form for ``count``; ``{n}`` is the formatted count."""
        return self._words.ngettext(one, many, count).format(n=self.number(count), **values)

    def number(self, value: float | None) -> str:
        """A whole number, halves up, with the locale's thousands separator; a dash for what is unknown."""
        if value is None:
            return UNKNOWN
        digits = str(floor(abs(value) + 0.5))
        grouped = self._group.join(_threes(digits))
        return f"−{grouped}" if value < 0 and digits != "0" else grouped

    def figure(self, value: float | None) -> str:
        """A whole number as it is set in large type: four digits stand without a separator, as is usual in Russian."""
        text = self.number(value)
        plain = text.replace(self._group, "")
        return plain if len(plain) <= 4 else text

    def decimal(self, value: float | None, digits: int) -> str:
        """A number with so many digits after the locale's decimal sign."""
        if value is None:
            return UNKNOWN
        return str(format_decimal(value, f"#,##0.{'0' * digits}", locale=self.locale)).replace("-", "−")

    def percent(self, share: float | None) -> str:
        """A share (0 to 1) in whole percent, as the locale writes it."""
        return UNKNOWN if share is None else self._percent.format(self.number(share * 100))

    def time(self, moment: float, local: LocalTime) -> str:
        """Wall-clock time ``HH:MM`` of an epoch second."""
        minutes = int(local.seconds_of_day(moment) // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def date(self, day: dt.date) -> str:
        """Day and month, for instance ``15 декабря``; ``15 желтоқсан``; ``15 December``."""
        return self.gettext("{day} {month}", day=day.day, month=self.months[day.month - 1])

    def long_date(self, day: dt.date) -> str:
        """Weekday, day and month."""
        return self.gettext("{weekday}, {date}", weekday=self.weekdays[day.weekday()], date=self.date(day))

    def duration(self, seconds: float | None) -> str:
        """Whole minutes under 100 of them, whole hours under 48, whole days above; rounded down."""
        if seconds is None:
            return UNKNOWN
        minutes = max(0, int(seconds // 60))
        if minutes < 100:
            return self.gettext("{n} min", n=self.number(minutes))
        if minutes < 48 * 60:
            return self.gettext("{n} h", n=self.number(minutes // 60))
        return self.gettext("{n} d", n=self.number(minutes // 1440))

    def day_of(self, moment: float, local: LocalTime) -> dt.date:
        return dt.date.fromordinal(local.day(moment))

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Month names as they stand in a date (genitive in Russian), January first."""
        names = self.locale.months["format"]["wide"]
        return tuple(str(names[month]) for month in range(1, 13))

    @cached_property
    def weekdays(self) -> tuple[str, ...]:
        """Weekday names as they stand in a date, Monday first."""
        names = self.locale.days["format"]["wide"]
        return tuple(str(names[day]) for day in range(7))

    def plural_index(self, count: int) -> int:
        """Which plural form the catalogue uses for a count."""
        return int(self._words.plural(count))  # type: ignore[attr-defined]

    def plural_forms(self, one: str, many: str) -> list[str]:
        """Every plural form of a message, by index, unfilled."""
        first = {self.plural_index(count): count for count in range(_PLURAL_TABLE - 1, -1, -1)}
        return [self._words.ngettext(one, many, first[index]) for index in sorted(first)]

    def for_script(self) -> dict[str, Any]:
        """What a script needs to write numbers, dates and plurals exactly as this class does; plain JSON data."""
        return {
            "language": self.language,
            "group": self._group,
            "percent": self._percent,
            "months": list(self.months),
            "weekdays": list(self.weekdays),
            "plurals": "".join(str(self.plural_index(count)) for count in range(_PLURAL_TABLE)),
        }

    @cached_property
    def _group(self) -> str:
        return str(self.locale.number_symbols["latn"]["group"])

    @cached_property
    def _percent(self) -> str:
        pattern = self.locale.percent_formats[None]
        return f"{pattern.prefix[0]}{{}}{pattern.suffix[0]}"


def catalogues(folder: Path = LOCALES) -> dict[str, Catalogue]:
    """All languages' catalogues, read once for an application."""
    return {language: Catalogue(language, folder) for language in LANGUAGES}


def _read(paths: Sequence[Path], language: str) -> GNUTranslations:
    """One catalogue of all files of a language: ``messages.po`` and one for each page that has words of its own."""
    catalogue = Catalog(locale=language)
    for path in paths:
        with path.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id:
                    catalogue.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _threes(digits: str) -> list[str]:
    head = len(digits) % 3
    return ([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)]
