"""The agent's link to the gateway: one batch at a time, how far off our clock is, when to try again."""

import gzip
import random
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal

import msgspec
import requests
from msgspec import Struct

from data_sources.feed_notes import HEADER, AgentNote, header_of
from data_sources.gateway import BATCH as BATCH_TYPE
from data_sources.gateway import Answer

TIMEOUT_S: Final = (5.0, 30.0)
"""To connect, and for the answer."""
WAIT_FIRST_S: Final = 0.5
WAIT_MOST_S: Final = 60.0
_PACKED_FROM_BYTES: Final = 1024

Verdict = Literal["taken", "later", "smaller", "barred"]


class Reply(Struct, frozen=True):
    """``taken``: ``answer`` says what became of each; ``later``: try again in ``wait_s``; ``smaller``: in smaller
    batches; ``barred``: somebody has to do something (``message``), tried again in ``wait_s``."""

    verdict: Verdict
    answer: Answer | None = None
    wait_s: float = 0.0
    message: str = ""


class Link:
    """Sends batches. ``clock`` gives epoch seconds, ``chance`` a number from 0 to 1."""

    def __init__(
        self,
        url: str,
        token: str,
        clock: Callable[[], float],
        *,
        ca_file: str | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._url, self._clock, self._chance = url.rstrip("/") + "/api/v1/events", clock, chance
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["Content-Type"] = BATCH_TYPE
        self._verify: bool | str = ca_file or True
        self._failures = 0
        self.offset_s: float | None = None
        """How far the server's clock is ahead of ours; None until an answer told."""

    def send(self, events: Sequence[bytes], version: str = "", waiting: int = 0) -> Reply:
        """One batch, whole; with it the agent's ``version`` and how many events wait there, these among them."""
        note = AgentNote(version or None, waiting, self.offset_s)
        body, headers = b"[" + b",".join(events) + b"]", {HEADER: header_of(note)}
        if len(body) >= _PACKED_FROM_BYTES:
            body, headers = gzip.compress(body, 1), headers | {"Content-Encoding": "gzip"}
        began = self._clock()
        try:
            # said with each request: of a session it gives way to a REQUESTS_CA_BUNDLE of the environment
            response = self._session.post(self._url, data=body, headers=headers, timeout=TIMEOUT_S, verify=self._verify)
        except requests.exceptions.SSLError as error:
            why = f"the server is not who its certificate should say, nothing is sent to it: see --ca-file ({error})"
            return self._later(None, why)
        except requests.RequestException as error:
            return self._later(None, type(error).__name__)
        self._measure(response.headers.get("Date"), began)
        return self._judge(response)

    def close(self) -> None:
        self._session.close()

    def _judge(self, response: Any) -> Reply:
        if response.status_code == 200:
            self._failures = 0
            return Reply("taken", answer=msgspec.json.decode(response.content, type=Answer))
        said = f"{response.status_code} {response.text[:300]}"
        if response.status_code == 413:
            return Reply("smaller", message=said)
        later = self._later(response.headers.get("Retry-After"), said)
        if response.status_code in (400, 401, 403, 404, 415):
            return Reply("barred", wait_s=WAIT_MOST_S, message=said)
        return later

    def _later(self, retry_after: str | None, message: str) -> Reply:
        """Twice as long each time, up to a minute, half of it by chance: agents that lost the server together do not
        come back together."""
        longest = min(WAIT_MOST_S, WAIT_FIRST_S * 2**self._failures)
        self._failures += 1
        asked = float(retry_after) if retry_after and retry_after.isdigit() else 0.0
        return Reply("later", wait_s=max(asked, longest * (0.5 + 0.5 * self._chance())), message=message)

    def _measure(self, date: str | None, began: float) -> None:
        """By the answer's ``Date``, whole seconds, against the middle of the request."""
        if date is None:
            return
        ended = self._clock()
        self.offset_s = parsedate_to_datetime(date).timestamp() + 0.5 - (began + ended) / 2
