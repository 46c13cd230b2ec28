"""The promises, in the order in which ``docs/promises.md`` makes them."""

from proof import (
    bounded,
    clock,
    hostile_input,
    manners,
    no_loss,
    no_silent_death,
    no_stall,
    nobody_let_in,
    safe_upgrades,
    strangers_day,
    supply_chain,
)
from proof.promise import Promise

PROMISES: tuple[Promise, ...] = (
    no_loss.PROMISE,
    no_silent_death.PROMISE,
    no_stall.PROMISE,
    bounded.PROMISE,
    manners.PROMISE,
    safe_upgrades.PROMISE,
    clock.PROMISE,
    hostile_input.PROMISE,
    nobody_let_in.PROMISE,
    supply_chain.PROMISE,
    strangers_day.PROMISE,
)
