"""Which queue each job waits in, and which goes first."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.errors import ConfigError

QUEUES: Mapping[str, tuple[str, ...]] = {
    "poll": ("poll", "subscribe"),
    "read": ("read", "revisit"),
    "analyse": ("screen", "analyse", "backfill"),
    "tell": ("alert", "urgent", "webhook", "chat", "compose", "deliver", "watch", "upkeep", "prune"),
}
"""What a worker is started for. Whoever serves ``analyse`` stands by for the chronicle too."""

CHRONICLE = "chronicle"
"""A queue of its own: only the process that weaves takes from it, for it has the stories in memory."""

SIDE_BY_SIDE = frozenset({"poll", "screen", "read", "analyse"})
"""Jobs that claim rows of their own; of every other job one round runs at a time, anywhere."""

ASKING = frozenset({"poll", "read"})
"""Jobs that take as many rows as they have room to ask for."""

# What people wait for first; then what is quick and feeds the rest; then the model; housekeeping last.
_ORDER: Sequence[str] = (
    "alert", "urgent", "webhook", "chat", "chronicle", "compose", "deliver", "poll", "screen", "read", "analyse",
    "subscribe", "revisit", "watch", "backfill", "upkeep", "prune",
)  # fmt: skip
PRIORITY: Mapping[str, int] = {job: 100 - place for place, job in enumerate(_ORDER)}

QUEUE_OF: Mapping[str, str] = {job: queue for queue, jobs in QUEUES.items() for job in jobs} | {CHRONICLE: CHRONICLE}


def chosen(names: str | Iterable[str]) -> tuple[str, ...]:
    """The queues named, once each. Raises ConfigError for a name that is none."""
    listed = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    if wrong := [name for name in listed if name not in QUEUES]:
        known = ", ".join(QUEUES)
        raise ConfigError(f"there is no queue {wrong[0]!r}. Name some of {known}, with commas between them.")
    return tuple(dict.fromkeys(listed))


TICKS: Mapping[str, float] = {
    "poll": 1.0,
    "alert": 5.0,
    "screen": 10.0,
    "read": 10.0,
    "analyse": 10.0,
    "chronicle": 10.0,
    "urgent": 10.0,
    "webhook": 10.0,
    "chat": 10.0,
    "deliver": 10.0,
    "compose": 20.0,
    "revisit": 30.0,
    "subscribe": 30.0,
    "backfill": 30.0,
    "upkeep": 300.0,
    "prune": 300.0,
    "watch": 300.0,
}
"""Seconds between the timer's nudges. Work that follows from other work is nudged at once; this is for what is left."""
