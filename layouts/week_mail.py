"""What is written with a weekly deck that is sent: whose week it is, the four numbers in words, what is attached."""

from collections.abc import Sequence

from dashboard.deck import Deck, Slide
from layouts.view import View


def texts(view: View, deck: Deck) -> tuple[str, str]:
    """Title and body. It can be read on a telephone, without opening a file."""
    own = view.viewer.centre
    title = f"{view.name(own) if own else deck.network}. {deck.title}"
    summary = next((each for each in deck.slides if each.kind == ("centre" if own else "title")), None)
    parts = [deck.state, *(_numbers(summary) if summary else ()), *_standing(deck.slides)]
    parts.append(view.catalogue.gettext("The slides of the week are attached."))
    return title, "\n\n".join(each for each in parts if each)


def _numbers(slide: Slide) -> list[str]:
    return ["\n".join(f"{each.label}: {each.text}. {each.sentence}" for each in slide.cards)]


def _standing(slides: Sequence[Slide]) -> list[str]:
    """Who must answer; of the whole network's deck."""
    return [each.lead for each in slides if each.id == "standing"]
