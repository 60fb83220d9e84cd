"""The numbers of a week's deck as SQL over the bare table of events: design §4 once more, with none of our code.

SQLite's SQL. Nothing but the table ``events`` is read, and what cannot be told by events: who is in the network, what a
service's term is, which days are working days, which week is asked for (:data:`ASKED`, filled by :func:`open_asked`).
Days are local dates as text, moments epoch seconds.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from sqlite3 import Connection, connect
from typing import Any, Final

from dashboard.network import Network

NOT_WORKING: Final = ("2026-10-26", "2026-12-16")
"""Public holidays from September to December 2026 that are no weekend: Republic Day is moved, from a Sunday."""

ASKED: Final = """
-- what the numbers are asked for and held against; the only tables beside events
CREATE TEMP TABLE centre (id TEXT, planned INTEGER);
CREATE TEMP TABLE service (id TEXT, days INTEGER, count TEXT);
CREATE TEMP TABLE agency (id TEXT, allowance REAL);
CREATE TEMP TABLE calendar (day TEXT PRIMARY KEY, nth INTEGER);   -- working days up to it, itself among them
CREATE TEMP TABLE week (back INTEGER, since REAL, until REAL);    -- 0 is the week itself, 8 the oldest
CREATE TEMP TABLE picture (name TEXT, at REAL);                   -- 'begin' and 'end' of the week

-- an event, when it happened, and when it had arrived: the stream's own time is in the position
CREATE TEMP VIEW told AS
SELECT centre, CASE WHEN source LIKE '/%/%' THEN substr(source, length(centre) + 3) ELSE '' END AS branch,
       type, time / 1e6 AS at, date(time / 1e6, 'unixepoch', '+5 hours') AS day,
       (position >> 20) / 1000.0 AS arrived, position, data
FROM events;

-- a stay in a queue: issued, or sent there; a number is the day's own, and may be used twice on a day. Before the first
-- issue of a day is what was told of a ticket whose issue never came: no wait of it is known
CREATE TEMP TABLE stay AS
WITH move AS (
    SELECT centre, branch, data ->> 'ticket' AS number, at, 1 AS rank, type,
           max(at, coalesce(unixepoch(data ->> 'booked_for'), at)) AS wait_from, '' AS operator
    FROM told WHERE type = 'ticket.issued'
    UNION ALL
    SELECT centre, coalesce(data ->> 'branch', branch), data ->> 'ticket', at, 1, 'sent here', at, ''
    FROM told WHERE type = 'ticket.transferred'
    UNION ALL
    SELECT centre, branch, data ->> 'ticket', at, iif(type = 'ticket.transferred', 0, 2), type, NULL,
           data ->> 'operator'
    FROM told WHERE type LIKE 'ticket.%' AND type <> 'ticket.issued'
), numbered AS (
    SELECT *, sum(rank = 1) OVER (
        PARTITION BY centre, branch, number, date(at, 'unixepoch', '+5 hours') ORDER BY at, rank
        ROWS UNBOUNDED PRECEDING) AS nth
    FROM move
)
SELECT centre, branch, max(wait_from) AS wait_from,
       min(at) FILTER (WHERE type IN ('ticket.called', 'ticket.started')) AS called,
       min(at) FILTER (WHERE type IN ('ticket.finished', 'ticket.abandoned', 'ticket.transferred')) AS ended,
       min(at) FILTER (WHERE type = 'ticket.abandoned') AS abandoned,
       max(operator) AS operator
FROM numbered GROUP BY centre, branch, number, date(at, 'unixepoch', '+5 hours'), nth;

-- a document: accepted, due, the first of its ends
CREATE TEMP TABLE document AS
WITH accepted AS (
    SELECT centre, data ->> 'application' AS code, data ->> 'service' AS service, at, day, arrived
    FROM told WHERE type = 'application.accepted'
), ended AS (
    SELECT centre, data ->> 'application' AS code, type, at, day, arrived,
           row_number() OVER (PARTITION BY centre, data ->> 'application' ORDER BY at) AS nth
    FROM told WHERE type IN (
        'application.ready', 'application.issued', 'application.rejected', 'application.withdrawn')
), due AS (
    SELECT a.*, CASE s.count
        WHEN 'calendar' THEN date(a.day, '+' || s.days || ' days')
        ELSE (SELECT min(c.day) FROM calendar c
              WHERE c.nth = s.days + (SELECT nth FROM calendar t WHERE t.day = a.day)) END AS due
    FROM accepted a JOIN service s ON s.id = a.service
)
SELECT d.centre, d.code, d.at AS accepted, d.arrived, d.due,
       unixepoch(d.due, '+1 day') - 18000 AS late_from,
       e.at AS done, e.day AS done_day, e.arrived AS done_arrived, e.type IN (
           'application.ready', 'application.issued') AS is_ready
FROM due d LEFT JOIN ended e ON e.centre = d.centre AND e.code = d.code AND e.nth = 1;

-- what an agency had of a document, day by day of 24 hours, up to its return; NULL while it is there
CREATE TEMP TABLE held AS
WITH way AS (
    SELECT centre, data ->> 'application' AS code, data ->> 'agency' AS agency, type, at,
           lead(at) OVER (PARTITION BY centre, data ->> 'application', data ->> 'agency' ORDER BY at) AS returned
    FROM told WHERE type IN ('application.sent', 'application.returned')
)
SELECT centre, code, agency, at AS since, returned AS until FROM way WHERE type = 'application.sent';

-- who operates at each end of the week
CREATE TEMP TABLE operating AS
SELECT p.name, p.at, c.id AS centre FROM picture p JOIN centre c
WHERE NOT c.planned OR EXISTS (
    SELECT 1 FROM told t
    WHERE t.centre = c.id AND t.type = 'centre.opened' AND t.at <= p.at AND t.arrived <= p.at);
"""

QUEUE: Final = """
-- called within 20 minutes, of those called, and of those who left uncalled after longer: (centre, week, part, whole)
SELECT s.centre, w.back, sum(called IS NOT NULL AND called - wait_from <= 1200), count(*)
FROM stay s JOIN week w ON coalesce(s.called, s.abandoned) >= w.since AND coalesce(s.called, s.abandoned) < w.until
WHERE s.wait_from IS NOT NULL AND (s.called IS NOT NULL OR s.abandoned - s.wait_from > 1200)
GROUP BY s.centre, w.back
"""

BUSY: Final = """
-- from call to finish, of an operator's overlaps once: (centre, week, seconds, services)
WITH service AS (
    SELECT *, max(ended) OVER (PARTITION BY centre, branch, operator ORDER BY called
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_till
    FROM stay WHERE called IS NOT NULL AND ended IS NOT NULL
)
SELECT s.centre, w.back, sum(max(0, ended - max(called, coalesce(busy_till, called)))), count(*)
FROM service s JOIN week w ON s.ended >= w.since AND s.ended < w.until
GROUP BY s.centre, w.back
"""

OPEN: Final = """
-- windows open and not paused, until the next change or 04:00: (centre, week, seconds)
WITH shift AS (
    SELECT centre, type, at, min(
        lead(at) OVER (PARTITION BY centre, branch, data ->> 'operator' ORDER BY at, position),
        unixepoch(day, '+1 day') - 18000 + 4 * 3600) AS until
    FROM told WHERE type LIKE 'operator.%'
)
SELECT s.centre, w.back, sum(min(s.until, w.until) - max(s.at, w.since))
FROM shift s JOIN week w ON s.at < w.until AND s.until > w.since
WHERE s.type IN ('operator.opened', 'operator.resumed')
GROUP BY s.centre, w.back
"""

ON_TIME: Final = """
-- ready by the due day, of those that were finished: (centre, week, part, whole). Stopped in time counts nowhere
SELECT d.centre, w.back, sum(done_day <= due), count(*)
FROM document d JOIN week w ON d.done >= w.since AND d.done < w.until
WHERE d.done_day > d.due OR d.is_ready
GROUP BY d.centre, w.back
"""

OVERDUE: Final = """
-- late at the end of the week, as it was known then: (centre, how many, the greatest lateness in days)
SELECT d.centre, count(*), max(julianday(date(p.at, 'unixepoch', '+5 hours')) - julianday(d.due))
FROM document d JOIN picture p ON p.name = 'end'
WHERE d.arrived <= p.at AND d.late_from <= p.at
  AND NOT coalesce(d.done <= p.at AND d.done_arrived <= p.at, 0)
GROUP BY d.centre
"""

LEAVERS: Final = """
-- who left, week by week: (place, week, how many); the place '' is the network
SELECT e.place, w.back, count(*) FROM employment e
JOIN week w ON e.left_at > w.since AND e.left_at <= w.until
WHERE e.name = 'end' GROUP BY e.place, w.back
"""

EMPLOYMENTS: Final = """
-- one person's time in a place, as it was known at each end of the week: places are centres, and '' for the network
CREATE TEMP TABLE employment AS
WITH RECURSIVE place AS (
    SELECT name, at, centre, centre AS place FROM operating UNION ALL SELECT name, at, centre, '' FROM operating
), move AS (
    SELECT p.name, p.place, t.data ->> 'employee' AS who, t.centre || '/' || t.branch AS unit, t.type, t.at,
           lead(t.type) OVER own AS next_type, lead(t.at) OVER own AS next_at, lag(t.type) OVER own AS before_type
    FROM place p JOIN told t ON t.centre = p.centre AND t.arrived <= p.at
    WHERE t.type IN ('staff.joined', 'staff.left')
    WINDOW own AS (PARTITION BY p.name, p.place, t.data ->> 'employee', t.centre, t.branch ORDER BY t.at)
), spell AS (  -- no joining was told of who left without one: she was always there
    SELECT name, place, who, unit, at AS joined, iif(next_type = 'staff.left', next_at, NULL) AS left_at
    FROM move WHERE type = 'staff.joined'
    UNION ALL
    SELECT name, place, who, unit, -1e18, at FROM move
    WHERE type = 'staff.left' AND before_type IS NOT 'staff.joined'
), ordered AS (
    SELECT *, lag(unit) OVER own AS unit_before,
           max(coalesce(left_at, 1e18)) OVER (own ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS left_before
    FROM spell WINDOW own AS (PARTITION BY name, place, who ORDER BY joined)
), counted AS (  -- overlapping spells are one, and so is another unit of the place within 31 days
    SELECT *, sum(left_before IS NULL OR NOT (
            joined < left_before OR unit <> unit_before AND joined - left_before <= 31 * 86400)) OVER (
        PARTITION BY name, place, who ORDER BY joined ROWS UNBOUNDED PRECEDING) AS nth
    FROM ordered
)
SELECT name, place, who, min(joined) AS joined, nullif(max(coalesce(left_at, 1e18)), 1e18) AS left_at
FROM counted GROUP BY name, place, who, nth
"""

TURNOVER: Final = """
-- leavers of 365 days / the mean headcount of 13 month-boundaries, for a year: (end, place, rate, leavers)
WITH RECURSIVE month AS (SELECT 0 AS ago UNION ALL SELECT ago + 1 FROM month WHERE ago < 12),
known AS (
    SELECT e.name, p.at, e.place, min(iif(joined < 0, left_at, joined)) AS since,
           sum(coalesce(left_at > p.at - 365 * 86400 AND left_at <= p.at, 0)) AS leavers
    FROM employment e JOIN picture p ON p.name = e.name GROUP BY e.name, e.place
), boundary AS (
    SELECT k.*, unixepoch(date(k.at, 'unixepoch', '+5 hours'), '-' || ago || ' months') - 18000 AS moment
    FROM known k, month
), headcount AS (
    SELECT b.name, b.place, b.moment, count(e.who) AS staff
    FROM boundary b LEFT JOIN employment e ON e.name = b.name AND e.place = b.place
      AND e.joined <= b.moment AND (e.left_at IS NULL OR e.left_at > b.moment)
    WHERE b.moment >= b.since GROUP BY b.name, b.place, b.moment
)
SELECT k.name, k.place, k.leavers / avg(h.staff) * 365 * 86400 / min(365 * 86400, k.at - k.since), k.leavers
FROM known k JOIN headcount h ON h.name = k.name AND h.place = k.place
WHERE k.at - k.since >= 30 * 86400 GROUP BY k.name, k.place
"""

PARTIES: Final = """
-- days that each party used of a document until {until}, what it was allowed, and how much more it took
WITH whole AS (SELECT d.*, {until} AS till FROM document d, picture p WHERE p.name = 'end' AND {which}),
used AS (
    SELECT w.centre, w.code, h.agency AS party, sum(min(coalesce(h.until, w.till), w.till) - h.since) AS seconds
    FROM whole w JOIN held h ON h.centre = w.centre AND h.code = w.code AND h.since <= w.till
    GROUP BY w.centre, w.code, h.agency
), allowed AS (
    SELECT w.centre, w.code, w.late_from, w.done, w.due, w.till - w.accepted - coalesce(sum(u.seconds), 0) AS own,
           max(0, (w.late_from - w.accepted) / 86400.0 - coalesce(sum(a.allowance), 0)) AS own_allowance
    FROM whole w LEFT JOIN used u ON u.centre = w.centre AND u.code = w.code LEFT JOIN agency a ON a.id = u.party
    GROUP BY w.centre, w.code
), part AS (
    SELECT u.centre, u.code, u.party, u.seconds / 86400.0 AS days, a.allowance
    FROM used u JOIN agency a ON a.id = u.party WHERE u.seconds > 0
    UNION ALL
    SELECT centre, code, 'centre', own / 86400.0, own_allowance FROM allowed WHERE own > 0
), ranked AS (  -- a tie is the centre's
    SELECT part.*, days - allowance AS over, a.done, a.due, a.late_from,
           row_number() OVER (PARTITION BY part.centre, part.code
                              ORDER BY days - allowance DESC, party = 'centre' DESC) AS nth
    FROM part JOIN allowed a ON a.centre = part.centre AND a.code = part.code
)
"""

AGENCIES: Final = (
    PARTIES.format(
        until="d.done",
        which="d.done >= (SELECT since FROM week WHERE back = 0) AND d.done < (SELECT until FROM week WHERE back = 0)",
    )
    + """
-- of the documents finished in the week: (party, documents, days each, days too many each, late through it)
SELECT party, count(*), avg(days), avg(max(0, over)), sum(nth = 1 AND done >= late_from) FROM ranked GROUP BY party
"""
)

LONGEST: Final = (
    PARTIES.format(
        until="p.at",
        which="d.arrived <= p.at AND d.late_from <= p.at"
        " AND NOT coalesce(d.done <= p.at AND d.done_arrived <= p.at, 0)",
    )
    + """
-- the document that was late for longest at the end: (centre, code, days, whose delay)
SELECT centre, code, julianday(date((SELECT at FROM picture WHERE name = 'end'), 'unixepoch', '+5 hours'))
       - julianday(due), party
FROM ranked WHERE nth = 1 ORDER BY due, code LIMIT 1
"""
)

COMPLAINTS: Final = """
-- (centre, week, about, how many)
SELECT t.centre, w.back, data ->> 'about', count(*) FROM told t JOIN week w ON t.at >= w.since AND t.at < w.until
WHERE t.type = 'complaint.filed' GROUP BY t.centre, w.back, data ->> 'about'
"""

DIRECTIVES: Final = """
-- what had been given by the end of the week: (code, centre, given, due, done), in order
SELECT i.data ->> 'directive', i.centre, i.at, i.data ->> 'due',
       (SELECT d.at FROM told d WHERE d.type = 'directive.done' AND d.centre = i.centre
          AND d.data ->> 'directive' = i.data ->> 'directive' AND d.at <= p.at AND d.arrived <= p.at)
FROM told i JOIN picture p ON p.name = 'end'
WHERE i.type = 'directive.issued' AND i.at <= p.at AND i.arrived <= p.at
ORDER BY i.at, i.data ->> 'directive'
"""

ROLLOUT: Final = """
-- centres that operate at the end, services that one of them said last it offers
SELECT (SELECT count(*) FROM operating WHERE name = 'end'), count(DISTINCT s.value)
FROM (SELECT t.data, row_number() OVER (PARTITION BY t.centre ORDER BY t.at DESC) AS nth
      FROM told t JOIN picture p ON p.name = 'end'
      WHERE t.type = 'services.offered' AND t.at <= p.at AND t.arrived <= p.at) AS said,
     json_each(said.data, '$.services') AS s
WHERE said.nth = 1
"""


def open_asked(path: str, network: Network, begin: float) -> Connection:
    """A connection with all that the queries ask for, about the week that begins then."""
    connection = connect(path)
    tables, views = ASKED.split("-- an event,", 1)
    connection.executescript(tables)
    _fill(connection, "centre", [(each.id, each.planned) for each in network.centres])
    _fill(connection, "service", [(each.id, each.days, each.count) for each in network.services])
    _fill(connection, "agency", [(each.id, each.allowance_days) for each in network.agencies])
    _fill(connection, "calendar", _calendar(date(2026, 8, 1), date(2027, 2, 1)))
    week = 7 * 86_400
    _fill(connection, "week", [(back, begin - back * week, begin - (back - 1) * week) for back in range(9)])
    _fill(connection, "picture", [("begin", begin), ("end", begin + week)])
    connection.executescript("-- an event," + views)
    connection.executescript(EMPLOYMENTS)
    return connection


def _fill(connection: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _calendar(first: date, last: date) -> list[tuple[str, int]]:
    days, nth = [], 0
    for number in range((last - first).days):
        day = first + timedelta(number)
        nth += day.weekday() < 5 and day.isoformat() not in NOT_WORKING
        days.append((day.isoformat(), nth))
    return days
