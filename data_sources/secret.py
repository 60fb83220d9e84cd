"""The secret that signs cookies where none is set: made once, kept in the data folder for its owner alone."""

import os
import secrets
import time
from pathlib import Path
from typing import Final

from dashboard.settings import PREFIX, Settings, SettingsError
from data_sources.accounts import Accounts

NAME: Final = "secret"
_LEAST: Final = 32


def kept_secret(folder: Path) -> str:
    """The folder's secret. Processes that start at once all get the same one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(file, "w") as target:
        secret = secrets.token_urlsafe(_LEAST)
        target.write(secret)
    return secret


def _read(path: Path) -> str:
    for _ in range(100):  # who made it may still be writing
        found = path.read_text()
        if len(found) >= _LEAST:
            return found
        time.sleep(0.02)
    raise SettingsError(f"{path} holds no secret: remove it, and a new one is made (everybody signs in again)")


def refuse_unsafe(settings: Settings, accounts: Accounts) -> None:
    """Before others than this machine can reach the web. :class:`SettingsError` says what is missing."""
    if settings.is_local:
        return
    reached = f"{PREFIX}HOST is {settings.host!r}, which other machines can reach"
    if settings.secret_key is None:
        make = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        raise SettingsError(f"{reached}, and there is no secret key: set {PREFIX}SECRET_KEY to what `{make}` prints")
    if not accounts.has_administrator():
        make = "python app.py user LOGIN --make --role administrator"
        raise SettingsError(f"{reached}, and nobody could sign in to administer it: first run `{make}`")
