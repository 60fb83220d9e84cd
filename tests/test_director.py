"""A director asks by hand for what is another centre's, in every way that there is, and gets no row of it.

Every answer is searched, as bytes, for each code (of documents, operators, employees, tickets, complaints, directives,
deficiencies, visits) that only other centres have.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from desk_app import BUSY, RURAL, SINGLE, DeskApp
from flask.testing import FlaskClient
from test_rights import PARTS, redraw, route

from callbacks import create_app
from dashboard.metrics import METRICS
from dashboard.state import CentreState
from layouts import PAGES

PAST = "2026-11-20T10:30"
HTML = {"Accept": "text/html"}


def codes(state: CentreState) -> set[str]:
    """What tells whose rows an answer has: codes of documents, operators, employees, tickets, and of oversight."""
    found = {*state.applications, *state.staff}
    found |= {*state.complaints, *state.directives, *state.deficiencies, *state.visits}
    for branch in state.branches.values():
        found |= {*branch.operators}
        for queue in branch.days.values():
            found |= {key.partition("\0")[0] for key in queue.tickets}
    return {each for each in found if len(each) >= 4}


@pytest.fixture(scope="module")
def forbidden(desk_app: DeskApp) -> set[str]:
    moment = desk_app.services.moment(None)
    assert moment is not None
    own = codes(moment.state(BUSY))
    others = [codes(moment.state(each)) for each in (RURAL, SINGLE)]
    found = set().union(*others) - own
    assert len(found) > 200
    return found


@pytest.fixture(scope="module")
def client(desk_app: DeskApp) -> FlaskClient:
    client: FlaskClient = create_app(desk_app.services).server.test_client()
    client.set_cookie("look", f"director/{BUSY}")
    client.get("/wall")
    return client


@pytest.fixture(scope="module")
def theirs(desk_app: DeskApp) -> dict[str, str]:
    """A late document, a ticket, an operator, a stream entry of the other centre."""
    moment = desk_app.services.moment(None)
    assert moment is not None
    state = moment.state(RURAL)
    branch, of = next((each, of) for each, of in state.branches.items() if of.days)
    ticket = next(iter(next(iter(of.days.values())).tickets)).partition("\0")[0]
    return {
        "document": next(iter(state.applications)),
        "branch": branch,
        "ticket": ticket,
        "operator": next(iter(of.operators)),
        "entry": moment.centre(RURAL)["position"],
    }


def leaked(answer: bytes, forbidden: set[str], *said: str) -> list[str]:
    """Codes of others in an answer, but for those that the question itself said."""
    words = set(re.findall(r"[\w-]+", answer.decode(errors="replace")))
    return sorted(words & forbidden - set(said))[:5]


def addresses(theirs: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Paths and queries that name what is another's, or name nothing and may show everybody's."""
    for page in ("/deadlines", "/staff", "/oversight", "/search", "/feeds", f"/centre/{BUSY}", f"/branch/{BUSY}/main"):
        yield page, f"?of={RURAL}"
    narrowed = {"/deadlines", "/staff", "/oversight"}
    for page in {f"/{each.name}" for each in PAGES if "<" not in each.paths[0]} - narrowed - {"/wall"}:
        yield page, ""  # whatever page is added, too
    for page in sorted(narrowed):
        yield page, ""
        yield page, f"?of={RURAL}/{theirs['branch']}"
        yield page, f"?at={PAST}"
    for number in ("sla.overdue", "queue.waiting", "turnover.headcount", "load.occupancy"):
        yield "/staff", f"?number={number}"
        yield "/staff", f"?number={number}&of={RURAL}"
    yield "/deadlines", f"?document={theirs['document']}"
    yield "/deadlines", "?group=soon&stage=agency"
    yield "/search", f"?q={theirs['document']}"
    yield "/search", f"?q={theirs['document'][:3]}"
    yield "/search", f"?q={theirs['ticket']}"
    yield f"/branch/{BUSY}/main", f"?ticket={theirs['ticket']}&operator={theirs['operator']}"
    for path in (f"/centre/{RURAL}", f"/branch/{RURAL}/{theirs['branch']}", f"/branch/{theirs['branch']}", "/wall"):
        yield path, ""
        yield path, f"?at={PAST}"
    yield f"/centre/{BUSY}", f"?centre={RURAL}"


def test_no_page_has_anothers_row(client: FlaskClient, forbidden: set[str], theirs: dict[str, str]) -> None:
    for path, query in addresses(theirs):
        answer = route(client, path, search=query)
        assert leaked(answer.data, forbidden, *theirs.values()) == [], (path, query)
        document = client.get(path + query, headers=HTML)
        assert leaked(document.data, forbidden, *theirs.values()) == [], (path, query)


def test_the_same_search_finds_rows_when_one_may_see_them(
    desk_app: DeskApp, forbidden: set[str], theirs: dict[str, str]
) -> None:
    """So that the tests above do not pass because nothing is looked for."""
    akim: FlaskClient = create_app(desk_app.services).server.test_client()
    akim.set_cookie("look", "akim")
    asked = (("/deadlines", ""), ("/staff", "?number=turnover.headcount"), ("/oversight", ""))
    for path, query in (*asked, ("/deadlines", f"?of={RURAL}")):
        assert leaked(route(akim, path, search=query).data, forbidden, *theirs.values()), (path, query)
    assert leaked(akim.get("/export/sla.open.csv").data, forbidden)


@pytest.mark.parametrize("part", PARTS)
def test_no_part_that_is_drawn_again_has_anothers_row(
    client: FlaskClient, forbidden: set[str], theirs: dict[str, str], part: str
) -> None:
    of_page = {"deadlines": {"document": theirs["document"]}, "search": {"q": theirs["document"][:3]}}
    for page in (each.name for each in PAGES if each.name != "wall"):
        for centre, branch in ((RURAL, None), (RURAL, theirs["branch"]), (None, None)):
            query = {"of": RURAL, **of_page.get(page, {})}
            asked = {"page": page, "path": f"/{page}", "centre": centre, "branch": branch, "query": query}
            answer = redraw(client, part, asked)
            assert leaked(answer.data, forbidden, *theirs.values()) == [], asked
            if centre == RURAL:
                assert answer.status_code == 403, asked


def test_the_page_and_the_centre_of_a_callback_may_contradict_each_other(
    client: FlaskClient, forbidden: set[str], theirs: dict[str, str]
) -> None:
    asked = {"page": "centre", "path": f"/centre/{RURAL}", "centre": BUSY, "branch": None, "query": {"centre": RURAL}}
    for each in (asked, asked | {"page": "branch", "branch": theirs["branch"]}, asked | {"centre": [RURAL]}):
        for part in PARTS:
            answer = redraw(client, part, each)
            assert leaked(answer.data, forbidden, *theirs.values()) == []


@pytest.mark.parametrize("key", [each.key for each in METRICS])
def test_no_file_has_anothers_row(client: FlaskClient, forbidden: set[str], theirs: dict[str, str], key: str) -> None:
    whole = client.get(f"/export/{key}.csv")
    assert whole.status_code == 200
    assert leaked(whole.data, forbidden) == []
    assert client.get(f"/export/{key}.csv?of={RURAL}").status_code == 404


def test_no_file_up_to_an_entry_has_anothers_row(
    client: FlaskClient, desk_app: DeskApp, forbidden: set[str], theirs: dict[str, str]
) -> None:
    at = desk_app.snapshot()["at"]
    for query in (f"of={RURAL}&at={at}&upto={RURAL}:{theirs['entry']}", f"at={at}&upto={RURAL}:{theirs['entry']}"):
        answer = client.get(f"/export/sla.open.csv?{query}")
        assert answer.status_code in (400, 404)
        assert leaked(answer.data, forbidden) == []
    answer = client.get("/export/sla.open.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert leaked(b"".join(book.read(each) for each in book.namelist()), forbidden) == []


def test_the_api_and_the_stream_show_others_in_outline(client: FlaskClient, forbidden: set[str]) -> None:
    live = client.get("/api/v1/live")
    kind, shown = parsed(next(iter(live.response)))
    live.close()
    assert kind == "snapshot"
    for each in (shown, *(client.get(f"/api/v1/snapshot{at}").get_json() for at in ("", f"?at={PAST}"))):
        by_id = {centre["id"]: centre for centre in each["centres"]}
        assert by_id[BUSY]["branches"]
        for other in set(by_id) - {BUSY}:
            assert not {"branches", "warnings", "since", "position"} & set(by_id[other])
            assert by_id[other]["turnover"]["reasons"] is None
            assert by_id[other]["sla"]["overdue_by"] is None
        assert all(line["branch"] is line["agency"] is None for line in each["act"] if line["centre"] != BUSY)
    assert leaked(msgspec.json.encode(shown), forbidden) == []


def test_an_outline_is_made_once_whoever_follows_and_the_whole_stays_the_same_bytes(desk_app: DeskApp) -> None:
    narrow = desk_app.services.narrowed(BUSY)
    first, second = narrow.live.stream(), narrow.live.stream()
    assert next(first) is next(second)
    assert narrow.snapshot() is narrow.snapshot()
    assert desk_app.services.narrowed(BUSY).moment(None) is narrow.moment(None)


def test_the_numbers_of_the_own_centre_are_those_that_the_akim_sees(desk_app: DeskApp) -> None:
    whole, narrow = desk_app.services.moment(None), desk_app.services.narrowed(BUSY).moment(None)
    assert whole is not None
    assert narrow is not None
    (own,) = narrow.snapshot["centres"]
    assert own == whole.centre(BUSY)
    assert {group: narrow.snapshot["totals"][group] for group in ("queue", "load", "sla", "turnover")} == {
        group: own[group] for group in ("queue", "load", "sla", "turnover")
    }


def test_a_service_that_nobody_made_narrow_does_not_exist_for_a_director(desk_app: DeskApp) -> None:
    narrow: Any = desk_app.services.narrowed(BUSY)
    for name in ("redis", "engine", "history", "gateway", "cache"):
        with pytest.raises(AttributeError, match="has not been made narrow"):
            getattr(narrow, name)
    for ask in (narrow.moment(None).state, narrow.moment(None).centre, narrow.moment(None).clock):
        with pytest.raises(LookupError):
            ask(RURAL)
    with pytest.raises(LookupError):
        narrow.moments.state(RURAL, "1-0")
    with pytest.raises(LookupError):
        narrow.rollups.days(1, 2, RURAL)


def parsed(frame: bytes) -> tuple[str, Any]:
    lines = dict(line.split(": ", 1) for line in frame.decode().splitlines() if ": " in line)
    return lines["event"], msgspec.json.decode(lines["data"])
