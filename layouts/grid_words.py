"""The grid's own words in our languages, by AG Grid's localeText keys: those of what our grids can do."""

from typing import Final

from dashboard.i18n import Catalogue
from layouts import message

_WORDS: Final = {
    "after": message("After"),
    "ariaChecked": message("checked"),
    "ariaColumnFiltered": message("the column is filtered"),
    "ariaDateFilterInput": message("A moment to filter by"),
    "ariaFilterColumn": message("Ctrl and Enter open the filter"),
    "ariaFilterInput": message("A value to filter by"),
    "ariaFilterMenuOpen": message("Open the filter"),
    "ariaFilteringOperator": message("How to compare"),
    "ariaLabelColumnFilter": message("Filter of the column"),
    "ariaLabelColumnMenu": message("Menu of the column"),
    "ariaSortableColumn": message("Enter sorts"),
    "ariaUnchecked": message("not checked"),
    "before": message("Before"),
    "blank": message("Is unknown"),
    "clearFilter": message("Clear the filter"),
    "contains": message("Contains"),
    "dateFormatOoo": message("day, month, year"),
    "empty": message("Choose"),
    "equals": message("Equals"),
    "filterOoo": message("Filter…"),
    "greaterThan": message("After"),
    "greaterThanOrEqual": message("At least"),
    "inRange": message("Between"),
    "inRangeEnd": message("up to"),
    "inRangeStart": message("from"),
    "invalidDate": message("This is no date"),
    "invalidNumber": message("This is no number"),
    "lessThan": message("Before"),
    "lessThanOrEqual": message("At most"),
    "loadingOoo": message("Loading…"),
    "noMatchingRows": message("No row fits the filters"),
    "noRowsToShow": message("There are no rows"),
    "notBlank": message("Is known"),
    "notContains": message("Does not contain"),
    "startsWith": message("Begins with"),
}
"""``lessThan`` and ``greaterThan`` are offered for moments and days only."""


def locale_text(catalogue: Catalogue) -> dict[str, str]:
    """The grid's ``localeText``."""
    return {key: catalogue.gettext(text) for key, text in _WORDS.items()}
