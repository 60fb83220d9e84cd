"""Deliveries that wait: claimed before they are sent, retried, each try recorded (docs/alarms.md).

A delivery is written in the transaction that decided it, so none is lost. A sender claims it for :data:`CLAIM_S` with a
fencing number and only then sends; one that dies in between has its claim run out, and the delivery is sent again under
the same key. So it comes at least once, and once more for each sender that died after the other side had taken it.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from msgspec import Struct
from sqlalchemy import Connection, Engine, select

from data_sources import alert_tables as t

log = structlog.get_logger()

CLAIM_S: Final = 120.0
"""Longer than a try can take (an address answers within 15 s, or the try has failed)."""
FIRST_AGAIN_S, MOST_AGAIN_S = 10.0, 900.0
"""A try that failed is made again after 10 s, then twice as long each time, up to a quarter of an hour."""
GIVE_UP_S: Final = 86_400.0
"""What could not be delivered in a day is no news any more: it stays as failed."""
LONGEST_ERROR: Final = 500


class Delivery(Struct, frozen=True):
    """One message to one address."""

    key: str
    role: str
    recipient: str
    title: str
    body: str
    made: float
    files: str = ""
    """Ids of the files that go with it (``deck_files``), with spaces between."""


class Claim(Struct, frozen=True):
    delivery: Delivery
    number: int
    """Which try it is, from 1; it is the claim's fencing number too."""


Send = Callable[[Delivery], str]
"""Sends; gives what went wrong, empty when nothing did."""


class Outbox:
    """Safe to share between threads and processes. ``files``: of deliveries with files, else of those without: over a
    poor line files take long, and alarms must not wait for them."""

    def __init__(
        self, engine: Engine, claim_s: float = CLAIM_S, give_up_s: float = GIVE_UP_S, *, files: bool = False
    ) -> None:
        self.engine, self.claim_s, self.give_up_s = engine, claim_s, give_up_s
        self._mine = t.DELIVERIES.c.files != "" if files else t.DELIVERIES.c.files == ""

    def add(self, connection: Connection, deliveries: Iterable[Delivery]) -> None:
        """In the transaction that decided them."""
        for each in deliveries:
            row = {name: getattr(each, name) for name in each.__struct_fields__}
            row |= {"state": "due", "due": each.made, "tries": 0, "fence": 0}
            connection.execute(t.DELIVERIES.insert(), row)

    def claim(self, now: float) -> Claim | None:
        """The delivery that is due for longest, for this sender alone; None when there is none."""
        c = t.DELIVERIES.c
        waiting = (c.state == "due") & (c.due <= now) & self._mine
        query = select(t.DELIVERIES).where(waiting).order_by(c.due, c.made, c.key).limit(10)
        with self.engine.connect() as connection:  # mostly there is none, and then nothing is written
            rows = connection.execute(query).all()
        for row in rows:
            mine = (c.key == row.key) & (c.fence == row.fence) & waiting
            number = row.tries + 1
            values = {"tries": number, "fence": number, "due": now + self.claim_s}
            with self.engine.begin() as connection:  # a write first: SQLite lets no reading transaction become one
                if connection.execute(t.DELIVERIES.update().where(mine).values(values)).rowcount == 1:
                    begun = {"key": row.key, "number": number, "begun": now, "error": ""}
                    connection.execute(t.DELIVERY_TRIES.insert(), begun)
                    members = (getattr(row, name) for name in Delivery.__struct_fields__)
                    return Claim(Delivery(*members), number)
        return None

    def finish(self, claim: Claim, error: str, now: float) -> None:
        """How a try went. A claim that ran out changes nothing but its own record: another sender has it."""
        c, key = t.DELIVERIES.c, claim.delivery.key
        if not error:
            values = {"state": "sent", "ended": now}
        elif now - claim.delivery.made >= self.give_up_s:
            values = {"state": "failed", "ended": now}
        else:
            values = {"due": now + min(MOST_AGAIN_S, FIRST_AGAIN_S * 2.0 ** min(claim.number - 1, 20))}
        of_try = (t.DELIVERY_TRIES.c.key == key) & (t.DELIVERY_TRIES.c.number == claim.number)
        mine = (c.key == key) & (c.fence == claim.number) & (c.state == "due")
        with self.engine.begin() as connection:
            done = connection.execute(t.DELIVERIES.update().where(mine).values(values))
            ended = {"ended": now, "error": error[:LONGEST_ERROR]}
            connection.execute(t.DELIVERY_TRIES.update().where(of_try).values(ended))
        if done.rowcount != 1:
            log.warning("a delivery was claimed by another sender meanwhile", key=key, number=claim.number)

    def send_due(self, send: Send, clock: Callable[[], float], stop: threading.Event | None = None) -> int:
        """Send what is due, one after the other; how many tries were made."""
        tries = 0
        while not (stop and stop.is_set()) and (claim := self.claim(clock())):
            tries += 1
            error = send(claim.delivery)
            if error:
                log.warning(
                    "a message could not be delivered", key=claim.delivery.key, error=error, number=claim.number
                )
            self.finish(claim, error, clock())
        return tries
