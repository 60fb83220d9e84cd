"""Takes the pictures of this folder from a demo that runs: ``python docs/screenshots/take.py [NAME ...]``.

Every page in three languages, at a desk by day and on a phone by night; the wall at 1080p and 4K, by day and by night;
the weekly deck as a video conference shows it. ``FOLDER=…`` puts them elsewhere.
With Pillow at hand a picture has 256 colours and a third of the bytes.
"""

import json
import os
import shutil
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

try:
    from PIL import Image
except ImportError:
    Image = None

FOLDER = Path(os.environ.get("FOLDER") or Path(__file__).parent)
LANGUAGES = ("ru", "kk", "en")
DESK, PHONE, SLIDE = (1440, 900, "day"), (390, 844, "night"), (1280, 720, "day")
WALLS = [(width, height, theme) for width, height in ((1920, 1080), (3840, 2160)) for theme in ("day", "night")]
TALLEST = 6000
"""Pixels of a page that are shown."""
DRAWN = """() => [...document.querySelectorAll('figure.figure .dash-graph')].every((e) => e.querySelector('.main-svg'))
  && (!document.querySelector('#panel-rows, #panel-grid') || document.querySelector('#panel .ag-row'))"""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split()
)


def pages(running: dict[str, Any]) -> dict[str, tuple[str, list[tuple[int, int, str]]]]:
    """Name to address and sizes."""
    local = datetime.now(timezone(timedelta(minutes=running.get("offset_minutes") or 0)))
    yesterday = (local - timedelta(days=1)).strftime("%Y-%m-%dT11:20")
    both = [DESK, PHONE]
    return {
        "wall": ("/wall", [*WALLS, PHONE]),
        "past": (f"/wall?at={yesterday}", [WALLS[1]]),
        "centre": ("/centre/atyrau-1", both),
        "branch": ("/branch/atyrau-1/main", both),
        "deadlines": ("/deadlines", both),
        "staff": ("/staff", both),
        "feeds": ("/feeds", both),
        "number": ("/centre/atyrau-1?number=queue.issued_today", both),
        "then": (f"/centre/atyrau-1?at={yesterday}", both),
        "document": ("/deadlines?document={oldest}", both),
        "search": ("/search?q=A29", both),
        "alerts": ("/alerts", both),
        "oversight": ("/oversight", both),
        "week": ("/week", [SLIDE]),
        "admin": ("/admin", [DESK]),
        "rules": ("/admin/rules", [DESK]),
        "login": ("/login", both),
    }


def main(wanted: list[str]) -> None:
    running = json.loads((Path(os.environ.get("TENDAYS_DATA_DIR", "var")) / "run.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (path, sizes) in pages(running).items():
            if wanted and name not in wanted:
                continue
            for width, height, theme in sizes:
                for language in LANGUAGES:
                    take(browser, running["web"], path, name, (width, height, theme), language)
        browser.close()


def take(browser: Any, web: str, path: str, name: str, size: tuple[int, int, str], language: str) -> None:
    width, height, theme = size
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    for cookie, value in (("lang", language), ("theme", theme)):
        context.add_cookies([{"name": cookie, "value": value, "url": web + "/"}])
    page = context.new_page()
    if "{oldest}" in path:
        page.goto(f"{web}/deadlines")
        path = path.format(oldest=page.locator("[data-document]").first.get_attribute("data-document"))
    page.goto(web + path)
    page.wait_for_selector("main")
    page.wait_for_function(DRAWN, timeout=60_000)
    page.wait_for_timeout(1500)
    target, whole = FOLDER / f"{name}-{width}-{language}-{theme}.png", name not in ("wall", "past", "week")
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST) if whole else height
    page.screenshot(path=target, full_page=whole, clip={"x": 0, "y": 0, "width": width, "height": max(tall, height)})
    context.close()
    make_small(target)


def make_small(picture: Path) -> None:
    if Image is None:
        return
    with Image.open(picture) as whole:
        rgb = whole.convert("RGB")
        # the method that keeps the few pixels of a mark's colour
        small = rgb.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
