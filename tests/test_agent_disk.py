"""The agent on a disk that is really full."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from data_sources.agent_outbox import FullDiskError, Outbox


def test_a_disk_without_room_is_told_of_and_what_was_taken_is_there_after_a_restart(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        box, taken = Outbox(disk / "one.db"), 0
        with suppress(FullDiskError):
            while taken < 100_000:
                box.take("s", str(taken + 50), [(1.0, b"x" * 200) for _ in range(50)])
                taken += 50
        assert 0 < taken < 100_000
        assert (box.length(), box.mark("s")) == (taken, str(taken))
        box.done(box.first(taken))
        assert box.length() == 0  # sent, though there is no room to write it down
        box.close()
        again = Outbox(disk / "one.db")
        assert (again.length(), again.mark("s")) == (taken, str(taken))
        again.close()


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """A file system of 300 KiB, where one may be mounted."""
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", at]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield at
    finally:
        subprocess.run(["umount", at], check=True)
