"""The command `agent`: options in, a running agent out."""

import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

import click

from dashboard.settings import Settings
from data_sources import agent
from data_sources.agent_link import Link
from data_sources.agent_outbox import Outbox
from data_sources.agent_rows import Place
from data_sources.agent_sources import Database, Folder, Lines, Source
from data_sources.services import network_of


def run(
    settings: Settings, centre: str, url: str, token: str, options: Mapping[str, Any], stop: threading.Event
) -> None:
    """Run until ``stop``, or until standard input has ended and all of it is sent."""
    source = source_of(options)
    place = Place(centre, options["branch"], network_of(settings).local)
    outbox = Outbox(settings.data_dir / "agent" / f"{centre}.db")
    link = Link(url, token, time.time, ca_file=options["ca_file"])
    told = agent.Options(place, options["queue_system"], options["clock_rule"])
    try:
        agent.run(agent.Agent(source, outbox, link, told), source, stop)
    finally:
        link.close()
        outbox.close()


def source_of(options: Mapping[str, Any]) -> Source:
    """The one source that the options name; standard input when they name none."""
    if options["folder"] and options["database"]:
        raise click.UsageError("--folder and --database exclude each other")
    if options["folder"]:
        return Folder(options["folder"])
    if options["database"]:
        if not (options["query"] and options["watermark"]):
            raise click.UsageError("--database needs --query and --watermark")
        return Database(options["database"], options["query"], options["watermark"], options["start"])
    return Lines(sys.stdin)
