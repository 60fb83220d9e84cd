"""A small trend line as a picture: it needs no script, and takes its colours from the theme."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from dash import html

from layouts.view import View

_WIDTH: Final = 120
_HEIGHT: Final = 28
_PAD: Final = 2
_INK: Final = {
    "night": {"ok": "#7f93a9", "watch": "#f2b632", "act": "#ff9552", "norm": "#8595a8"},
    "day": {"ok": "#6b7b8d", "watch": "#7d5500", "act": "#a84400", "norm": "#5b6878"},
}
"""``--trend``, ``--watch-ink``, ``--act-ink`` and ``--faint`` of base.css: a picture cannot read them."""


def trend(view: View, values: Sequence[float | None], *, mark: str = "ok", norm: float | None = None) -> html.Img:
    """A line through ``values`` (evenly spaced, None is a gap) over a zero base, and the norm, dashed."""
    ink = _INK[view.shown_theme]
    known = [each for each in values if each is not None]
    top = max([*known, norm or 0.0, 1e-9])
    parts = []
    if norm is not None and known:
        y = _y(norm, top)
        parts.append(f'<path d="M0 {y}H{_WIDTH}" stroke="{ink["norm"]}" stroke-dasharray="3 4"/>')
    line = _path(values, top)
    if line:
        parts.append(f'<path d="{line}" stroke="{ink[mark]}" stroke-width="2" stroke-linejoin="round" fill="none"/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" '
        f'width="{_WIDTH}" height="{_HEIGHT}">{"".join(parts)}</svg>'
    )
    return html.Img(src=f"data:image/svg+xml,{quote(svg)}", alt="", className="trend-picture")


def _path(values: Sequence[float | None], top: float) -> str:
    step = _WIDTH / max(1, len(values) - 1)
    found, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        found.append(f"{pen}{place * step:.1f} {_y(value, top)}")
        pen = "L"
    return "".join(found)


def _y(value: float, top: float) -> str:
    return f"{_HEIGHT - _PAD - (_HEIGHT - 2 * _PAD) * value / top:.1f}"
