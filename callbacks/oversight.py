"""The page of oversight: its wiring, its files, and the form that says that a directive is done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from zlib import crc32

import dash
import flask
import msgspec
import structlog
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from msgspec import structs

from callbacks import desk
from callbacks.export import PROBLEMS, attachment, find_scope
from callbacks.viewing import Viewing, current, record, viewer
from dashboard import oversight as core
from dashboard.oversight import WHICH, Item, Which
from dashboard.period import AddressError, PeriodKey
from dashboard.roles import may
from dashboard.snapshot import iso
from dashboard.state import CentreState
from dashboard.week import Week, report
from dashboard.week_meeting import Followed, followed, read_code
from layouts import oversight, oversight_done, oversight_files, oversight_history, plain
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.narrowed import wanted_centre
from layouts.view import View

log = structlog.get_logger()

PERIOD: Final[PeriodKey] = "year"
FOLLOWED_WEEKS: Final = 4
"""The newest weeks whose directives' numbers are followed: each needs the week's report, about half a second."""
FOLLOWED_S: Final = 600
"""A report of a week under way is made anew so often."""


class DoneForm(FlaskForm):  # type: ignore[misc]
    """Nothing is filled in: a token says that it was this page that asked."""


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "oversight", "/oversight", query)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return oversight.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return oversight.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    centre, _problems = wanted_centre(view.network, asked)
    found, states = items_of(viewing, view, moment, centre), states_of(view, moment, centre)
    operating = [each for each in states if moment.centre(each)["state"] != "planned"]
    may_decide = may(viewer(), "decide") and not moment.is_past
    marked = asked.filters.get("marked", "")
    shown = oversight.Shown(
        found,
        core.places(operating, found, states, view.network.local, moment.at),
        follow(viewing, view, moment, found["directives"]),
        marked if may_decide and marked and viewing.services.directives.is_said(marked) else "",
        may_decide,
    )
    return oversight.now(view, asked, shown)


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    centre, _problems = wanted_centre(view.network, asked)
    found, local, period = items_of(viewing, view, moment, centre), view.network.local, asked.period
    days, since = (period.first, period.last), viewing.services.moments.since()
    before = (of.first, of.last) if asked.compare and (of := period.before()) else None
    past = oversight_history.Past(
        core.complaints_of(found["complaints"], *days),
        core.complaints_of(found["complaints"], *before) if before else None,
        core.complaints_by_centre(found["complaints"], *days),
        core.months(found["complaints"], local, moment.at, since),
        core.found_by_category(found["deficiencies"], *days),
        core.found_by_category(found["deficiencies"], *before) if before else None,
        core.months(found["deficiencies"], local, moment.at, since),
        core.visits(states_of(view, moment, centre), found, local, *days, moment.at),
    )
    return oversight_history.history(view, asked, past)


def states_of(view: View, moment: Any, centre: str | None) -> dict[str, CentreState]:
    return {each.id: moment.state(each.id) for each in view.network.centres if centre in (None, each.id)}


def items_of(viewing: Viewing, view: View, moment: Any, centre: str | None) -> Mapping[Which, Sequence[Item]]:
    """Of the newest picture they are made once, whoever looks; what is kept of a past one would hold all of it."""

    def make() -> Mapping[Which, Sequence[Item]]:
        states = states_of(view, moment, centre)
        return {each: core.items(states, each, view.network.local, moment.at) for each in WHICH}

    return make() if moment.is_past else viewing.once.of(moment, f"oversight/{centre or ''}", make)


def follow(viewing: Viewing, view: View, moment: Any, directives: Iterable[Item]) -> dict[str, Followed]:
    """Directives of the last meetings and their numbers then and since, as the deck of the week after tells of them.
    Of a past moment only weeks that were over by then."""
    codes = {each.code: code for each in directives if (code := read_code(each.code)) is not None}
    weeks = sorted({code.week for code in codes.values()}, reverse=True)[:FOLLOWED_WEEKS]
    local = view.network.local
    after = [each.before(-1) for each in weeks]
    known = [each for each in after if not moment.is_past or local.day_start(each.last + 1) <= moment.at]
    found: dict[str, Followed] = {}
    for week in known:
        of = sorted(text for text, code in codes.items() if code.week == week.before())
        found |= {each.promise.code: each for each in _followed(viewing, view, week, of) if each.promise.code in of}
    return found


def _followed(viewing: Viewing, view: View, week: Week, codes: Sequence[str]) -> list[Followed]:
    def make() -> bytes:
        shown = viewing.services.weeks.shown(week)
        return msgspec.msgpack.encode([] if shown is None else followed(report(shown.facts, view.network)))

    key = f"{week.label}/{int(view.now // FOLLOWED_S)}/{crc32(' '.join(codes).encode()):08x}"
    return msgspec.msgpack.decode(viewing.services.cached("followed", key, make), type=list[Followed])


def register(app: dash.Dash, services: Any) -> None:
    app.server.add_url_rule("/oversight/<name>", "oversight-file", file)
    app.server.add_url_rule("/oversight/done", "oversight-done", done, methods=["GET", "POST"])


def file(name: str) -> flask.Response:
    """``directives.csv`` and the like; ``of`` and ``at`` as in every download."""
    viewing = current()
    view = viewing.view()
    try:
        return download(viewing, view, name)
    except AddressError as problem:
        said = view.catalogue.gettext(PROBLEMS[problem.kind], value=problem.value)
        return flask.Response(f"{said}\n", 404, mimetype="text/plain")


def download(viewing: Viewing, view: View, name: str) -> flask.Response:
    said, _dot, ending = name.rpartition(".")
    which = next((each for each in WHICH if each == said), None)
    kind = viewing.services.files.get(ending)
    if which is None:
        raise AddressError("unknown_number", said or name)
    if kind is None:
        raise AddressError("unknown_kind", ending)
    scope, _version = find_scope(viewing, view, request.args)
    scope = structs.replace(scope, branch=None)  # cases are of a whole centre
    found = core.items(scope.states, which, view.network.local, scope.now)
    record("export", file=name, of=scope.centre or "", at=iso(scope.now))
    sheet = oversight_files.sheet(view, which, scope, found)
    response = flask.Response(kind.write(sheet), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = attachment(*oversight_files.file_names(view, which, scope, ending))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def done() -> flask.typing.ResponseReturnValue:
    """``?directive=<code>``: the form, and what it says: ``directive.done`` on the centre's stream, once."""
    viewing, code, of = current(), request.args.get("directive", ""), request.args.get("of", "")
    if not code:
        return flask.redirect("/oversight", 303)
    view = viewing.view()
    item = find(viewing, view, code)
    if item is None:
        return _page(view, oversight_done.unknown(view), 404)
    problem = _say_done(viewing, item) if item.is_open else ""
    if problem is None or problem:
        status = {None: 200, "stale_form": 400}.get(problem, 422)
        return _page(view, oversight_done.asking(view, item, of, problem or ""), status)
    return flask.redirect("/oversight?" + urlencode({**({"of": of} if of else {}), "marked": code}), 303)


def _say_done(viewing: Viewing, item: Item) -> str | None:
    """What went wrong, empty for nothing; None when the form is only asked for."""
    form = DoneForm()
    if request.method != "POST":
        return None
    if not form.validate_on_submit():
        return "stale_form"
    try:
        is_new = viewing.services.directives.done(item.centre, item.code)
    except ValueError as error:
        log.error("that a directive is done was refused", code=item.code, error=str(error))
        return "refused"
    if is_new:
        record("directive_done", code=item.code, centre=item.centre)
    return ""


def find(viewing: Viewing, view: View, code: str) -> Item | None:
    """A directive of now by its code."""
    moment = viewing.services.moment(None)
    if moment is None:
        return None
    return next((each for each in items_of(viewing, view, moment, None)["directives"] if each.code == code), None)


def _page(view: View, page: plain.Plain, status: int = 200) -> flask.Response:
    body = plain.render(view, page, generate_csrf(), problems=oversight_done.PROBLEMS)
    return flask.Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
