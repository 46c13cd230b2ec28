"""No loss, no doubles: whatever ends the program, its database or its disk, nothing is lost and nothing doubled."""

from functools import partial

from proof import no_loss_moving, no_loss_power, no_loss_program, no_loss_reading, no_loss_telling
from proof.no_loss_databases import POSTGRES, SQLITE
from proof.promise import Part, Promise

PROMISE = Promise(
    key="no-loss",
    says="killed at any moment, at a loss of power, on a full or failing disk and without its database for a while, "
    "the program loses no entry and doubles nothing",
    parts=(
        Part(name="kill reading, SQLite", run=partial(no_loss_reading.run, SQLITE, 180), minutes=6),
        Part(name="kill reading, Postgres", run=partial(no_loss_reading.run, POSTGRES, 160), minutes=7),
        Part(
            name="kill telling, SQLite",
            run=partial(no_loss_telling.run, SQLITE, {"digest": 100, "alert": 60}),
            minutes=5,
        ),
        Part(
            name="kill telling, Postgres",
            run=partial(no_loss_telling.run, POSTGRES, {"digest": 80, "alert": 60}),
            minutes=5,
        ),
        Part(
            name="kill upkeep, SQLite",
            run=partial(no_loss_moving.run, SQLITE, {"migrating": 80, "moving": 30, "backing_up": 60, "restoring": 25}),
            minutes=8,
        ),
        Part(
            name="kill upkeep, Postgres",
            run=partial(
                no_loss_moving.run, POSTGRES, {"migrating": 60, "moving": 30, "backing_up": 40, "restoring": 15}
            ),
            minutes=10,
        ),
        Part(name="kill the program, SQLite", run=partial(no_loss_program.killed, SQLITE, 12), minutes=4),
        Part(name="kill the program, Postgres", run=partial(no_loss_program.killed, POSTGRES, 12), minutes=5),
        Part(name="power", run=partial(no_loss_power.run, 600, 15), minutes=6),
        Part(name="disks", run=no_loss_program.disks, minutes=6),
        Part(name="database away", run=no_loss_program.away, minutes=3),
    ),
    quick={
        "tests/test_store_crash.py": "five kills while entries are stored and analysed; two processes on one database",
        "tests/test_telling_crash.py": "100 deaths at steps of compose, send and commit; kills from outside",
        "tests/test_jobs_chronicle_crash.py": "five kills while stories are woven",
        "tests/test_end_to_end.py": "the whole program killed three times against the bundled newsroom",
        "tests/test_workers.py": "daemon and workers on Postgres, killed",
        "tests/test_store_moving.py": "a move that is killed after so many batches goes on",
        "tests/test_store_deliveries_doubt.py": "what nobody knows is counted; that a mail leaves is on disk before",
        "tests/test_daemon_trouble.py": "a database that is locked or takes no writes",
    },
)
