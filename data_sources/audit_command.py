"""The command `audit`: the newest entries of the audit log, and whether the log is whole."""

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from data_sources.audit import Audit


def run(audit: Audit, limit: int, action: str | None) -> int:
    """Print them, and verify the log from its first entry; 0 when it is as it was written, else 1."""
    table = Table("number", "when (UTC)", "what", "who", "address", "about")
    for each in reversed(audit.read(limit=limit, action=action)):
        when = datetime.fromtimestamp(each.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
        about = " ".join(f"{name}={value}" for name, value in each.about.items())
        cells = (each.action, each.who or "—", each.address, about)
        table.add_row(str(each.number), when, *(escape(shown(cell)) for cell in cells))
    console = Console()
    console.print(table)
    verdict = audit.verify()
    if verdict.problem:
        console.print(f"The log was tampered with: {escape(shown(verdict.problem))}. Before that all is as written.")
        return 1
    console.print(f"{verdict.entries:,} entries, each as it was written.")
    return 0


def shown(text: str) -> str:
    """A text of others on one line, with nothing in it that a terminal obeys."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
