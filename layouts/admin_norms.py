"""Administration: the norms and thresholds in force, as the network file has them."""

from layouts import behind_words
from layouts.admin import Admin, Cell, Part, Row
from layouts.metric_words import LABELS
from layouts.view import View


def norms(view: View) -> Admin:
    """Every number that has a norm or a threshold."""
    _ = view.catalogue.gettext
    ruled = {each.metric for each in view.network.thresholds}
    none = _("no norm is set")
    rows = []
    for key, label in LABELS.items():
        norm = behind_words.norm(view, key)
        if norm == none and key not in ruled:
            continue
        edges = dict(behind_words.thresholds(view, key))
        rows.append(Row((Cell(_(label)), Cell(norm), Cell(edges.get("watch", "—")), Cell(edges.get("act", "—")))))
    heads = (_("What is measured"), _("Norm"), _("First threshold"), _("Second threshold"))
    lines = (_("They stand in the network file. Whoever changes the file starts worker and web again."),)
    return Admin(
        _("Norms and thresholds"),
        "admin-norms",
        tab="/admin/norms",
        parts=(Part(lines=lines, heads=heads, rows=tuple(rows)),),
    )
