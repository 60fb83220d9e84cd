"""What a password must be (NIST SP 800-63B): long, and not one that everybody tries; no rules of letters and digits."""

from itertools import pairwise
from typing import Final

LEAST: Final = 12
MOST: Final = 256
"""Characters; a hash of megabytes would keep the server busy."""
_WORDS: Final = (
    "password passw0rd password1 qwerty qwertyuiop qwerty123 asdfghjkl zxcvbnm 1q2w3e4r 1qaz2wsx q1w2e3r4t5 iloveyou "
    "welcome letmein admin administrator root user login changeme default secret master monkey dragon football "
    "sunshine princess superman batman trustno1 abc123 qazwsx "
    "пароль парольпароль йцукен йцукенгшщзхъ админ администратор привет любовь солнышко наташа максим марина "
    "казахстан kazakhstan qazaqstan qazaqstan2030 атырау atyrau almaty astana nursultan akimat akim цон "
    "құпиясөз қазақстан tendays ten-days tendays2026"
).split()
"""The commonest of public lists of leaked passwords, and the words that lie near here; whole, or said again and again,
or with digits and signs around them."""


def problem_of(password: str, login: str, name: str = "") -> str | None:
    """What is wrong with a password: ``password_short``, ``password_long``, ``password_login`` (it is made of the login
    or the name) or ``password_common``; None when nothing is."""
    if len(password) < LEAST:
        return "password_short"
    if len(password) > MOST:
        return "password_long"
    plain = password.casefold()
    core = plain.strip("0123456789!@#$%^&*()-_=+.,?/\\ ")
    for said in (login.casefold(), login.casefold().partition("@")[0], name.casefold()):
        if len(said) > 2 and said in plain and len(plain.replace(said, "")) < LEAST // 2:
            return "password_login"
    if len(set(plain)) < 5 or _is_run(plain) or not core or any(_is_made_of(core, each) for each in _WORDS):
        return "password_common"
    return None


def _is_made_of(text: str, word: str) -> bool:
    return len(word) > 2 and not text.replace(word, "")


def _is_run(text: str) -> bool:
    """``abcdefghijkl``, ``123456789012``: each character follows the one before."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps - {-9, 9}) == 1 and abs(next(iter(steps - {-9, 9}))) <= 1
