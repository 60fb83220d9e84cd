"""What is only shown goes to the browser as plain data in one component, and is drawn as the same page."""

from collections.abc import Iterator
from typing import Any

import pytest
from dash import dcc, html
from desk_app import BUSY, DeskApp
from playwright.sync_api import Browser, Page, expect

from layouts import ids
from layouts.light import Light, lighten, tree

pytestmark = pytest.mark.browser


def table(rows: int) -> html.Table:
    return html.Table(html.Tbody([html.Tr([html.Th("a", scope="row"), html.Td(n)]) for n in range(rows)]))


def test_a_part_that_is_only_shown_is_its_tags_attributes_and_texts() -> None:
    part = html.P(
        ["one ", html.Strong("two"), None, 3, dcc.Link("four", href="/staff?at=1", className="x")],
        className="note",
        **{"data-part": "p", "aria-label": "l"},
    )
    assert tree(part) == [
        "p",
        {"className": "note", "data-part": "p", "aria-label": "l"},
        ["one ", ["strong", {}, ["two"]], 3, ["Link", {"href": "/staff?at=1", "className": "x"}, ["four"]]],
    ]


def test_each_part_that_is_only_shown_becomes_one_component_with_an_id_of_its_own() -> None:
    light = lighten([table(2), html.P("few"), html.Div(table(1))], "part")
    assert [type(each).__name__ for each in light] == ["Light", "P", "Light"]
    assert [light[0].id, light[2].id] == ["part-0", "part-1"]
    assert light[0].tree == tree(table(2))


@pytest.mark.parametrize(
    "alive",
    [
        dcc.Graph(id="g"),
        dcc.Input(type="search"),
        html.Div(id=ids.PANEL_GRID),
        html.Button("press", n_clicks=0),
    ],
)
def test_what_a_callback_may_speak_of_stays_a_component_and_so_does_what_it_stands_in(alive: Any) -> None:
    whole = lighten(html.Section([table(2), html.Div([alive, table(3)])], className="card"), "part")
    assert type(whole) is html.Section
    first, second = whole.children
    assert type(first) is Light
    assert second.children[0] is alive
    assert type(second.children[1]) is Light


@pytest.mark.parametrize("part", [[], None, "text", [[], ["a"]]])
def test_nothing_and_text_stay_what_they_are(part: Any) -> None:
    assert lighten(part, "part") == part


@pytest.fixture(scope="module")
def opened(browser: Browser, desk_app: DeskApp) -> Iterator[Page]:
    context = browser.new_context(locale="ru-RU")
    yield context.new_page()
    context.close()


@pytest.fixture
def shown(opened: Page, desk_app: DeskApp) -> Page:
    """A centre's page; it is opened anew only where a test has left it."""
    address = f"{desk_app.url}/centre/{BUSY}"
    if opened.url != address:
        opened.goto(address)
    opened.wait_for_selector("main h2, main .four", timeout=60_000)
    return opened


def component(type_: str, children: Any = None, **props: Any) -> dict[str, Any]:
    return {"type": type_, "namespace": "dash_html_components", "props": {"children": children, **props}}


def light(id_: str, text: str) -> dict[str, Any]:
    return {"type": "Light", "namespace": "ten_days", "props": {"id": id_, "tree": ["p", {}, [text]]}}


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ([light("a", "1")], [light("a", "1")], []),
        ([light("a", "1"), light("b", "1")], [light("a", "1"), light("b", "2")], [["b", {"tree": ["p", {}, ["2"]]}]]),
        ([light("a", "1")], [light("a", "1"), light("b", "1")], None),
        ([light("a", "1")], [light("b", "1")], None),
        (component("Div", light("a", "1")), component("Div", light("a", "2")), [["a", {"tree": ["p", {}, ["2"]]}]]),
        (component("Div", "1"), component("P", "1"), None),
        (component("P", "1"), component("P", "2"), None),
        (component("P", "1", id="p"), component("P", "2", id="p"), [["p", {"children": "2"}]]),
        (component("P", "1", className="x"), component("P", "1", className="y"), None),
        (
            component("P", "1", id="p", className="x"),
            component("P", "1", id="p", className="y"),
            [["p", {"className": "y"}]],
        ),
        ([], [], []),
        ([light("a", "1")], [], None),
    ],
)
def test_a_part_drawn_again_changes_only_where_it_differs(shown: Page, before: Any, after: Any, changes: Any) -> None:
    assert shown.evaluate("([one, other]) => window.tenDaysLight.changes(one, other)", [before, after]) == changes


def draw(page: Page, part: Any, name: str) -> None:
    """Draw a part beside the page, with the script that draws pages."""
    page.evaluate(
        """([part, name]) => {
            const place = document.getElementById(name) || document.body.appendChild(document.createElement("div"));
            place.id = name;
            window.tests = window.tests || {};
            window.tests[name] = window.tests[name] || ReactDOM.createRoot(place);
            window.tests[name].render(React.createElement(window.ten_days.Light, {id: name + "-inner", tree: part}));
        }""",
        [tree(part), name],
    )
    page.wait_for_selector(f"#{name}-inner", state="attached")


def test_text_is_text(shown: Page) -> None:
    said = "<img src=x onerror=alert(1)> & <b>bold</b>"
    draw(shown, html.P([said, html.Span(said)]), "text")
    assert shown.locator("#text-inner").text_content() == said * 2
    assert shown.locator("#text-inner img, #text-inner b").count() == 0


def test_what_has_the_focus_keeps_it_and_what_was_opened_stays_open(shown: Page) -> None:
    def part(text: str) -> html.Div:
        return html.Div([html.A(text, href="#x"), html.Details([html.Summary("more"), html.P(text)])])

    draw(shown, part("one"), "kept")
    shown.locator("#kept-inner summary").click()
    shown.locator("#kept-inner a").focus()
    draw(shown, part("two"), "kept")
    expect(shown.locator("#kept-inner a")).to_have_text("two")
    expect(shown.locator("#kept-inner a")).to_be_focused()
    expect(shown.locator("#kept-inner p")).to_be_visible()


def test_a_link_leads_on_without_a_new_document_and_back_works(shown: Page, desk_app: DeskApp) -> None:
    draw(shown, html.P(dcc.Link("on", href="/staff?period=week")), "link")
    shown.evaluate("window.sameDocument = true")
    shown.locator("#link-inner a").click()
    shown.wait_for_selector('#page[data-page="staff"]', timeout=60_000)
    assert shown.url == f"{desk_app.url}/staff?period=week"
    shown.go_back()
    shown.wait_for_selector('#page[data-page="centre"]', timeout=60_000)
    assert shown.evaluate("window.sameDocument") is True
