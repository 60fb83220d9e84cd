"""From the snapshot to the addressee: alarms in SQL, the outbox, real servers, and processes that are killed."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alert_samples import BAD, GOOD, RULE, RULES, snapshot
from alert_servers import Webhook, send_as_child, services_at, smtp_server, webhook_server
from msgspec import structs
from small_network import MONDAY_10, NETWORK
from sqlalchemy import Engine, select

from dashboard.alert_rules import Ruleset, Sending
from data_sources import alert_tables as t
from data_sources import notify
from data_sources.alert_runner import Addresses, AlertRunner
from data_sources.alert_store import LEASE_S, AlertStore
from data_sources.history import LostLeaseError
from data_sources.outbox import CLAIM_S, FIRST_AGAIN_S, GIVE_UP_S, Delivery, Outbox

SPAWN = multiprocessing.get_context("spawn")
DELIVERY = Delivery("director/one/1#x", "director", "x", "Title", "Body", MONDAY_10)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with webhook_server() as found:
        yield found


def recipients(folder: Path, *rows: tuple[str, str, str, str]) -> None:
    """Rows of (role, centre, language, url)."""
    text = ""
    for role, centre, language, url in rows:
        text += f'[[recipients]]\nname = "{role}"\nrole = "{role}"\nlanguage = "{language}"\nurl = "{url}"\n'
        text += f'centre = "{centre}"\n' if centre else ""
    (folder / notify.FILE).write_text(text)


def rows(engine: Engine, table: Any, *order: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(*order)))


class Life:
    """A runner that is started anew at every tick, so that all it knows is what was stored."""

    def __init__(self, engine: Engine, folder: Path, rules: Ruleset) -> None:
        self.engine, self.folder, self.rules, self.at = engine, folder, rules, 0.0
        self.store = AlertStore(engine)
        fence = self.store.take(MONDAY_10)
        assert fence is not None
        self.fence = fence

    def until(self, at: float, value: float | None) -> None:
        while self.at < at:
            self.at += 20
            now = MONDAY_10 + self.at
            services = services_at(self.engine, self.folder, msgspec.json.encode(snapshot(now, value)))
            runner = AlertRunner(services, self.rules, self.fence)
            runner.tick(now)
            runner.outbox.send_due(runner.addresses.send, lambda now=now: now)


def test_an_outage_is_told_once_escalates_is_acknowledged_and_is_over(
    engine: Engine, tmp_path: Path, webhook: Webhook
) -> None:
    with smtp_server() as (address, mails):
        recipients(
            tmp_path,
            ("director", "one", "ru", webhook.url),
            ("director", "two", "ru", webhook.url.replace("alarms", "two")),
            ("deputy", "", "en", address),
        )
        life = Life(engine, tmp_path, RULES)
        life.until(600, BAD)
        assert [title for _, title, _ in webhook.got] == ["one: Overdue"]
        assert mails == []
        life.until(900, BAD)
        (mail,) = mails
        assert str(mail["Subject"]) == "one: Overdue"
        plain = mail.get_body(("plain", "html"))
        assert plain is not None
        assert "Nobody has taken it on for 10 min." in plain.get_content()
        (alarm,) = life.store.standing()
        assert (alarm.state, alarm.escalated, alarm.value, alarm.threshold) == ("firing", True, BAD, 20)
        life.store.ask(alarm.id, "director-1", MONDAY_10 + 5000, "", MONDAY_10 + 899)
        life.store.ask(alarm.id, "deputy-1", None, "on it", MONDAY_10 + 900)
        life.store.ask("no such alarm", "deputy-1", None, "", MONDAY_10 + 900)
        life.until(920, BAD)
        assert [(each.state, each.by, each.note) for each in life.store.standing()] == [
            ("acknowledged", "deputy-1", "on it")
        ]
        life.until(1100, GOOD)
        assert life.store.standing() == []
    (over,) = life.store.over(10)
    assert (over.state, over.why, over.worst, over.by) == ("resolved", "good", BAD, "deputy-1")
    assert [(each.kind, each.by) for each in life.store.steps(over.id)[over.id]] == [
        ("fired", ""),
        ("escalated", ""),
        ("acknowledged", "director-1"),
        ("acknowledged", "deputy-1"),
        ("recovering", ""),
        ("resolved", ""),
    ]
    assert [title for _, title, _ in webhook.got] == ["one: Overdue", "Прошло: one: Overdue"]
    assert len(mails) == 2
    sent = rows(engine, t.DELIVERIES)
    assert [each.state for each in sent] == ["sent"] * 4
    assert len({each.key for each in sent}) == 4
    assert {key for key, _, _ in webhook.got} | {str(each[notify.KEY_HEADER]) for each in mails} == {
        each.key for each in sent
    }
    assert [(each.number, each.error) for each in rows(engine, t.DELIVERY_TRIES)] == [(1, "")] * 4


@pytest.mark.parametrize(("dies_first", "copies"), [(True, 1), (False, 2)])
def test_kill_9_in_a_delivery_loses_nothing_and_multiplies_by_no_more_than_is_promised(
    lite: tuple[str, Engine], tmp_path: Path, webhook: Webhook, dies_first: bool, copies: int
) -> None:
    url, engine = lite
    recipients(tmp_path, ("director", "one", "ru", webhook.url))
    ((id_,), outbox) = ([each.id for each in notify.load(tmp_path, NETWORK)], Outbox(engine))
    delivery = structs.replace(DELIVERY, recipient=id_)
    with engine.begin() as connection:
        outbox.add(connection, [delivery])
    webhook.answer.clear()
    child = SPAWN.Process(target=send_as_child, args=(url, str(tmp_path), MONDAY_10, dies_first))
    child.start()
    if not dies_first:
        assert webhook.came.wait(60)
        child.kill()
    child.join(60)
    assert child.exitcode == -9
    webhook.answer.set()
    send = Addresses(services_at(engine, tmp_path)).send
    assert outbox.send_due(send, lambda: MONDAY_10 + CLAIM_S - 1) == 0  # it is claimed
    assert outbox.send_due(send, lambda: MONDAY_10 + CLAIM_S + 1) == 1
    assert outbox.send_due(send, lambda: MONDAY_10 + 10 * CLAIM_S) == 0
    assert [key for key, _, _ in webhook.got] == [delivery.key] * copies
    assert [each.state for each in rows(engine, t.DELIVERIES)] == ["sent"]
    tries = rows(engine, t.DELIVERY_TRIES, t.DELIVERY_TRIES.c.number)
    assert [(each.number, each.ended is None, each.error) for each in tries] == [(1, True, ""), (2, False, "")]


def test_a_refused_delivery_is_tried_again_later_and_later_and_given_up_after_a_day(
    lite: tuple[str, Engine], tmp_path: Path, webhook: Webhook
) -> None:
    _, engine = lite
    secret = "s3cr3t-password"
    recipients(tmp_path, ("director", "one", "ru", webhook.url.replace("//", f"//user:{secret}@")))
    (recipient,) = notify.load(tmp_path, NETWORK)
    outbox, send = Outbox(engine), Addresses(services_at(engine, tmp_path)).send
    with engine.begin() as connection:
        outbox.add(connection, [structs.replace(DELIVERY, recipient=recipient.id)])
    webhook.status, now, waits = 500, MONDAY_10, []
    for _ in range(4):
        assert outbox.send_due(send, lambda now=now: now) == 1
        (row,) = rows(engine, t.DELIVERIES)
        waits.append(row.due - now)
        assert outbox.send_due(send, lambda row=row: row.due - 1) == 0
        now = row.due
    assert waits == [FIRST_AGAIN_S * each for each in (1, 2, 4, 8)]
    assert len({key for key, _, _ in webhook.got}) == 1
    tries = rows(engine, t.DELIVERY_TRIES)
    assert all("500" in each.error and secret not in each.error for each in tries)
    assert outbox.send_due(send, lambda: MONDAY_10 + GIVE_UP_S) == 1
    assert [each.state for each in rows(engine, t.DELIVERIES)] == ["failed"]


def test_a_sender_whose_claim_ran_out_changes_nothing(lite: tuple[str, Engine]) -> None:
    _, engine = lite
    outbox = Outbox(engine)
    with engine.begin() as connection:
        outbox.add(connection, [DELIVERY])
    slow = outbox.claim(MONDAY_10)
    quick = outbox.claim(MONDAY_10 + CLAIM_S)
    assert slow is not None
    assert quick is not None
    assert (slow.number, quick.number) == (1, 2)
    outbox.finish(slow, "too late", MONDAY_10 + CLAIM_S + 1)
    assert [(each.state, each.fence) for each in rows(engine, t.DELIVERIES)] == [("due", 2)]
    outbox.finish(quick, "", MONDAY_10 + CLAIM_S + 2)
    outbox.finish(slow, "too late", MONDAY_10 + CLAIM_S + 3)
    assert [each.state for each in rows(engine, t.DELIVERIES)] == ["sent"]


def test_many_senders_send_each_delivery_once(lite: tuple[str, Engine]) -> None:
    _, engine = lite
    outbox, sent = Outbox(engine), list[str]()
    with engine.begin() as connection:
        outbox.add(connection, [structs.replace(DELIVERY, key=f"k{number:02}") for number in range(30)])

    def send(delivery: Delivery) -> str:
        sent.append(delivery.key)
        return ""

    with ThreadPoolExecutor(3) as pool:
        tries = sum(pool.map(lambda _: outbox.send_due(send, time.time), range(3)))
    assert tries == 30
    assert sorted(sent) == [f"k{number:02}" for number in range(30)]


def test_one_runner_at_a_time_and_the_one_that_lost_its_place_writes_nothing(engine: Engine, tmp_path: Path) -> None:
    store = AlertStore(engine)
    first = store.take(MONDAY_10)
    assert first is not None
    assert store.take(MONDAY_10 + LEASE_S - 1) is None
    second = store.take(MONDAY_10 + LEASE_S + 1)
    assert second == first + 1
    now = MONDAY_10 + LEASE_S + 2
    services = services_at(engine, tmp_path, msgspec.json.encode(snapshot(now, BAD)))
    instant = Ruleset((structs.replace(RULE, for_s=0.0),), Sending(group_s=0))
    with pytest.raises(LostLeaseError):
        AlertRunner(services, instant, first).tick(now)
    assert rows(engine, t.ALARMS) == []
    AlertRunner(services, instant, second).tick(now)
    assert len(rows(engine, t.ALARMS)) == 1
    store.release(second)
    assert store.take(now + 1) == second + 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('role = "director"\nurl = "json://x/y"', "the director of which centre?"),
        ('role = "it"\ncentre = "one"\nurl = "json://x/y"', "only a director is told of one centre"),
        ('role = "it"\nurl = "nonsense://x/y"', "not an address that apprise knows"),
        ('role = "boss"\nurl = "json://x/y"', "write a role"),
        ('role = "it"\nurl = "json://x/y"\nlanguage = "de"', "one of ru, kk, en"),
    ],
)
def test_a_mistake_among_the_recipients_is_told_with_its_line_and_without_the_address(
    tmp_path: Path, row: str, said: str
) -> None:
    (tmp_path / notify.FILE).write_text(f'[[recipients]]\nname = "X"\n{row}\n')
    with pytest.raises(notify.RecipientError, match=r"recipients\.toml:") as caught:
        notify.load(tmp_path, NETWORK)
    assert said in str(caught.value)


def test_recipients_changed_for_the_worse_stay_as_they_were(tmp_path: Path, webhook: Webhook) -> None:
    recipients(tmp_path, ("it", "", "ru", webhook.url))
    addresses = Addresses(services_at(None, tmp_path))
    before = addresses.all()
    (tmp_path / notify.FILE).write_text("[[recipients]")
    os.utime(tmp_path / notify.FILE, (1, 1))
    assert addresses.all() == before
    assert "no more" in addresses.send(structs.replace(DELIVERY, recipient="nobody"))
