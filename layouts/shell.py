"""The frame around every page: the document, and the switches of language and theme."""

from collections.abc import Callable, Sequence
from typing import Final

from dash import html

from dashboard.i18n import LANGUAGE_NAMES, LANGUAGES
from layouts import ids, plain
from layouts.view import THEMES, View

_ASK_AGAIN: Final = """
/* A screen that nobody sits before: a page that did not come, or whose script did not, is asked for again. */
(function () {
  function isThere() {
    var wall = document.getElementById("wall");
    return wall ? window.tenDays && window.tenDays.following : document.querySelector("main");
  }
  setTimeout(function look() {
    if (isThere()) return;
    fetch(location.href).then(function (answer) { if (answer.ok) location.reload(); }, function () {});
    setTimeout(look, 30000);
  }, 30000);
})();
"""
_STYLES_BY_SCRIPTS: Final = """
/* Styles that Dash, the grid and Plotly bring by script get this answer's nonce; a browser takes no others. */
(function () {
  var nonce = document.currentScript.nonce, create = document.createElement;
  document.createElement = function (name) {
    var made = create.apply(this, arguments);
    if (typeof name === "string" && name.toLowerCase() === "style") made.nonce = nonce;
    return made;
  };
})();
"""
INLINE: Final = (_STYLES_BY_SCRIPTS, _ASK_AGAIN)
"""Every script that stands in a document itself: a browser runs only those whose hash the server names."""


def document(view: View, parts: dict[str, str], fonts: list[str], later: Sequence[str] = (), nonce: str = "") -> str:
    """The HTML document; ``parts`` are Dash's own pieces, ``fonts`` the addresses of fonts to fetch first, ``later``
    those of scripts that the page will ask for once it is drawn: fetched when the line is free; ``nonce`` is that of
    styles in the answer's policy."""
    preloads = "\n".join(f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{url}">' for url in fonts)
    prefetches = "\n".join(f'<link rel="prefetch" as="script" href="{url}">' for url in later)
    return f"""<!DOCTYPE html>
<html lang="{view.catalogue.language}" data-theme="{view.shown_theme}" data-theme-choice="{view.theme}">
<head>
{parts["metas"]}
<meta name="color-scheme" content="dark light">
<title>{parts["title"]}</title>
{parts["favicon"]}
{preloads}
{prefetches}
{parts["css"]}
<script nonce="{nonce}">{_STYLES_BY_SCRIPTS}</script>
<script>{_ASK_AGAIN}</script>
</head>
<body>
{parts["app_entry"]}
<footer>
{parts["config"]}
{parts["scripts"]}
{parts["renderer"]}
</footer>
</body>
</html>"""


def switches(view: View, href: Callable[[str, str], str] = lambda name, value: f"?{name}={value}") -> html.Nav:
    """Plain links: they work without a script, and the server remembers the choice in a cookie.

    ``href`` gives the address with a member of the query set: a page keeps what else it was asked for.
    """
    _ = view.catalogue.gettext
    theme_names = {"auto": _("auto"), "day": _("day"), "night": _("night")}
    languages = [
        html.A(
            {"ru": "РУС", "kk": "ҚАЗ", "en": "ENG"}[language],
            href=href("lang", language),
            hrefLang=language,
            title=LANGUAGE_NAMES[language],
            lang=language,
            **_current(language == view.catalogue.language),
        )
        for language in LANGUAGES
    ]
    themes = [
        html.A(theme_names[theme], href=href("theme", theme), **_current(theme == view.theme)) for theme in THEMES
    ]
    return html.Nav(
        [
            html.Div(languages, id=ids.LANGUAGE_MENU, role="group", **{"aria-label": _("Language")}),
            html.Div(themes, id=ids.THEME_MENU, role="group", **{"aria-label": _("Theme")}),
        ],
        className="switches",
        **{"aria-label": _("Settings of the screen")},
    )


def who(view: View) -> list[html.P]:
    """Who looks, and the way to change that: in the open demo to another role, else to one's account. An administrator
    has the way to administration here too: it is no page that one looks at every day."""
    _, viewer = view.catalogue.gettext, view.viewer
    admin = [" · ", html.A(_("Administration"), href="/admin")] if view.may_open("admin") else []
    if viewer.is_open:
        link = html.A(plain.role_text(view, viewer), href="/look", title=_("Look as"))
        return [html.P([_("Open demonstration, you look as:"), " ", link, *admin], className="who")]
    if not viewer.login:
        return []
    link = html.A(viewer.name or viewer.login, href="/account", title=_("Your account"))
    return [html.P([link, *admin], className="who")]


def _current(is_current: bool) -> dict[str, str]:
    return {"aria-current": "true"} if is_current else {}
