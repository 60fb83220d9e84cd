"""Every id that a callback names, in one place."""

from typing import Final

LANGUAGE_MENU: Final = "language-menu"
THEME_MENU: Final = "theme-menu"
WALL: Final = "wall"
WALL_CONFIG: Final = "wall-config"
WALL_FOLLOWING: Final = "wall-following"
FEEDS_TABLE: Final = "feeds-table"
FEEDS_REFUSALS: Final = "feeds-refusals"
FEEDS_NEWEST: Final = "feeds-newest"
FEEDS_TIMER: Final = "feeds-timer"
