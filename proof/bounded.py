"""Bounded: 200,000 articles leave memory, descriptors and threads as they were, and the database as planned."""

from collections.abc import Sequence

from proof.bounded_chart import drawn
from proof.bounded_judged import ENOUGH, judged
from proof.bounded_soak import Soak, kept_days, postgres, soak
from proof.bounded_watch import Sample
from proof.ledger import ROOT
from proof.promise import Figure, Part, Promise, Scene

CHART = ROOT / "docs" / "promises-soak.svg"


def on_sqlite(scene: Scene) -> Sequence[Figure]:
    """Everything in one process tree, on a file. A run that is long enough to be judged is drawn for the page."""
    url = f"sqlite:///{(scene.folder / 'soak.sqlite3').absolute()}"
    samples = soak(scene, Soak(url=url, commands=[("main", ["run", "--no-live"])]))
    if samples[-1].articles >= ENOUGH:
        CHART.write_bytes(drawn(samples))
    return _figures(scene, samples, postgres=False)


def on_postgres(scene: Scene) -> Sequence[Figure]:
    """A daemon and two workers: one polls, reads and tells, the other has the model and weaves."""
    with postgres(scene.folder / "postgres") as url:
        commands = [
            ("daemon", ["daemon"]),
            ("reading worker", ["worker", "--queues", "poll,read,tell"]),
            ("analysing worker", ["worker", "--queues", "analyse"]),
        ]
        samples = soak(scene, Soak(url=url, commands=commands))
    return _figures(scene, samples, postgres=True)


def _figures(scene: Scene, samples: Sequence[Sample], *, postgres: bool) -> Sequence[Figure]:
    mails = scene.remembered("mails") or 0
    told = Figure(what="digests and alerts by SMTP", measured=f"{mails:,}", wanted="some", holds=mails > 0)
    return (told, *judged(samples, kept_days=kept_days(scene), postgres=postgres))


PROMISE = Promise(
    key="bounded",
    says="However long it runs, it needs no more memory, descriptors or threads, and no more disk than planned.",
    parts=(
        Part(name="SQLite", run=on_sqlite, minutes=75),
        Part(name="Postgres with workers", run=on_postgres, minutes=90),
    ),
    quick={
        "tests/test_bounded.py": "what is remembered of sites, hosts and names has an end, and so has the log",
        "tests/test_store_pruning.py": "what led to nothing goes after its time",
        "tests/test_store_upkeep.py": "old polls go",
        "tests/test_nearsteps.py": "what the chronicle holds in memory is bounded",
    },
)
