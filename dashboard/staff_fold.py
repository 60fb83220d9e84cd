"""Staff: the folds of ``staff.*``."""

from dashboard import events as ev
from dashboard.facts import At
from dashboard.state import CentreState, Spell


def joined(state: CentreState, data: ev.StaffJoinedData, at: At) -> None:
    at.count("staff.joined")
    spells = state.staff.setdefault(data.employee, [])
    for spell in spells:
        if spell.unit == at.branch and spell.joined is None and at.moment <= (spell.left or at.moment):
            spell.joined = at.moment  # the leaving came first
            return
        if spell.unit == at.branch and spell.left is None:
            spell.joined = min(at.moment, spell.joined if spell.joined is not None else at.moment)
            return
    spells.append(Spell(at.branch, joined=at.moment))


def left(state: CentreState, data: ev.StaffLeftData, at: At) -> None:
    at.count("staff.left", data.reason)
    spells = state.staff.setdefault(data.employee, [])
    for spell in spells:
        fits = spell.unit == at.branch and spell.left is None
        if fits and (spell.joined is None or spell.joined <= at.moment):
            spell.left, spell.reason = at.moment, data.reason
            return
    spells.append(Spell(at.branch, left=at.moment, reason=data.reason))


def posts(state: CentreState, data: ev.StaffPostsData, at: At) -> None:
    at.count("staff.posts")
    known = state.posts.get(at.branch)
    if known is None or at.moment >= known[0]:
        state.posts[at.branch] = (at.moment, data.posts)
