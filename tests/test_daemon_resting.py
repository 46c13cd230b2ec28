"""A look that takes long is made seldom."""

from collections.abc import Callable

from monitor.daemon.resting import Resting


def counted(costs: float, *, ticks: int, every: float, sees: bool = True) -> int:
    """How often a look that takes so many seconds is made in so many ticks of a made-up clock."""
    now = 0.0
    looks = 0

    def look() -> bool:
        nonlocal now, looks
        looks += 1
        now += costs
        return sees

    resting: Callable[[], None] = Resting(look, clock=lambda: now)
    for _ in range(ticks):
        resting()
        now += every
    return looks


def test_a_quick_look_is_made_at_every_tick() -> None:
    assert counted(0.01, ticks=50, every=2.0) == 50


def test_a_slow_look_takes_a_twentieth_of_the_time() -> None:
    assert counted(1.0, ticks=100, every=2.0) == 10


def test_a_look_that_could_not_see_is_made_again_at_once() -> None:
    assert counted(1.0, ticks=100, every=2.0, sees=False) == 100
