"""What every answer tells the browser to hold to: whose scripts run, who may frame a page, what others hear of it.

Scripts are ours by address, or inline by their hash: Dash's (:meth:`dash.Dash.csp_hashes`) and
:data:`layouts.shell.INLINE`. Styles are ours by address, or brought by those scripts with the nonce of the answer. The
only attribute ``style`` that is let in is an empty one, by which Plotly clears that of a colour bar. What scripts
set by ``element.style`` no policy concerns.
"""

import secrets
from base64 import b64encode
from hashlib import sha256
from typing import Final, cast

import dash
import flask
from flask import g, request

from layouts.shell import INLINE

HSTS: Final = "max-age=31536000"
NO_DOCUMENT: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of an answer that is no page."""
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers older than frame-ancestors
    "Referrer-Policy": "same-origin",  # codes of documents stand in addresses
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
}


def style_nonce() -> str:
    """What styles of the answer that is being made must carry: another one each time."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return cast(str, g.style_nonce)


def policy(hashes: list[str], nonce: str) -> str:
    """The Content-Security-Policy of a page, with the hashes of the inline scripts that may run."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(hashes)}",
            f"style-src 'self' 'nonce-{nonce}'",
            f"style-src-attr 'unsafe-hashes' {hash_of('')}",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def hash_of(script: str) -> str:
    """An inline script as a policy names it."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def set_headers(app: dash.Dash) -> None:
    """Every answer of the application gets them."""
    hashes: list[str] = []

    @app.server.after_request  # type: ignore[untyped-decorator]
    def finish(response: flask.Response) -> flask.Response:
        response.headers.update(ALWAYS)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = HSTS
        is_page = response.mimetype == "text/html"
        if is_page and not hashes:  # Dash knows all its scripts once it has answered
            hashes.extend(sorted({*app.csp_hashes(), *map(hash_of, INLINE)}))
        response.headers["Content-Security-Policy"] = policy(hashes, style_nonce()) if is_page else NO_DOCUMENT
        return response
