"""Looking at the pages that one sits before as people do: at a desk and on a phone, by day, by night, by keyboard."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

DESK, PHONE = (1440, 900), (390, 844)
SIZES = (DESK, PHONE)
THEMES = ("day", "night")
BAD = ("serious", "critical")
CELLS = 400
"""A grid's cells come one after the other."""
FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


@contextmanager
def visitor(browser: Browser, size: tuple[int, int] = DESK, **settings: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page of a viewer of its own, and what went wrong on it: errors of the console and of scripts."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="ru-RU", **settings)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    yield page, wrong
    context.close()


def visit(page: Page, url: str) -> None:
    """Go there, and wait until every part and every figure is drawn."""
    page.goto(url)
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_selector("main", timeout=60_000)
    page.wait_for_function(
        """() => [...document.querySelectorAll('figure.figure .dash-graph')].every((e) => e.querySelector('.main-svg'))
          && !document.querySelector('[data-dash-is-loading=true]')""",
        timeout=60_000,
    )
    page.evaluate("document.fonts.ready")


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical: the rule and the elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found if each["impact"] in BAD
    ]


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways; nothing when it does not."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          return [...document.querySelectorAll('body *')]
            .filter((e) => e.getBoundingClientRect().right > wide + 1)
            .map((e) => `${e.tagName}.${e.getAttribute('class')}`).slice(0, 8);
        }"""
    )


def not_reached(page: Page) -> list[str]:
    """Links, buttons and fields that Tab does not come to from the top of the page, or that do not show that they have
    the focus; "trapped" when Tab does not come to an end."""
    count = page.evaluate(
        f"""() => {{
          const all = [...document.querySelectorAll({json.dumps(FOCUSABLE)})]
            .filter((e) => e.checkVisibility({{visibilityProperty: true}}));
          all.forEach((e, place) => e.setAttribute('data-tab', place));
          document.activeElement.blur();
          window.scrollTo(0, 0);
          return all.length;
        }}"""
    )
    seen: set[str] = set()
    unseen: list[str] = []
    for _ in range(count + CELLS):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const look = getComputedStyle(e), box = e.getBoundingClientRect();
              const outlined = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
              const framed = e.matches('.ag-cell-focus') && parseFloat(look.borderTopWidth) > 0;
              const shown = (outlined || framed || look.boxShadow !== 'none') && box.width > 0;
              return [e.getAttribute('data-tab'), shown, e.outerHTML.slice(0, 120)];
            }"""
        )
        if at is None:
            break
        if at[0] is not None:
            seen.add(at[0])
        if not at[1]:
            unseen.append(f"focus not shown: {at[2]}")
    else:
        unseen.append("trapped")
    missed = page.evaluate(
        "(seen) => [...document.querySelectorAll('[data-tab]')].filter((e) => !seen.includes(e.dataset.tab))"
        ".map((e) => e.outerHTML.slice(0, 120))",
        sorted(seen),
    )
    return [*unseen, *(f"not reached: {each}" for each in missed)]


def values(page: Page, where: str = "#page-now") -> dict[str, str]:
    """Every number of a part by its key (the first of each): data-number or data-metric to data-value."""
    return page.evaluate(  # type: ignore[no-any-return]
        """(where) => {
          const found = {};
          for (const e of document.querySelectorAll(`${where} [data-number], ${where} [data-metric]`)) {
            const key = e.dataset.metric || e.dataset.number;
            if (!(key in found)) found[key] = e.dataset.value;
          }
          return found;
        }""",
        where,
    )
