"""gunicorn's own logs go the way of ours (data_sources/logs.py); requests are data_sources/request_logs.py's."""

from typing import Any

from gunicorn import glogging

from data_sources import logs


class Logs(glogging.Logger):  # type: ignore[misc]
    def setup(self, cfg: Any) -> None:
        """No handlers and no format of its own."""
        logs.configure()
        self.error_log.propagate = True
        self.error_log.handlers = []
        self.error_log.setLevel(self.LOG_LEVELS.get(cfg.loglevel.lower(), 20))
        self.access_log.propagate = False
        self.access_log.handlers = []
