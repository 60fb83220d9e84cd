"""``run.json``: where a running instance is to be found (design §3.3)."""

import json
import os
from pathlib import Path
from typing import Any


def path(data_dir: Path) -> Path:
    return data_dir / "run.json"


def write(data_dir: Path, content: dict[str, Any]) -> None:
    """Write it as a whole or not at all; for the owner's eyes, as a URL may hold a password."""
    target = path(data_dir)
    draft = target.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    draft.replace(target)


def remove(data_dir: Path) -> None:
    path(data_dir).unlink(missing_ok=True)


def read(data_dir: Path) -> dict[str, Any] | None:
    """The running instance's, None when none runs (one that a killed instance left behind does not count)."""
    try:
        content: dict[str, Any] = json.loads(path(data_dir).read_text())
        os.kill(content["pids"]["demo"], 0)
    except (FileNotFoundError, ProcessLookupError, ValueError, KeyError):
        return None
    return content
