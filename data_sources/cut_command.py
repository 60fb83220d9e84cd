"""``demo-outage``: a simulated centre falls silent for a while, so that anybody can see an alarm once."""

from dashboard.settings import Settings
from data_sources import runfile
from data_sources.demonstration import DemoError
from data_sources.services import attached, connect
from data_sources.simulator.append import simulator_key
from data_sources.simulator.cut import cut


def run(settings: Settings, centre: str, minutes: float) -> str:
    """Cut the line, or with 0 minutes mend it; says until when. :class:`DemoError` where no demo runs: it is the
    simulator that keeps silent, and a real centre has none."""
    running = runfile.read(settings.data_dir)
    if running is None or "simulator" not in running["pids"]:
        raise DemoError(f"no demo runs on {settings.data_dir}: start one with `python app.py demo`")
    services = connect(attached(settings, running))
    network = services.network
    if centre not in network.centre_by_id or not services.redis.exists(simulator_key(centre)):
        raise DemoError(f"the demo has no centre {centre!r}; it has {', '.join(network.centre_by_id)}")
    until = services.clock() + minutes * 60
    cut(services.redis, network, centre, until)
    if not minutes:
        return f"{centre} speaks again"
    when = network.local.to_datetime(until).strftime("%H:%M:%S")
    return f"{centre} is silent until {when} by the wall's clock; `demo-outage {centre} 0` ends it before"
