"""The downloads: ``GET /export/<metric>.csv`` and ``.xlsx``, the rows behind a number with what the number means.

``of`` names the place (``<centre>`` or ``<centre>/<branch>``, without it the network), ``at`` the moment, ``upto`` the
stream entries that are known then (``<centre>:<entry>``, with commas): a panel gives the very ones that it shows.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import dash
import flask

from callbacks import behind
from callbacks.viewing import Viewing, current, record
from dashboard.period import AddressError, parse_at
from dashboard.rows import BEHIND, PERSONAL, Scope, recompute, rows_behind
from dashboard.snapshot import iso
from layouts import message, sheets
from layouts.view import View

AHEAD_S: Final = 3600.0
"""So far the clock of who published a picture may be ahead of ours."""
PROBLEMS: Final = {
    "unknown_number": message("There is no number “{value}” here."),
    "unknown_kind": message("There are no files of the kind “{value}”: ask for csv or xlsx."),
    "unknown_centre": message("There is no centre “{value}” in this network."),
    "unknown_branch": message("There is no branch “{value}” in this network."),
    "not_a_moment": message("“{value}” is no moment: write it as 2026-11-24T10:30."),
    "future_moment": message("“{value}” has not come yet."),
    "not_an_entry": message("“{value}” says of no centre up to which stream entry it is known."),
    "no_data": message("No data yet: the worker has not published a picture."),
}
"""Sentences by the kind of problem."""
_STATUS: Final = {"not_a_moment": 400, "future_moment": 400, "not_an_entry": 400, "no_data": 503}
"""404 for the others."""
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


def register(app: dash.Dash, services: Any) -> None:
    server: flask.Flask = app.server

    @server.get("/export/<name>")
    def export(name: str) -> flask.Response:
        viewing = current()
        view = viewing.view()
        try:
            return download(viewing, view, name, flask.request.args)
        except AddressError as problem:
            said = view.catalogue.gettext(PROBLEMS[problem.kind], value=problem.value)
            return flask.Response(f"{said}\n", _STATUS.get(problem.kind, 404), mimetype="text/plain")


def download(viewing: Viewing, view: View, name: str, query: Mapping[str, str]) -> flask.Response:
    """The file as a stream. :class:`AddressError` for what the address cannot mean."""
    key, _, ending = name.rpartition(".")
    if key not in BEHIND:
        raise AddressError("unknown_number", key or name)
    kind = viewing.services.files.get(ending)
    if kind is None:
        raise AddressError("unknown_kind", ending)
    scope, version = find_scope(viewing, view, query)
    view = view.held_on(view.network.local.day(scope.now))
    rows = rows_behind(key, scope)
    record("export", file=name, of=behind.place_said(scope), at=iso(scope.now), staff=int(key in PERSONAL))
    sheet = sheets.sheet(view, key, scope, rows, recompute(key, rows), version)
    response = flask.Response(kind.write(sheet), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = attachment(*sheets.file_names(view, key, scope, ending))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def find_scope(viewing: Viewing, view: View, query: Mapping[str, str]) -> tuple[Scope, str]:
    """The place at its moment, and the version of the picture that it is of, empty for one that is not known."""
    said = query.get("of", "")
    where: behind.Place = behind.read_place(said) if said else (None, None)
    problem = behind.place_problem(view.network, where, said)
    if problem is not None:
        raise AddressError(*problem)
    entries, version = query.get("upto", ""), query.get("version", "")
    at = _moment(view, query, ahead_s=AHEAD_S if entries else 0.0)
    if entries and at is not None:
        return _scope_upto(viewing, view, where, at, entries), version if version.isdecimal() else ""
    moment = viewing.services.moment(at)
    if moment is None:
        raise AddressError("no_data", "")
    return behind.scope_of(view.network, moment, where), str(moment.version or "")


def _moment(view: View, query: Mapping[str, str], ahead_s: float) -> float | None:
    text = query.get("at", "")
    return parse_at(text, view.network.local, view.now + ahead_s) if text else None


def _scope_upto(viewing: Viewing, view: View, where: behind.Place, at: float, entries: str) -> Scope:
    """The place at ``at`` by what is known up to these entries; a centre without one has not been heard."""
    known = dict(each.partition(":")[::2] for each in entries.split(","))
    centre, branch = where
    wanted = [each.id for each in view.network.centres if centre in (None, each.id)]
    if not known.keys() <= set(wanted):
        raise AddressError("not_an_entry", entries)
    try:
        states = {each: viewing.services.moments.state(each, known.get(each, "0-0")) for each in wanted}
    except ValueError:
        raise AddressError("not_an_entry", entries) from None
    return Scope(view.network, at, states, centre, branch)


def attachment(name: str, plain: str) -> str:
    """Content-Disposition by RFC 6266: the name in UTF-8 (RFC 5987), and a plain one for who cannot read that."""
    encoded = quote(" ".join(_NOT_IN_NAMES.sub(" ", name).split()), safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{_NOT_IN_NAMES.sub('-', plain)}\"; filename*=UTF-8''{encoded}"
