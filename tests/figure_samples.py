"""A sample of every figure, from made data: for the tests and for the contact sheet that people look at."""

from collections.abc import Callable
from math import exp, sin
from typing import Any

from shown_network import NETWORK, NOW

from layouts import figures
from layouts.view import View

TODAY = NETWORK.local.day(NOW)
OPEN = NETWORK.local.at(TODAY, 9 * 3600)
UNITS = {"ru": ("мин", "чел.", "талонов", "талонов в час"), "kk": ("мин", "адам", "талон", "сағатына талон")}
UNITS["en"] = ("min", "ppl", "tickets", "tickets an hour")
LONG_NAMES = (
    "Государственная регистрация прав на недвижимое имущество и его обременений",
    "Выдача удостоверения личности",
    "Регистрация по месту жительства",
    "Справка о наличии (отсутствии) недвижимого имущества",
    "Назначение государственной базовой пенсионной выплаты по возрасту",
)
STAGES = ("Приём", "В земельном кадастре", "На подписи", "Готово к выдаче")
HOLDERS = ("Центр", "Земельный кадастр, филиал по Атырауской области")
NAMES = (*LONG_NAMES, *STAGES, *HOLDERS)
"""Names from a network file, which are the same in every language here."""


def unit(view: View, place: int) -> str:
    return UNITS[view.catalogue.language][place]


def day_against_usual(view: View) -> Any:
    usual = [(9 * 3600 + 300.0 * n, 14 + 9 * sin(n / 18)) for n in range(108)]
    today = [(OPEN + 300.0 * n, None if n in (7, 8) else 16 + 12 * sin(n / 14) + n % 3) for n in range(18)]
    low, high = [(at, value * 0.6) for at, value in usual], [(at, value * 1.5) for at, value in usual]
    title = view.catalogue.gettext("Waiting, ppl")
    return figures.day_against_usual(view, today, usual, low, high, unit=unit(view, 0), title=title, norm=20, now=NOW)


def arrivals_and_served(view: View) -> Any:
    hours = {9: (42, 30), 10: (58, 51), 11: (61, 55), 12: (None, None), 13: (22, 31)}
    return figures.arrivals_and_served(view, hours, {hour: 40.0 + 3 * (hour % 4) for hour in range(9, 18)})


def arrivals_round_the_clock(view: View) -> Any:
    hours = {hour: (20 + hour % 7, 18 + hour % 5) for hour in range(24) if hour < 7 or hour > 18}
    return figures.arrivals_and_served(view, hours, None)


def by_day(view: View) -> Any:
    days = {TODAY - 29 + n: None if (TODAY - 29 + n) % 7 == 0 else 12 + (n * 7) % 11 + n / 10 for n in range(30)}
    before = {day - 30: None if value is None else value * 0.8 for day, value in days.items()}
    return figures.by_day(view, days, before, unit=unit(view, 0), norm=20)


def by_day_shares(view: View) -> Any:
    return figures.by_day(view, {TODAY - 6 + n: 0.7 + n / 25 for n in range(7)}, None, unit="%", norm=0.85)


def hour_of_week(view: View) -> Any:
    cells = {(d, h): 3 + 40 * exp(-((h - 11) ** 2) / 8) * (1 - d / 9) for d in range(6) for h in range(9, 19)}
    return figures.hour_of_week(view, cells | {(5, h): None for h in range(14, 19)}, unit=unit(view, 1))


def ranked_bars(view: View) -> Any:
    rows = [
        (name, 412 - 81 * n, 34.0 - 7 * n if n != 3 else None, ("act", "watch", "", "", "")[n])
        for n, name in enumerate(LONG_NAMES)
    ]
    return figures.ranked_bars(view, rows, unit=unit(view, 2), second_unit=unit(view, 0))


def stages(view: View) -> Any:
    rows = list(zip(STAGES, (34, 58, 9, None), (0, 12, 1, None), strict=True))
    return figures.stages(view, rows)


def timeline(view: View) -> Any:
    """Operators of a branch, this morning."""
    gettext = view.catalogue.gettext
    kinds = {
        "serving": (gettext("served"), "ok"),
        "open": (gettext("in contact"), "idle"),
        "paused": (gettext("late"), "watch"),
        "closed": (gettext("closed"), "off"),
    }
    lanes = [
        (
            f"{n + 1} · op-{n + 11}",
            [
                (OPEN + 60 * n, OPEN + 1500, "serving", f"A{n}"),
                (OPEN + 1500, OPEN + 2400, "open", ""),
                (OPEN + 2400, OPEN + 3300 + 60 * n, "paused" if n % 2 else "serving", "B12"),
                (OPEN + 3300 + 60 * n, None, "closed" if n == 3 else "serving", "B17"),
            ],
        )
        for n in range(5)
    ]
    return figures.timeline(view, lanes, kinds=kinds, now=NOW, hours=(9, 18))


def timeline_of_a_document(view: View) -> Any:
    day, gettext = 86_400.0, view.catalogue.gettext
    kinds = {"held": (gettext("in time"), "ok"), "over": (gettext("late"), "act")}
    lanes = [
        (HOLDERS[0], [(NOW - 19 * day, NOW - 16 * day, "held", ""), (NOW - 2 * day, None, "over", "")]),
        (
            HOLDERS[1],
            [(NOW - 16 * day, NOW - 11 * day, "held", ""), (NOW - 11 * day, NOW - 2 * day, "over", "")],
        ),
    ]
    return figures.timeline(view, lanes, kinds=kinds, now=NOW)


def spread(view: View) -> Any:
    points = [(f"op-{n + 11}", None if n == 4 else 3.2 + (n * 37 % 23) / 9) for n in range(16)]
    return figures.spread(view, points, unit=unit(view, 3), median=4.4, norm=5.0)


def days_distribution(view: View) -> Any:
    bins: list[tuple[float, float | None, int]] = [
        (n, n + 1, count) for n, count in enumerate((3, 18, 40, 66, 71, 88, 97, 120, 154, 131))
    ]
    tail: list[tuple[float, float | None, int]] = [
        (10, 15, 63), (15, 20, 31), (20, 30, 22), (30, 60, 14), (60, 90, 9), (90, 180, 4), (180, 365, 2),
        (365, None, 1),
    ]  # fmt: skip
    return figures.days_distribution(view, bins + tail)


def forecast(view: View) -> Any:
    days = [
        (TODAY - 4 + n, 6.0 + n % 4, 3.0 + n % 4, 10.0 + n % 4, (5, 9, 6, 8)[n] if n < 4 else None) for n in range(9)
    ]
    return figures.forecast(view, days)


def joiners_and_leavers(view: View) -> Any:
    months = [
        (2025 + (n + 11) // 12, (n + 11) % 12 + 1, (n * 5) % 7, None if n == 2 else (n * 3) % 5) for n in range(12)
    ]
    return figures.joiners_and_leavers(view, months)


def survival(view: View) -> Any:
    steps = [(n * 2.0, exp(-n / 14), max(0, exp(-n / 14) - n / 140), min(1, exp(-n / 14) + n / 140)) for n in range(19)]
    return figures.survival(view, steps, [(0, 184), (6, 133), (12, 97), (24, 41), (36, 12)])


def turnover_against_load(view: View) -> Any:
    places = [
        (f"{view.name(c.id)}, {view.branch_name(c.id, c.branches[0].id)}", c.branches[0].id) for c in NETWORK.centres
    ]
    points = [
        (name, 0.52 + (n * 7 % 16) / 36, None if n == 5 else 0.04 + (n * 11 % 16) / 64, 5 + n * 3, f"/branch/{branch}")
        for n, (name, branch) in enumerate(places)
    ]
    return figures.turnover_against_load(view, points)


def reasons(view: View) -> Any:
    return figures.reasons(view, {"pay": 14, "workload": 9, "dismissed": 2, "moved": 4, "other": 3})


SAMPLES: dict[str, Callable[[View], Any]] = {
    each.__name__: each
    for each in (
        day_against_usual,
        arrivals_and_served,
        arrivals_round_the_clock,
        by_day,
        by_day_shares,
        hour_of_week,
        ranked_bars,
        stages,
        timeline,
        timeline_of_a_document,
        spread,
        days_distribution,
        forecast,
        joiners_and_leavers,
        survival,
        turnover_against_load,
        reasons,
    )
}
