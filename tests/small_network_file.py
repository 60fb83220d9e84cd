"""A small network file with something of everything, and any values to put into a TOML text."""

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from dashboard.network_file import NetworkError, parse

SMALL = """\
id = "small"
names = { ru = "Сеть", kk = "Желі", en = "Network" }
time_zone = "Asia/Atyrau"
working_week = ["mon", "tue", "wed", "thu", "fri"]

[hours.office]
mon-fri = "09:00-18:00"
wed = "10:00-20:00"
thu = "closed"

[norms]
wait_s = 900
turnover = 0.2

[[thresholds]]
metric = "sla.overdue"
watch = 5
act = 20

[[thresholds]]
metric = "queue.within_norm"
watch = 0.9
act = 0.7
margin = 0.05

[[agencies]]
id = "cadastre"
names = { ru = "Кадастр", kk = "Кадастр", en = "Cadastre" }
allowance_days = 5

[[services]]
id = "estate"
names = { ru = "Недвижимость", kk = "Мүлік", en = "Real estate" }

[[services]]
id = "card"
names = { ru = "Карта", kk = "Карта", en = "Card" }
days = 15
count = "working"
offered = false

[[centres]]
id = "one"
names = { ru = "Один", kk = "Бір", en = "One" }
kind = "city"
district = { ru = "Город", kk = "Қала", en = "City" }

[[centres.branches]]
id = "main"
names = { ru = "Зал", kk = "Зал", en = "Hall" }
windows = 3
hours = "office"
posts = 7
latitude = 47.1
longitude = 51.9

[[centres.branches]]
id = "hall-2"
names = { ru = "Зал 2", kk = "2 зал", en = "Hall 2" }
windows = [
  "A1",  # by the door
  "A2",
]
hours = "office"
posts = 2
latitude = 47.2
longitude = 51.8

[[centres]]
id = "two"
names = { ru = "Два", kk = "Екі", en = "Two" }
kind = "rural"
district = { ru = "Район", kk = "Аудан", en = "District" }
planned = true
opens = 2008-12-31
assumption = true
note = "A guess."

[[centres.branches]]
id = "main"
names = { ru = "Зал", kk = "Зал", en = "Hall" }
windows = 3
hours = "office"
posts = 4
latitude = 47.3
longitude = 51.7
"""


def refused(text: str) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        parse(text, "small.toml")
    return caught.value


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=5).filter(str.isprintable),
        st.dates(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "ru", "kk", "en", "x"]), inner),
    max_leaves=5,
)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    if isinstance(value, float):
        return str(value)  # inf, -inf and nan are TOML too
    return str(value).lower() if isinstance(value, bool) else str(value)
