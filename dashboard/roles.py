"""Who may see and do what: one table of rights, and the tables that say which right each way in needs.

A way in that is in no table is refused, and a test fails on it. ``docs/access.md`` is held to these tables.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from msgspec import Struct

Role = Literal[
    "akim", "deputy", "director", "commission", "presenter", "it", "administrator", "screen", "visitor",
]  # fmt: skip
ROLES: Final[tuple[Role, ...]] = get_args(Role)
ACCOUNT_ROLES: Final = ROLES[:7]
"""What an account can be; ``screen`` is a paired wall, ``visitor`` whoever is not signed in."""
WITH_CENTRE: Final[tuple[Role, ...]] = ("director",)
"""Roles that are of one centre."""

Right = Literal[
    "public", "own", "wall", "centre", "deadlines", "staff", "search", "rows",
    "fairness", "oversight", "week", "decide", "alerts", "acknowledge", "feeds", "metrics", "admin",
]  # fmt: skip
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)
Scope = Literal["all", "own", "none"]
"""``own``: of the viewer's own centre and its branches; of other centres only what the wall shows of them."""

_READERS: Final[Mapping[Role, Scope]] = {
    "akim": "all",
    "deputy": "all",
    "director": "own",
    "commission": "all",
    "presenter": "all",
    "administrator": "all",
}
_EVERYBODY: Final[Mapping[Role, Scope]] = dict.fromkeys(ROLES, "all")
_ACCOUNTS: Final[Mapping[Role, Scope]] = dict.fromkeys(ACCOUNT_ROLES, "all")

TABLE: Final[Mapping[Right, Mapping[Role, Scope]]] = {
    "public": _EVERYBODY,
    "own": _ACCOUNTS,
    "wall": {**_ACCOUNTS, "director": "own", "screen": "all"},
    "centre": _READERS,
    "deadlines": _READERS,
    "staff": _READERS,
    "search": _READERS,
    "rows": _READERS,
    "fairness": _READERS,
    "oversight": _READERS,
    "week": _READERS,
    "decide": {"akim": "all", "deputy": "all", "presenter": "all", "administrator": "all"},
    "alerts": {**_READERS, "it": "all"},
    "acknowledge": {"akim": "all", "deputy": "all", "director": "own", "it": "all", "administrator": "all"},
    "feeds": {**_READERS, "it": "all"},
    "metrics": {"it": "all", "administrator": "all"},
    "admin": {"administrator": "all"},
}
"""Right to roles to scope; a role that is not named has none."""
MEANINGS: Final[Mapping[Right, str]] = {
    "public": "signing in, what pages are made of, whether the server is well; gateway and metrics ask for a token",
    "own": "one's own account: password, signing out",
    "wall": "the wall, now and of the past: of every centre its level, its four numbers and which alarms stand",
    "centre": "pages of centres and branches: queues, windows, operators, tickets",
    "deadlines": "documents: late, about to be, each one's way",
    "staff": "staff: turnover, moves, load",
    "search": "finding a ticket or a document",
    "rows": "the rows behind a number, as files",
    "fairness": "out of turn, hoarded tickets",
    "oversight": "visits, directives, deficiencies, complaints",
    "week": "the weekly conference",
    "decide": "its decisions: giving a directive, saying that one is done, closing and reopening a week",
    "alerts": "alarms",
    "acknowledge": "taking an alarm on",
    "feeds": "how centres are connected, and what was refused with its original",
    "metrics": "measurements for Prometheus",
    "admin": "accounts, tokens, screens, norms, alarm rules and recipients",
}

Other = Literal["page", "callback", "router", "browser", "nobody"]
OTHER_NEEDS: Final[tuple[Other, ...]] = get_args(Other)
Need = Right | Other
"""What a way in needs: a right; that of the page that the path or the callback is of; ``router``: Dash's own callback
that draws pages, each of which asks for its right; ``browser``: runs in the browser, the server has nothing for it;
``nobody``: refused to all."""

PAGES: Final[Mapping[str, Right]] = {
    "wall": "wall",
    "centre": "centre",
    "branch": "centre",
    "deadlines": "deadlines",
    "staff": "staff",
    "search": "search",
    "feeds": "feeds",
    "fairness": "fairness",
    "oversight": "oversight",
    "week": "week",
    "alerts": "alerts",
    "admin": "admin",
}
"""Name of :data:`layouts.PAGES` to right."""

ENDPOINTS: Final[Mapping[str, Need]] = {
    # Dash's own
    "/": "page",
    "/<path:path>": "page",
    "/_dash-update-component": "callback",
    "/_dash-layout": "public",
    "/_dash-dependencies": "public",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "public",
    "/_favicon.ico": "public",
    "_dash_assets.static": "public",
    "static": "public",
    "plotly": "public",
    # ours
    "snapshot": "wall",
    "live": "wall",
    "export": "rows",
    "api-centres": "centre",
    "api-centre": "centre",
    "api-branch": "centre",
    "api-only_branch": "centre",
    "api-catalogue": "centre",
    "api-series": "centre",
    "api-nothing": "public",
    "metrics": "public",
    "take": "acknowledge",
    "oversight-file": "oversight",
    "oversight-done": "decide",
    "healthz": "public",
    "readyz": "public",
    "gateway.events": "public",
    "gateway.described": "public",
    "gateway.streams": "public",
    "week.latest": "week",
    "week.deck": "week",
    "week.file": "week",
    "week.decide": "decide",
    "week.close": "decide",
    "week.reopen": "decide",
    "signing.login": "public",
    "signing.oidc": "public",
    "signing.oidc_back": "public",
    "signing.shipped": "public",
    "signing.look": "public",
    "signing.screen": "public",
    "signing.screen_state": "public",
    "signing.account": "own",
    "signing.password": "own",
    "admin.overview": "admin",
    "admin.accounts": "admin",
    "admin.account": "admin",
    "admin.tokens": "admin",
    "admin.screens": "admin",
    "admin.norms": "admin",
    "admin.rules": "admin",
    "admin.rule": "admin",
    "admin.new_rule": "admin",
    "admin.recipients": "admin",
    "admin.recipient": "admin",
    "admin.audit": "admin",
    "admin.backup": "admin",
}
"""Flask's endpoint to what it needs."""

CALLBACKS: Final[Mapping[str, Need]] = {
    ".._pages_content.children..._pages_store.data..": "router",
    "_pages_dummy.children": "browser",
    "page-fresh-now.data": "page",
    "page-fresh-history.data": "page",
    "page-following.data": "browser",
    "page-now.children": "browser",
    "page-history.children": "browser",
    "panel-grid.children": "browser",
    "wall-following.data": "browser",
}
"""A callback's outputs, as Dash writes them, to what it needs."""


class Viewer(Struct, frozen=True):
    """Who looks."""

    role: Role
    id: str = ""
    """Of the account or of the screen; empty for a visitor and in the open demo."""
    login: str = ""
    name: str = ""
    """As it is shown: a position or a staff code, never more than the account says."""
    centre: str | None = None
    """Of a role that is of one centre: which."""
    must_change: bool = False
    """The password was set by somebody else: nothing else can be done before it is changed."""
    is_open: bool = False
    """The open demo's: nobody signed in."""


VISITOR: Final = Viewer("visitor")
OPEN: Final = Viewer("administrator", is_open=True)


def scope(viewer: Viewer, right: Right) -> Scope:
    """How far a right of a viewer goes."""
    found = TABLE[right].get(viewer.role, "none")
    return "none" if found == "own" and viewer.centre is None else found


def may(viewer: Viewer, right: Right, centre: str | None = None) -> bool:
    """Whether a viewer has a right; with ``centre``, whether in full for that centre."""
    found = scope(viewer, right)
    return found == "all" or (found == "own" and centre in (None, viewer.centre))


def may_open(viewer: Viewer, page: str, centre: str | None = None) -> bool:
    """Whether a viewer may open a page of :data:`layouts.PAGES`; a page without a row is nobody's."""
    right = PAGES.get(page)
    return right is not None and may(viewer, right, centre)
