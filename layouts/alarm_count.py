"""How many alarms stand, in the header of every page that one sits before; and what makes them heard.

assets/desk-alarms.js goes on counting as the runner speaks, and plays the tone.
"""

from dash import html

from dashboard.alert_board import Board, alarms_of, is_watched
from dashboard.i18n import UNKNOWN
from layouts.view import View


def alarm_count(view: View, found: Board | None, at: float) -> html.Span:
    """``found``: what stands of what the viewer may see; ``at``: the moment of the picture, epoch seconds."""
    text, mark = count_text(view, found, at)
    title = view.catalogue.gettext("Alarms that stand; a dash: nobody watches the rules")
    return html.Span(text, className="alarm-count", title=title, **{"data-part": "alarm-count", "data-mark": mark})


def count_text(view: View, found: Board | None, at: float) -> tuple[str, str]:
    """The number, nothing for none, a dash when it is not known; and its mark: that of the worst that nobody has."""
    if found is None or not is_watched(found, at):
        return UNKNOWN, "off"
    alarms = list(alarms_of(found))
    free = {each["severity"] for each in alarms if each["state"] == "firing"}
    mark = "act" if "act" in free else "watch" if free else "ok"
    return (view.catalogue.number(len(alarms)) if alarms else ""), mark


def blocked(view: View) -> html.P:
    """Shown on every page while sound is wanted and the browser plays none."""
    _ = view.catalogue.gettext
    said = _("The sound of alarms is on, but this browser plays none before the page is clicked or a key pressed.")
    return html.P(said, className="sound-blocked", role="status", **{"data-sound-when": "blocked"})


def switch(view: View) -> html.Div:
    """The switch on the alarms page: the browser remembers it, and the click is what it asks for before it plays."""
    _ = view.catalogue.gettext
    off, on = (
        _("Sound is off."),
        _("Sound is on: a new alarm is heard on this computer while a page with this header is open."),
    )
    return html.Div(
        [_state(off, _("Turn the sound on"), "on"), _state(on, _("Turn the sound off"), "off")],
        className="sound-switch",
        role="group",
        **{"aria-label": _("Sound")},
    )


def _state(said: str, way: str, turn: str) -> html.P:
    button = html.Button(way, type="button", **{"data-sound-turn": turn})
    return html.P([html.Span(said), button], **{"data-sound-when": "off" if turn == "on" else "on"})
