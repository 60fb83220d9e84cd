"""``run.json``: where a running instance is to be found (design §3.3)."""

import json
import os
from pathlib import Path
from typing import Any


def path(data_dir: Path) -> Path:
    return data_dir / "run.json"


def write(data_dir: Path, content: dict[str, Any]) -> None:
    """Write it as a whole or not at all; for the owner's eyes, as a URL may hold a password.

    ``started`` is added: with the pid it names one process, as pids come again after a power cut or in a container.
    """
    content = {**content, "started": _started(content["pids"]["demo"])}
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
        pid = content["pids"]["demo"]
        if content.get("started") not in (None, _started(pid)):
            return None
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError, ValueError, KeyError):
        return None
    return content


def _started(pid: int) -> int | None:
    """When a process started, clock ticks since the machine did; None where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return None
