"""The feeds page as pure functions: the worst first, in words, what is not known a dash, nothing that does harm."""

from typing import Any

import pytest
from shown_network import NETWORK, NOW, snapshot
from small_network import MONDAY_10
from small_network import NETWORK as SMALL
from test_intake import WRONG
from test_layouts import CATALOGUES, having, prop, text

from dashboard.i18n import LANGUAGES
from dashboard.intake import Refusal, accept
from layouts import feeds, feeds_mend, feeds_words, refusal_words
from layouts.asked import read_asked
from layouts.view import View, epoch

SHOWN = {each["id"]: each for each in snapshot()["centres"]}
REFUSAL = {
    "position": "1-0",
    "at": NOW - 60,
    "code": "unknown_member",
    "reason": "unknown_member: data.kabinet is 3",
    "member": "data.kabinet",
    "value": "3",
    "expected": "only the members of the contract",
    "raw": '{"type": "ticket.issued", "data": {"kabinet": 3}}',
}


def view(language: str = "en") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def row(centre: str, **more: Any) -> dict[str, Any]:
    """A feed of which nothing is known beside the snapshot."""
    place = {name: SHOWN[centre][name] for name in ("id", "state", "level", "as_of", "opens")}
    none = {"arrived": None, "accepted": 0, "duplicates": 0, "refused": {}, "rate": None, "beat": None, "agent": None}
    return place | none | {"last_refusals": []} | more


def drawn(rows: list[dict[str, Any]], language: str = "en") -> Any:
    shown = view(language)
    asked = read_asked("/feeds", {}, NETWORK.local, NOW)
    from dash import html

    return html.Div(feeds.now(shown, asked, rows))


def cells(page: Any, centre: str) -> dict[str, str]:
    (found,) = having(page, "data-feed", centre)
    return {prop(each, "data-label"): text(each) for each in having(found, "data-label")}


SILENT = next(each["id"] for each in SHOWN.values() if each["state"] == "silent")
LIVE = next(each["id"] for each in SHOWN.values() if each["state"] == "live")


def test_every_centre_has_a_row_and_the_silent_one_is_first_with_what_to_do() -> None:
    page = drawn([row(each.id) for each in NETWORK.centres])
    order = [prop(each, "data-feed") for each in having(page, "data-feed")]
    assert sorted(order) == sorted(each.id for each in NETWORK.centres)
    assert order[0] == SILENT
    (first,) = having(page, "data-feed", SILENT)
    assert prop(first, "data-mark") == "act"
    assert "no contact since" in text(first)
    assert "act now" in text(first)
    assert "Call the centre: power and link" in text(first)


def test_what_a_feed_says_nothing_of_is_a_dash() -> None:
    found = cells(drawn([row(LIVE)]), LIVE)
    assert {name: found[name] for name in ("Lag", "Last hour", "Clock", "Outbox", "Queue system")} == {
        "Lag": "—",
        "Last hour": "—",
        "Clock": "—",
        "Outbox": "—",
        "Queue system": "—",
    }
    assert found["Accepted today"] == "0"


def test_what_it_does_say_is_shown_with_units_and_words() -> None:
    said = row(
        LIVE,
        arrived=SHOWN[LIVE]["as_of"],
        accepted=1200,
        duplicates=2,
        refused={"not_json": 1, "unknown_member": 3},
        rate={"count": 40, "usual": 120.0},
        beat={"at": NOW - 3, "queue_system": "Q 2.1", "lag_s": 640.0},
        agent={"at": NOW - 400, "version": "1", "outbox": 12, "offset_s": 95.0},
        last_refusals=[REFUSAL],
    )
    found = cells(drawn([said]), LIVE)
    assert found["Lag"] == "10 min"
    assert found["Last hour"] == "40a third of usualusually 120"
    assert found["Refused"] == "4unknown member: 3, not JSON: 1"
    assert found["Clock"].startswith("95 s slowsaid at ")
    assert found["Outbox"] == "12"
    assert found["Queue system"] == "Q 2.1agent 1"
    assert f"came {round(NOW - epoch(SHOWN[LIVE]['as_of']))}" in found["Last event"].replace(".0", "")


def test_a_clock_within_what_can_be_measured_is_right() -> None:
    said = [feeds_words.clock_text(view(), offset) for offset in (None, 0.9, -1.0, 2.0, -300.0)]
    assert said == ["—", "right", "right", "2.0 s slow", "5 min fast"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", feeds_words.REASONS)
def test_every_reason_says_how_to_mend_it_with_an_event_that_is_right(code: str, language: str) -> None:
    page = drawn([row(LIVE, refused={code: 1}, last_refusals=[REFUSAL | {"code": code}])], language)
    (one,) = having(page, "data-refusal", code)
    (mend,) = having(one, "className", "mend")
    _ = CATALOGUES[language].gettext
    assert _(feeds_words.REASONS[code].mend) in text(mend)
    assert '"type": "ticket.issued"' in text(mend)
    assert "data.kabinet" in text(one)


def test_the_table_of_reasons_has_every_code_that_a_refusal_can_have() -> None:
    said = (Refusal.__doc__ or "").split("Codes:")[1].replace("\n", " ").strip(" .").split(", ")
    assert {each.strip() for each in said} == set(feeds_words.REASONS)


def test_a_code_of_another_version_is_shown_as_it_is() -> None:
    page = drawn([row(LIVE, last_refusals=[REFUSAL | {"code": "brand_new"}])])
    assert "brand_new" in text(page)


def test_refused_text_is_shown_as_text_and_cannot_do_harm() -> None:
    assert feeds_mend.readable(b"<b>\x00\xff") == "<b>\\u0000\\xff"
    assert feeds_mend.readable("\u202egpj.exe") == "\\u202egpj.exe"
    assert len(feeds_mend.readable("x" * 10_000)) == feeds_mend.RAW_SHOWN + 1


def test_what_is_a_citizens_in_a_refused_event_is_not_shown() -> None:
    raw = '{"type": "ticket.issued", "data": {"ticket": "A1", "fio": "Иванов"}}'
    page = drawn([row(LIVE, last_refusals=[REFUSAL | {"code": "citizen_data", "raw": raw}])])
    assert "Иванов" not in text(page)
    assert "[withheld]" in text(page)


@pytest.mark.parametrize("body", [each[0] for each in WRONG])
@pytest.mark.parametrize("language", ["ru", "kk"])
def test_what_was_expected_is_said_in_the_viewers_language(body: bytes, language: str) -> None:
    refusal = accept(body, SMALL, "one", MONDAY_10)
    assert isinstance(refusal, Refusal)
    said = refusal_words.expected_text(view(language), refusal.expected)
    assert said != refusal.expected
    assert refusal_words.expected_text(view("en"), refusal.expected) == refusal.expected


def test_what_an_unknown_worker_expected_is_said_as_it_said_it() -> None:
    assert refusal_words.expected_text(view("ru"), "something quite new") == "something quite new"
