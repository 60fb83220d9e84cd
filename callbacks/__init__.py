"""Wiring: one Dash application from services. ``create_app`` is the only entry point."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import dash

from callbacks import admin, api_read, behind, desk, door, export, identity, signing, week
from callbacks.document import Document, only_ids, serve_figures
from callbacks.errors import answer_errors
from callbacks.headers import set_headers
from callbacks.outside import keep_out
from callbacks.serving import serve_well
from callbacks.viewing import EXTENSION, ViewersServices, Viewing, current, is_asked_for
from dashboard.network import Network
from dashboard.settings import Settings
from layouts import PAGES, Page, refused


class Services(Protocol):
    """What the pages need of the outside world; data_sources builds it."""

    @property
    def network(self) -> Network: ...
    def snapshot(self) -> bytes:
        """The newest published snapshot (JSON), empty before there is one."""

    def standing(self) -> bytes:
        """What stands of alarms (docs/snapshot.md), empty when no runner ever said it."""

    def feeds(self) -> list[dict[str, Any]]:
        """One row a centre: id, state, as_of, accepted, duplicates, refused, last_refusals."""

    def clock(self) -> float:
        """Epoch seconds."""

    def moment(self, at: float | None) -> Any:
        """The picture of now, or of a past moment: data_sources.moments.Moment; None before there is one."""

    @property
    def settings(self) -> Settings: ...
    def secret(self) -> str:
        """What signs cookies."""

    def narrowed(self, centre: str) -> Any:
        """These services for a viewer who is of one centre: data_sources.narrowed.NarrowServices."""

    @property
    def accounts(self) -> Any:
        """Who may sign in: data_sources.accounts.Accounts."""

    @property
    def sessions(self) -> Any:
        """data_sources.sessions.Sessions."""

    @property
    def logins(self) -> Any:
        """How often one may try: data_sources.login_limits.LoginLimits."""

    @property
    def norms(self) -> Any:
        """Changes of norms: data_sources.norm_book.NormBook."""

    @property
    def rules(self) -> Any:
        """Alarm rules in force: data_sources.rule_book.RuleBook."""

    @property
    def recipients(self) -> Any:
        """Who is told of alarms: data_sources.recipient_book.RecipientBook."""

    @property
    def screens(self) -> Any:
        """Wall screens: data_sources.screens.Screens."""

    @property
    def tokens(self) -> Any:
        """Of centres: data_sources.tokens.Tokens."""

    @property
    def direct(self) -> Any:
        """Redis users of centres: data_sources.direct.DirectUsers."""

    @property
    def sent_forms(self) -> Any:
        """data_sources.sent_forms.SentForms."""

    @property
    def oidc(self) -> Any:
        """Another system's sign-in: data_sources.oidc.OidcSignIn; None without one."""

    @property
    def moments(self) -> Any:
        """States of any moment: data_sources.moments.Moments."""

    @property
    def alarms(self) -> Any:
        """What stands and what is over: data_sources.alarms.AlarmDesk."""

    @property
    def files(self) -> Any:
        """Writers of tables by the ending of a file's name: data_sources.export.KINDS."""

    @property
    def rollups(self) -> Any:
        """What pages ask of the past: data_sources.rollups.Rollups."""

    @property
    def weeks(self) -> Any:
        """Facts of weeks, and closed ones: data_sources.kept_weeks.KeptWeeks."""

    @property
    def directives(self) -> Any:
        """What a meeting decides: data_sources.directives.Directives."""

    @property
    def decks(self) -> Any:
        """Writers of the weekly deck by the ending of the file's name: data_sources.decks.KINDS."""

    @property
    def audit(self) -> Any:
        """The log of who saw, took and changed what: data_sources.audit.Audit."""

    @property
    def cached(self) -> Callable[[str, str, Callable[[], bytes]], bytes]:
        """(name, key, make) to kept bytes, or those that ``make`` gives: data_sources.cached.CachedBytes."""


def create_app(services: Services) -> dash.Dash:
    """The application: pages of :data:`layouts.PAGES`, their callbacks, and everything served compressed."""
    app = Document(__name__)
    app.server.extensions[EXTENSION] = Viewing(services)
    app.server.before_request(services.norms.fresh_or_old)
    identity.set_up(app.server, services)
    door.guard(app)
    serve_well(app)
    serve_figures(app.server)
    signing.register(app.server, services)
    admin.register(app.server)
    desk.register(app)
    behind.register(app)
    theirs: Any = ViewersServices(services)  # whatever a page asks for, it gets what its viewer may have
    export.register(app, theirs)
    week.register(app, theirs)
    for page in PAGES:
        _register_page(page)
        import_module(f"callbacks.{page.name}").register(app, theirs)
    if find_spec("callbacks.api"):
        import_module("callbacks.api").register(app, theirs)
    api_read.register(app)
    app.layout = dash.page_container
    answer_errors(app)
    set_headers(app)
    _settle(app)
    keep_out(app, services.settings)
    return app


def _settle(app: dash.Dash) -> None:
    """Let Dash read its pages' ids now. It would at the first request, and after a restart that is often an open page's
    callback: it would take itself for the viewer's question, and draw them all."""
    with app.server.test_request_context("/healthz"):
        app.server.preprocess_request()


def _register_page(page: Page) -> None:
    """Dash keeps pages in one table for the process, so a page finds its services through the current app."""
    module = import_module(f"callbacks.{page.name}")

    def layout(**query: str) -> Any:
        if is_asked_for():
            view = current().view()
            may = view.may_open(page.name, query.get("centre"))
            return module.layout(current(), **query) if may else refused.layout(view)
        return module.skeleton() if hasattr(module, "skeleton") else only_ids(module.layout(current(), **query))

    def title(**_: str) -> str:
        return current().view().catalogue.gettext(page.title)

    for place, path in enumerate(page.paths):
        name = f"layouts.{page.name}.{place}"
        where = {"path_template": path} if "<" in path else {"path": path}
        dash.register_page(name, title=title, layout=layout, **where)
