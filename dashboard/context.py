"""Where and when the event that is being folded happened, and where its facts go."""

from msgspec import Struct

from dashboard.facts import Facts
from dashboard.network import Network


class At(Struct, gc=False):
    moment: float
    """Epoch seconds."""
    day: int
    """Local day, an ordinal."""
    branch: str
    """Branch id, or "" for the whole centre."""
    network: Network
    facts: Facts
