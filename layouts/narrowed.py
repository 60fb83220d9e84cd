"""Pages of the network that ``of`` narrows to a centre: which one, what the page is then called, where one is."""

from dashboard.network import Network
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View

Problem = tuple[str, str]


def wanted_centre(network: Network, asked: Asked) -> tuple[str | None, list[Problem]]:
    """The centre that the page is narrowed to by ``of`` (of a branch, its centre), and what was wrong with it."""
    said = asked.filters.get("of")
    if said is None:
        return None, []
    centre = said.partition("/")[0]
    return (centre, []) if centre in network.centre_by_id else (None, [("unknown_centre", centre)])


def title(view: View, asked: Asked, name: str) -> str:
    """Of the page called ``name``, in the viewer's language."""
    centre, _problems = wanted_centre(view.network, asked)
    return f"{name}: {view.name(centre)}" if centre else name


def crumbs(view: View, asked: Asked, name: str, **left_out: None) -> list[Crumb]:
    """``left_out`` is what the way back to the whole network leaves out beside the centre."""
    centre, _problems = wanted_centre(view.network, asked)
    wall = (view.catalogue.gettext("Wall"), asked.href("/wall"))
    if centre is None:
        return [wall, (name, None)]
    return [wall, (name, asked.href(of=None, **left_out)), (view.name(centre), None)]
