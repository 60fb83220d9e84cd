"""Recipients changed from a page: the file stays the one place, for the service alone; no address is shown or told."""

import html
import re
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alert_servers import Webhook, services_at, webhook_server
from desk_app import BUSY, DeskApp, DeskServices
from flask.testing import FlaskClient
from small_network import MONDAY_10, NETWORK
from sqlalchemy import Engine
from test_admin import door_closed, newest, send, signed_in
from test_signing import problem

from data_sources import notify
from data_sources.alarms import AlarmDesk
from data_sources.alert_runner import Addresses
from data_sources.notify import Recipient
from data_sources.outbox import GIVE_UP_S
from data_sources.recipient_book import RecipientBook, RecipientBookError

ADMIN = "recipients-admin"
SECRET = "s3cr3t-password"
URL = f"mailto://alarms:{SECRET}@mail.example.kz?to=duty@example.kz"
DUTY = {"name": "Duty", "role": "it", "centre": "", "language": "kk", "url": URL}
BY_HAND = """\
# Who is told. Ask the duty officer before you change it.

[[recipients]]
name = "First"   # of two
role = "director"
centre = "one"
url = "json://hook.example.kz/one"

# the deputy, in English
[[recipients]]
name = "Second"
role = "deputy"
language = "en"
url = 'tgram://123456789:abcdefghijklmnopqrstuvwxyz123456789/12345'

# the end
"""


@pytest.fixture
def book(tmp_path: Path) -> RecipientBook:
    engine: Any = None
    return RecipientBook(tmp_path, NETWORK, engine, lambda: MONDAY_10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / notify.FILE


def refused(attempt: Any) -> str:
    with pytest.raises((RecipientBookError, notify.RecipientError)) as caught:
        attempt()
    assert SECRET not in str(caught.value)
    return caught.value.kind


# the file


def test_the_first_recipient_makes_the_file_for_the_service_alone(book: RecipientBook, path: Path) -> None:
    assert book.read().rows == ()
    made = book.add(DUTY, book.read().seen)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert notify.load(path.parent, NETWORK) == (made,) == book.read().rows
    assert (made.name, made.role, made.language, made.url) == ("Duty", "it", "kk", URL)


def test_what_people_wrote_into_the_file_stays(book: RecipientBook, path: Path) -> None:
    path.write_text(BY_HAND)
    first, second = book.read().rows
    book.change(first.id, {**DUTY, "url": ""}, book.read().seen)
    changed = BY_HAND.replace(
        'name = "First"   # of two\nrole = "director"\ncentre = "one"\nurl',
        'name = "Duty"\nrole = "it"\nlanguage = "kk"\nurl',
    )
    assert path.read_text() == changed
    assert book.read().rows[0].url == first.url
    book.remove(second.id, book.read().seen)
    assert path.read_text() == changed[: changed.index('[[recipients]]\nname = "Second"')] + "\n# the end\n"
    book.add({**DUTY, "name": "Third"}, book.read().seen)
    assert path.read_text().startswith("# Who is told.")
    assert [each.name for each in book.read().rows] == ["Duty", "Third"]


@pytest.mark.parametrize("name", ['"] \n[[recipients]]\nurl="x', "\\u0041", "'''", "\u2028# x", "Ұйым\x7f", "a = [1]"])
def test_whatever_a_name_is_made_of_it_stays_a_name(book: RecipientBook, path: Path, name: str) -> None:
    path.write_text(BY_HAND)
    added = book.add({**DUTY, "name": name}, book.read().seen)
    assert added.name == name
    book.change(book.read().rows[0].id, {**DUTY, "name": f"{name}2", "role": "akim"}, book.read().seen)
    book.remove(book.read().rows[1].id, book.read().seen)
    assert [each.name for each in book.read().rows] == [f"{name}2", name]


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"name": " "}, "recipient_name"),
        ({"name": "n" * 121}, "recipient_name"),
        ({"role": "boss"}, "recipient_role"),
        ({"role": "director"}, "recipient_centre"),
        ({"role": "director", "centre": "nowhere"}, "recipient_centre"),
        ({"centre": "one"}, "recipient_centre"),
        ({"language": "de"}, "recipient_language"),
        ({"url": ""}, "recipient_url"),
        ({"url": f"mailto:{SECRET}"}, "recipient_url"),
        ({"url": f"mailto://{SECRET} and space"}, "recipient_url"),
        ({"url": f"nonsense://{SECRET}"}, "recipient_url"),
        ({"url": "syslog://"}, "recipient_url"),
        ({"url": "msteams://a@b/c/d/e/?template=/etc/passwd"}, "recipient_url"),
        ({"url": "json://"}, "recipient_url"),
    ],
)
def test_what_cannot_be_is_told_by_kind_without_the_address(
    book: RecipientBook, path: Path, wrong: dict[str, str], kind: str
) -> None:
    path.write_text(BY_HAND)
    assert refused(lambda: book.add({**DUTY, **wrong}, book.read().seen)) == kind
    assert path.read_text() == BY_HAND
    assert sorted(each.name for each in path.parent.iterdir()) == [f".{notify.FILE}.lock", notify.FILE]


def test_a_recipient_is_there_once(book: RecipientBook, path: Path) -> None:
    made = book.add(DUTY, book.read().seen)
    assert refused(lambda: book.add({**DUTY, "language": "en"}, book.read().seen)) == "recipient_twice"
    book.change(made.id, {**DUTY, "language": "en"}, book.read().seen)
    # and so it is by hand: two messages of one key would stop the runner
    path.write_text(path.read_text() * 2)
    with pytest.raises(notify.RecipientError, match="the same recipient as on line 1") as caught:
        notify.load(path.parent, NETWORK)
    assert SECRET not in str(caught.value)


def test_of_two_who_change_the_file_the_second_is_told(book: RecipientBook, path: Path) -> None:
    path.write_text(BY_HAND)
    seen, (first, _) = book.read().seen, book.read().rows
    book.add(DUTY, seen)
    assert refused(lambda: book.add({**DUTY, "name": "Other"}, seen)) == "recipients_conflict"
    seen = book.read().seen
    path.write_text(path.read_text() + "# by hand\n")
    assert refused(lambda: book.remove(first.id, seen)) == "recipients_conflict"
    assert refused(lambda: book.remove("nobody", book.read().seen)) == "recipient_gone"


def test_of_many_at_once_one_is_first(tmp_path: Path) -> None:
    engine: Any = None
    books = [RecipientBook(tmp_path, NETWORK, engine, lambda: MONDAY_10) for _ in range(4)]

    def attempt(number: int) -> str:
        try:
            books[number].add({**DUTY, "name": f"Duty {number}"}, "")
        except RecipientBookError as error:
            return error.kind
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["done", *["recipients_conflict"] * 3]
    assert len(books[0].read().rows) == 1


def test_what_lines_do_not_say_is_left_to_people(book: RecipientBook, path: Path) -> None:
    one, other = (f'{{ name = "{each}", role = "it", url = "json://x.kz/{each}" }}' for each in "AB")
    inline = f"recipients = [{one}, {other}]\n"
    path.write_text(inline)
    first, _ = book.read().rows
    for attempt in (
        lambda: book.add(DUTY, book.read().seen),
        lambda: book.change(first.id, DUTY, book.read().seen),
        lambda: book.remove(first.id, book.read().seen),
    ):
        assert refused(attempt) == "recipients_by_hand"
    assert path.read_text() == inline
    path.write_text('[[recipients]]\nurl = "mailto://' + SECRET)
    assert (book.read().rows, book.read().problem_line) == ((), 2)
    assert refused(lambda: book.add(DUTY, book.read().seen)) == "recipients_file"


@pytest.mark.parametrize("line", [f'url = "{URL} x"', f'url = "{URL}', f'ulr = "{URL}"'])
def test_a_mistake_in_the_file_is_told_without_what_the_line_holds(path: Path, line: str) -> None:
    path.write_text(f'[[recipients]]\nname = "X"\nrole = "it"\n{line}\n')
    with pytest.raises(notify.RecipientError) as caught:
        notify.load(path.parent, NETWORK)
    assert SECRET not in str(caught.value)
    assert ":4: " in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, "mailto: mail.example.kz"),
        ("mailtos://user:pass@mail.example.kz:587?to=a@b.kz", "mailtos: mail.example.kz"),
        ("json://hook.example.kz/services/T0KEN", "json: hook.example.kz"),
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyz123456789/12345", "tgram"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("mailto://user:pa@ss.word/x@mail.example.kz", "mailto"),
        ("mailto://user:pa#ss@mail.example.kz", "mailto"),
        ("mailto://user:pa@ss.word?x@mail.example.kz", "mailto"),
        ("json://localhost/T0KEN", "json"),
    ],
)
def test_of_an_address_the_server_alone_is_shown_and_that_only_when_it_is_surely_one(
    book: RecipientBook, url: str, shown: str
) -> None:
    assert book.shown(Recipient("x", "X", "it", url, "", "ru")) == shown


# the test message


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with webhook_server() as found:
        yield found


def test_a_test_message_goes_through_the_outbox_and_what_came_of_it_is_shown(
    engine: Engine, tmp_path: Path, webhook: Webhook
) -> None:
    now = [MONDAY_10]
    book = RecipientBook(tmp_path, NETWORK, engine, lambda: now[0])
    made = book.add({**DUTY, "url": webhook.url.replace("//", f"//user:{SECRET}@")}, "")
    services = services_at(engine, tmp_path)
    addresses = Addresses(services)
    key = book.test(made.id, made.role, "A test", "Nothing has happened.")
    assert book.last_sent()[made.id].state == "due"
    outbox = book.outbox
    webhook.status = 500
    assert outbox.send_due(addresses.send, lambda: now[0]) == 1
    tried = book.last_sent()[made.id]
    assert (tried.state, tried.tries) == ("due", 1)
    assert "500" in tried.error
    assert SECRET not in tried.error
    webhook.status = 200
    now[0] += 60
    assert outbox.send_due(addresses.send, lambda: now[0]) == 1
    assert book.last_sent()[made.id].state == "sent"
    assert [(each[0], each[1]) for each in webhook.got] == [(key, "A test")] * 2


def test_a_test_message_that_never_arrives_is_no_alarm_that_did_not(engine: Engine, tmp_path: Path) -> None:
    now = [MONDAY_10]
    book = RecipientBook(tmp_path, NETWORK, engine, lambda: now[0])
    made = book.add({**DUTY, "url": "json://127.0.0.1:9/nobody"}, "")
    book.test(made.id, made.role, "A test", "Nothing has happened.")
    now[0] += GIVE_UP_S + 1
    assert book.outbox.send_due(lambda _: "refused", lambda: now[0]) == 1
    assert book.last_sent()[made.id].state == "failed"
    rules: Any = None
    assert AlarmDesk(engine, rules).undelivered() == 0


# the page


@pytest.fixture(scope="module")
def services(desk_app: DeskApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServices]:
    """Those of the whole, with a door that is not open and a data folder of their own."""
    with door_closed(desk_app, {ADMIN: "administrator"}, data_dir=tmp_path_factory.mktemp("recipients")) as services:
        yield services


@pytest.fixture(scope="module")
def client(services: DeskServices) -> FlaskClient:
    return signed_in(services, ADMIN)


TYPED = {"name": "Duty <b>", "role": f"director/{BUSY}", "language": "kk", "url": URL}


def seen(client: FlaskClient) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', client.get("/admin/recipients").get_data(as_text=True))
    assert found is not None
    return found[1]


def test_a_recipient_is_added_tried_changed_and_removed_and_no_page_or_log_has_its_address(
    client: FlaskClient, services: DeskServices, capfd: pytest.CaptureFixture[str]
) -> None:
    path, answers = "/admin/recipients?lang=en", []
    done = send(client, path, "recipient_add", seen=seen(client), **TYPED)
    assert done.headers["Location"] == "/admin/recipients?done=recipient_added"
    (made,) = services.recipients.read().rows
    about = {"recipient": made.id, "role": "director", "centre": BUSY, "change": "made"}
    assert newest(services) == ("recipient_changed", ADMIN, about)
    send(client, path, "recipient_test", recipient=made.id, seen=seen(client))
    assert newest(services)[2]["change"] == "tested"
    page = client.get(path).get_data(as_text=True)
    answers.append(page)
    assert "Duty &lt;b&gt;" in page
    assert "mailto: mail.example.kz" in page
    assert "waits to be sent" in page
    assert "Nobody sends messages now" in page
    own = f"/admin/recipients/{made.id}?lang=en"
    answers.append(client.get(own).get_data(as_text=True))
    typed = {**TYPED, "name": "Duty officer", "url": "", "recipient": made.id}
    changed = send(client, own, "recipient_change", seen=seen(client), **typed)
    assert changed.headers["Location"] == "/admin/recipients?done=recipient_changed"
    (now,) = services.recipients.read().rows
    assert (now.name, now.url) == ("Duty officer", URL)
    # who had the page of before is told
    late = send(client, path, "recipient_test", recipient=made.id, seen="")
    assert (late.status_code, problem(late)) == (422, "recipient_gone")
    late = client.post(own, data={"do": "recipient_change"})
    assert (late.status_code, problem(late)) == (422, "recipient_gone")
    removed = send(client, path, "recipient_remove", sure=True, recipient=now.id, seen=seen(client))
    assert removed.headers["Location"] == "/admin/recipients?done=recipient_removed"
    assert services.recipients.read().rows == ()
    answers += [client.get(each).get_data(as_text=True) for each in (path, "/admin/log")]
    assert all(SECRET not in html.unescape(each) for each in answers)
    written = capfd.readouterr()
    assert "recipient_changed" in written.out + written.err
    assert SECRET not in written.out + written.err


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"name": " \x00"}, "recipient_name"),
        ({"role": "tsar"}, "recipient_role"),
        ({"role": "director/nowhere"}, "recipient_centre"),
        ({"url": f"file:///{SECRET}"}, "recipient_url"),
        ({"url": f"mailto://{SECRET} x"}, "recipient_url"),
        ({"seen": "of-before"}, "recipients_conflict"),
    ],
)
def test_what_is_wrong_is_told_what_was_typed_stays_and_the_address_does_not(
    client: FlaskClient,
    services: DeskServices,
    said: dict[str, str],
    kind: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answer = send(client, "/admin/recipients?lang=en", "recipient_add", **{"seen": seen(client), **TYPED, **said})
    assert (answer.status_code, problem(answer)) == (422, kind)
    page = html.unescape(answer.get_data(as_text=True))
    assert kind == "recipient_name" or f'value="{TYPED["name"]}"' in page
    assert SECRET not in page
    written = capfd.readouterr()
    assert "not changed" in written.out + written.err
    assert SECRET not in written.out + written.err
    assert services.recipients.read().rows == ()


def test_a_file_that_this_service_may_not_read_stops_no_page(
    client: FlaskClient, services: DeskServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(notify, "load", denied)
    assert "cannot be read" in client.get("/admin/recipients?lang=en").get_data(as_text=True)
    assert "their file cannot be read" in client.get("/admin?lang=en").get_data(as_text=True)
    assert refused(lambda: services.recipients.add(DUTY, "")) == "recipients_file"


def test_a_file_with_a_mistake_is_not_shown_and_not_changed(client: FlaskClient, services: DeskServices) -> None:
    path = services.settings.data_dir / notify.FILE
    path.write_text(f'[[recipients]]\nname = "X"\nrole = "it"\nurl = "{URL}\n')
    page = client.get("/admin/recipients?lang=en").get_data(as_text=True)
    assert "has a mistake on line 4" in page
    assert SECRET not in page
    assert 'value="recipient_add"' not in page
    assert "their file cannot be read" in client.get("/admin?lang=en").get_data(as_text=True)
    path.unlink()
    assert "nobody is told of alarms" in client.get("/admin?lang=en").get_data(as_text=True)
