"""Opening hours of branches and centres, in local time."""

from dashboard.network import Branch, Centre, Network


def opening(branch: Branch, network: Network, day: int) -> tuple[float, float] | None:
    """Opening and closing of a local day in epoch seconds; None when closed all day.

    On a day when the clocks change the doors still open and close by the wall clock.
    """
    shift = branch.hours[(day - 1) % 7]  # ordinal 1 was a Monday
    if shift is None or (network.calendar.is_holiday(day) and not branch.on_holidays):
        return None
    return network.local.at(day, shift.opens * 60), network.local.at(day, shift.closes * 60)


def is_open(branch: Branch, network: Network, now: float) -> bool:
    """Whether a branch is open at a moment (epoch seconds): opening included, closing not."""
    hours = opening(branch, network, network.local.day(now))
    return hours is not None and hours[0] <= now < hours[1]


def centre_is_open(centre: Centre, network: Network, now: float) -> bool:
    """Whether any branch of a centre is open at a moment (epoch seconds)."""
    return any(is_open(branch, network, now) for branch in centre.branches)
