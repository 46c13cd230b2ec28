"""Clock: what time zones, leap days and seconds, wrong clocks and sleep do to polls, digests, rights and dates."""

from proof import clock_dates, clock_digests, clock_holding, clock_periods, clock_process
from proof.promise import Part, Promise

PROMISE = Promise(
    key="clock",
    says="Changes of clocks, leap days and seconds, a wall clock set by two hours and three days of sleep neither stop "
    "polls nor bring a storm of them; every recipient gets one digest a period, and after a sleep one for all of it.",
    parts=(
        Part(name="ends of periods", run=clock_periods.compared, minutes=8),
        Part(name="digests of a driven clock", run=clock_digests.digests, minutes=25),
        Part(name="rights and claims", run=clock_holding.holding, minutes=6),
        Part(name="dates in feeds", run=clock_dates.dates, minutes=3),
        Part(name="a program whose clock is set", run=clock_process.process, minutes=15),
    ),
    quick={
        "tests/test_digest_periods.py": "where periods end in odd zones, and that they tile time",
        "tests/test_telling_jobs.py": "after three days down one digest answers for all of them",
        "tests/test_daemon_trouble.py": "the timer goes on when the clock is set back; leases over a sleep",
        "tests/test_store_upkeep.py": "what was claimed and polled while the clock was ahead is free and due again",
        "tests/test_sources.py": "leap seconds, and zones by their names",
    },
)
