"""The read API (docs/api.md): what the pages show, for programs. One function an address of :data:`ROWS`."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import blake2s
from typing import Any, Final, NoReturn

import dash
import flask
import msgspec
import structlog

from callbacks.viewing import Viewing, current
from dashboard import read_api as api
from dashboard.i18n import LANGUAGES
from dashboard.metrics import GROUPS, METRICS
from dashboard.network import Centre, Names
from dashboard.period import AddressError, Period, read_period
from dashboard.series import BYS, MOST_DAYS, SERIES, By, Series, by_buckets, by_days
from layouts import behind_words, metric_words
from layouts.view import View

log = structlog.get_logger()
Said = Mapping[str, str]
"""What the path and the query say."""

PERIOD_PROBLEMS: Final = {
    "not_a_day": "{value!r} is no day: write it as 2026-11-24",
    "period_backwards": "the period {value} ends before it begins: change from and to",
    "period_too_long": "the period {value} is longer than three years: ask for it in parts",
}


class NoAnswerError(Exception):
    """Why there is no answer: HTTP status, and what is said."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.problem = status, api.Problem(code, message)


def register(app: dash.Dash) -> None:
    """Routes of :data:`dashboard.read_api.ROWS`; anything else under /api is told to be nothing, as JSON."""
    server: flask.Flask = app.server
    for row in api.ROWS:
        _route(server, row.path, row.operation, OPERATIONS[row.operation])

    @server.get("/api/<path:rest>", endpoint="api-nothing")
    def nothing(rest: str) -> flask.Response:
        message = "there is nothing at this address: /api/v1/openapi.json says what there is"
        return _json(api.Problem("not_found", message), 404)


def _route(server: flask.Flask, path: str, name: str, answer: Callable[[Viewing, Said], Any]) -> None:
    @server.get(api.ROOT + path, endpoint=f"api-{name}")
    def ask(**place: str) -> flask.Response:
        try:
            return _json(answer(current(), {**flask.request.args.to_dict(), **place}), 200)
        except NoAnswerError as error:
            return _json(error.problem, error.status)
        except Exception:
            log.exception("a question of the read API has no answer", operation=name)
            return _json(api.Problem("internal", "our own mistake: our log says why, under this request's id"), 500)


def _json(content: Any, status: int) -> flask.Response:
    body = msgspec.json.encode(content)
    response = flask.Response(body, status, mimetype="application/json", headers={"Cache-Control": "no-cache"})
    if status == 200:
        response.set_etag(blake2s(body, digest_size=12).hexdigest())
        response.make_conditional(flask.request)
    return response


def _no(status: int, code: str, message: str) -> NoReturn:
    raise NoAnswerError(status, code, message)


def centres(viewing: Viewing, said: Said) -> api.CentresAnswer:
    """Those of the network as the viewer has it: of a director the own one."""
    whole, rows = _snapshot(viewing), []
    shown = {each["id"]: each for each in whole["centres"]}
    for place in viewing.services.network.centres:
        found, branches = shown[place.id], [each.id for each in place.branches]
        rows.append(
            api.CentreRow(**_place(found, place.names), kind=place.kind, level=found["level"], branches=branches)
        )
    return api.CentresAnswer(whole["version"], whole["at"], whole["network"], rows)


def centre(viewing: Viewing, said: Said) -> api.CentreAnswer:
    place = _centre(viewing, said["centre"])
    found = _shown(viewing, place.id)
    return api.CentreAnswer(
        **_place(found, place.names),
        kind=place.kind,
        level=found["level"],
        levels=found["levels"],
        opens=found["opens"],
        warnings=found["warnings"],
        branches=[_branch_answer(place, found, each.id) for each in place.branches],
    )


def branch(viewing: Viewing, said: Said) -> api.BranchAnswer:
    place = _centre(viewing, said["centre"])
    _known_branch(place, said["branch"])
    return _branch_answer(place, _shown(viewing, place.id), said["branch"])


def only_branch(viewing: Viewing, said: Said) -> api.BranchAnswer:
    wanted = said["branch"]
    found = [each for each in viewing.services.network.centres if any(one.id == wanted for one in each.branches)]
    if len(found) > 1:
        names = ", ".join(f"{api.ROOT}/branches/{each.id}/{wanted}" for each in found[:3])
        _no(404, "ambiguous_branch", f"{len(found)} centres have a branch {wanted!r}: ask for one of them, as {names}")
    if not found:
        _no(404, "unknown_branch", f"no centre has a branch {wanted!r}: {api.ROOT}/centres names them all")
    return branch(viewing, {"centre": found[0].id, "branch": wanted})


def catalogue(viewing: Viewing, said: Said) -> api.CatalogueAnswer:
    views = {
        each: View(viewing.services.network, viewing.catalogues[each], "day", viewing.services.clock())
        for each in LANGUAGES
    }

    def words(write: Callable[[View, str], str], key: str) -> Names:
        return Names(**{language: write(view, key) for language, view in views.items()})

    metrics = [
        api.metric_row(
            views["en"].network,
            each.key,
            words(metric_words.label, each.key),
            words(behind_words.definition, each.key),
            words(behind_words.formula, each.key),
        )
        for each in METRICS
    ]
    rows = [api.SeriesRow(key, each.unit, list(each.bys), each.meaning) for key, each in SERIES.items()]
    return api.CatalogueAnswer(metrics, rows)


def series(viewing: Viewing, said: Said) -> api.SeriesAnswer:
    network, key = viewing.services.network, said["metric"]
    wanted = SERIES.get(key)
    if wanted is None:
        _no(404, "unknown_metric", f"there is no series {key!r}: {api.ROOT}/metrics-catalogue names them all")
    of = said.get("of") or None
    place, _, part = (of or "").partition("/")
    if of is not None:
        known = _centre(viewing, place)
        if part:
            _known_branch(known, part)
    period, by = _period(viewing, said), _by(said, wanted, of)
    if period.days > MOST_DAYS[by]:
        _no(400, "period_too_long", f"by {by} at most {MOST_DAYS[by]} days: ask for it in parts")
    points = _points(viewing, wanted, period, by, place or None, part or None)
    return api.SeriesAnswer(
        metric=key,
        unit=wanted.unit,
        of=of,
        by=by,
        since=date.fromordinal(period.first).isoformat(),
        until=date.fromordinal(period.last).isoformat(),
        time_zone=network.time_zone,
        points=[api.Point(*each) for each in points],
    )


def _points(
    viewing: Viewing, wanted: Series, period: Period, by: By, centre: str | None, branch: str | None
) -> list[tuple[str, float | None]]:
    rollups, local = viewing.services.rollups, viewing.services.network.local
    if wanted.kind == "documents":
        return by_days(wanted, rollups.documents(period.first, period.last, centre, branch, by="day"), by)
    if by in ("day", "week"):
        return by_days(wanted, rollups.days(period.first, period.last, centre, branch), by)
    since, until = local.day_start(period.first), local.day_start(period.last + 1)
    return by_buckets(wanted, rollups.buckets(centre, since, until, branch), by, local)


def _period(viewing: Viewing, said: Said) -> Period:
    local, now = viewing.services.network.local, viewing.services.clock()
    since, until, today = said.get("from"), said.get("to"), local.day(now)
    try:
        if since is None and until is not None:
            last = read_period("custom", until, until, today, "month").last
            return Period("custom", last - 29, last)
        return read_period(None, since, until, today, "month")
    except AddressError as error:
        _no(400, error.kind, PERIOD_PROBLEMS[error.kind].format(value=error.value))


def _by(said: Said, wanted: Series, of: str | None) -> By:
    by = next((each for each in BYS if each == said.get("by", "day")), None)
    if by is None or by not in wanted.bys:
        _no(400, "unknown_division", f"by {said.get('by')!r}: this series can be had by {', '.join(wanted.bys)}")
    if by in ("hour", "5m") and of is None:
        _no(400, "needs_centre", f"by {by} a series is of one centre: say of=<centre> or of=<centre>/<branch>")
    return by


def _snapshot(viewing: Viewing) -> dict[str, Any]:
    found = viewing.snapshot()
    if found is None:
        _no(503, "no_snapshot", "no picture yet: the worker has not published one; try again in a second")
    return found


def _shown(viewing: Viewing, centre: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in _snapshot(viewing)["centres"] if each["id"] == centre)
    return found


def _centre(viewing: Viewing, centre: str) -> Centre:
    found = viewing.services.network.centre_by_id.get(centre)
    if found is None:
        _no(404, "unknown_centre", f"the network has no centre {centre!r}: {api.ROOT}/centres names them all")
    return found


def _known_branch(centre: Centre, branch: str) -> None:
    if all(each.id != branch for each in centre.branches):
        known = ", ".join(each.id for each in centre.branches)
        _no(404, "unknown_branch", f"{centre.id} has no branch {branch!r}: it has {known}")


def _branch_answer(centre: Centre, shown: Mapping[str, Any], branch: str) -> api.BranchAnswer:
    names = next(each.names for each in centre.branches if each.id == branch)
    figures = next(each for each in shown["branches"] if each["id"] == branch)
    place = _place({**shown, **figures}, names)
    return api.BranchAnswer(**place, centre=centre.id, warnings=figures["warnings"])


def _place(shown: Mapping[str, Any], names: Names) -> dict[str, Any]:
    found = {name: shown[name] for name in ("id", "state", "as_of", "at", *GROUPS)}
    return {**found, "names": names}


OPERATIONS: Final[Mapping[str, Callable[[Viewing, Said], Any]]] = {
    "centres": centres,
    "centre": centre,
    "branch": branch,
    "only_branch": only_branch,
    "catalogue": catalogue,
    "series": series,
}
