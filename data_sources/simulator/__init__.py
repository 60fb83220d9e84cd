"""The simulator: centres whose life follows from one parameter file, for the demo, benches and tests.

:func:`simulate` gives one centre's events; :func:`fill` and :func:`continue_live` write them to the streams.
"""

from data_sources.simulator.centre import simulate
from data_sources.simulator.clock import demo_offset
from data_sources.simulator.feed import StaleHistoryError, continue_live, fill, kept
from data_sources.simulator.parameters import Parameters, load

__all__ = ["Parameters", "StaleHistoryError", "continue_live", "demo_offset", "fill", "kept", "load", "simulate"]
