"""A worker: takes nudges from the queue and runs rounds of jobs, side by side, until it is told to stop.

It shows that it lives by a lease; what a worker held that shows it no more is given back by the others.
"""

import asyncio
import functools
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue

import structlog
from procrastinate import App

from monitor.daemon import judging
from monitor.daemon.health import BROKEN, DEGRADED, OK, Health, HealthServer, Part
from monitor.daemon.metrics import Metrics
from monitor.daemon.rounds import Rounds, held_by
from monitor.daemon.watchdog import Watchdog
from monitor.errors import MonitorError, TransientError
from monitor.jobs.robots import learn_robots
from monitor.jobs.services import Services
from monitor.worker.connection import connector, faults
from monitor.worker.nudges import Nudges
from monitor.worker.presence import Presence
from monitor.worker.queues import ASKING, CHRONICLE, QUEUE_OF, QUEUES

log = structlog.get_logger()
SILENT_AFTER = 120.0
GRACE = 10.0
PRESENCE_TICK = 10.0
STAND_BY_TICK = 5.0
LISTEN_AGAIN = 2.0
STOP_TICK = 0.1
ASK_AGAIN = 0.2
STALLED_AFTER = 30.0
"""Seconds without a heartbeat after which the library holds a worker for dead."""
_TAKE_OUT = "DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing'"


class Worker:
    """Runs until told to stop. Use as a context manager: entering opens everything, leaving gives everything back."""

    def __init__(
        self,
        services: Services,
        url: str,
        nudges: Nudges,
        *,
        queues: Collection[str],
        concurrency: int,
        drain_seconds: float,
        health_host: str,
        health_port: int,
        stuck_after: float = judging.STUCK_AFTER,
    ) -> None:
        self._services = services
        self._url = url
        self._queues = tuple(queues)
        self._concurrency = concurrency
        self._drain = drain_seconds
        self._health_address = (health_host, health_port)
        self.metrics = Metrics()
        self._nudges = nudges
        self._rounds = Rounds(self.metrics, self._nudges.submit)
        self._presence = Presence(services.store, services.holder, clock=services.clock)
        self._slots: SimpleQueue[int] = SimpleQueue()
        for slot in range(concurrency):
            self._slots.put(slot)
        self._weaving = threading.Lock()
        self._problems: dict[str, tuple[str, float]] = {}
        """What is wrong with the queue, or with showing that we live, and since when."""
        self._schema_trouble = ""
        self._stuck_after = stuck_after
        self._beat = time.monotonic()
        self._watchdog = Watchdog(self._hangs, self.stop, grace=drain_seconds + GRACE)
        self.health_server: HealthServer | None = None

    def __enter__(self) -> "Worker":
        self._presence.show()
        self._nudges.start()
        self.health_server = HealthServer(*self._health_address, self.health, self.metrics)
        self._watchdog.start()
        log.info(
            "worker_started", holder=self._services.holder, queues=",".join(self._queues),
            concurrency=self._concurrency, health=self.health_server.address,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        with suppress(MonitorError):
            # Failing that, its lease ends, and the others give back what it held.
            self._services.weaver.give_back(self._services.store, held_by(self._services, CHRONICLE).holder)
            self._presence.leave()
        if self.health_server is not None:
            self.health_server.close()
        self._watchdog.close()
        log.info("worker_stopped", holder=self._services.holder)

    @property
    def hung(self) -> str:
        """What hung and so brought the end; empty when nothing did."""
        return self._watchdog.hung

    def stop(self) -> None:
        """Ask for the end; rounds under way finish their item and write it."""
        self._services.stopping.set()

    def run(self) -> bool:
        """Work until told to stop; False when rounds under way did not end in time."""
        threads = ThreadPoolExecutor(self._concurrency + 4, "job")
        try:
            with asyncio.Runner() as runner:
                runner.get_loop().set_default_executor(threads)
                return runner.run(self._live())
        finally:
            threads.shutdown(wait=False)

    def health(self) -> Health:
        """Judge every part from what is known in memory."""
        problem = self._services.model_problem()
        model = self._services.reader.model or "not needed here"
        return Health(
            parts={
                "database": self._database_part(),
                "queue": self._queue_part(),
                "jobs": judging.jobs_part(self._rounds, self._stuck_after),
                "model": Part(status=DEGRADED if problem else OK, detail=problem or model),
            }
        )

    async def _live(self) -> bool:
        self._beat = time.monotonic()
        tasks = [
            asyncio.create_task(self._serve(self._queues, self._concurrency)),
            asyncio.create_task(self._stay_present()),
        ]
        if "analyse" in self._queues:
            tasks.append(asyncio.create_task(self._stand_by()))
        while not self._services.stopping.is_set():
            await asyncio.sleep(STOP_TICK)
            self._beat = time.monotonic()
            for task in tasks:
                # None ends by itself; what a bug ended would be missed by nobody but the others, who bury us.
                if task.done():
                    self._services.stopping.set()
                    task.result()
        for task in tasks:
            # The library ends gracefully: it takes no more, and waits for what runs.
            task.cancel()
        _, late = await asyncio.wait(tasks, timeout=self._drain)
        return not late

    async def _serve(self, queues: Collection[str], concurrency: int) -> None:
        """Take from the queues; when Postgres goes away, come back when it does."""
        while not self._services.stopping.is_set():
            app = self._app(queues, most=concurrency + 2)
            try:
                with faults(self._url):
                    async with app.open_async():
                        self._problems.pop("queue", None)
                        await app.run_worker_async(
                            queues=list(queues),
                            concurrency=concurrency,
                            name=",".join(queues),
                            # Every finished nudge is gone: what was done stands in the rows and the log.
                            delete_jobs="always",
                            install_signal_handlers=False,
                            shutdown_graceful_timeout=self._drain,
                            stalled_worker_timeout=STALLED_AFTER,
                        )
            except TransientError as error:
                self._note("queue", str(error))
            await asyncio.sleep(LISTEN_AGAIN)

    async def _stand_by(self) -> None:
        """Take chronicle nudges for as long as the right to weave is ours; where another has it, wait."""
        services = held_by(self._services, CHRONICLE)
        while True:
            serving = asyncio.create_task(self._serve((CHRONICLE,), 1)) if await self._weaves(services) else None
            try:
                await asyncio.sleep(STAND_BY_TICK)
                while serving is not None and await self._weaves(services):
                    await asyncio.sleep(STAND_BY_TICK)
            finally:
                if serving is not None:
                    serving.cancel()
                    await asyncio.wait([serving])

    async def _weaves(self, services: Services) -> bool:
        try:
            return await asyncio.to_thread(self._hold, services)
        except TransientError:
            return False

    def _hold(self, services: Services) -> bool:
        if not self._weaving.acquire(blocking=False):
            # A round is under way, which keeps the right by itself.
            return True
        try:
            return services.weaver.hold(services.store, services.holder, now=services.clock())
        finally:
            self._weaving.release()

    async def _stay_present(self) -> None:
        while True:
            try:
                dead = await asyncio.to_thread(self._presence.renew)
                for holder in dead:
                    log.warning("worker_died", holder=holder, what_now="what it held is given back")
                self._schema_trouble = await asyncio.to_thread(self._services.store.upkeep.schema_trouble)
                self.metrics.killed(self._services.killed())
                await self._unstick()
                await asyncio.to_thread(learn_robots, self._services)
                self._problems.pop("presence", None)
            except TransientError as error:
                self._note("presence", str(error))
            await asyncio.sleep(PRESENCE_TICK)

    async def _unstick(self) -> None:
        """Take the nudges of dead workers out of the queue, and nudge anew."""
        app = App(connector=connector(self._url, most=1))
        with faults(self._url):
            async with app.open_async():
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
                    await app.connector.execute_query_async(_TAKE_OUT, id=job.id)
                    await asyncio.to_thread(self._nudges.submit, job.task_name)
                await app.job_manager.prune_stalled_workers(STALLED_AFTER)

    def _app(self, queues: Collection[str], *, most: int) -> App:
        app = App(connector=connector(self._url, most=most))
        for queue in queues:
            for job in (CHRONICLE,) if queue == CHRONICLE else QUEUES[queue]:
                # A closure each: the library takes a task's function for its name and nature.
                app.task(name=job, queue=QUEUE_OF[job])(functools.partial(self._round, job))
        return app

    def _round(self, job: str) -> None:
        """Run one round on this thread, and see to it that what is left is taken up."""
        if self._services.stopping.is_set():
            return
        if job in ASKING and not self._services.room():
            # Another worker may have room; in a moment we may have some.
            self._services.stopping.wait(ASK_AGAIN)
            self._nudges.submit(job)
            return
        if job == CHRONICLE:
            with self._weaving:
                more = self._rounds.run(job, held_by(self._services, CHRONICLE))
        else:
            slot = self._slots.get()
            try:
                more = self._rounds.run(job, held_by(self._services, f"{slot}.{job}"))
            finally:
                self._slots.put(slot)
        if more:
            self._nudges.submit(job)

    def _note(self, of: str, problem: str) -> None:
        log.error("worker_trouble", of=of, error=problem)
        _, since = self._problems.get(of, ("", time.monotonic()))
        self._problems[of] = problem, since

    def _database_part(self) -> Part:
        trouble = self._schema_trouble
        return Part(status=DEGRADED, detail=trouble) if trouble else Part(status=OK, detail="has our schema")

    def _queue_part(self) -> Part:
        problems = list(self._problems.copy().values())
        if not problems:
            return Part(status=OK, detail=f"serves {', '.join(self._queues)}")
        problem, since = min(problems, key=lambda each: each[1])
        lasted = time.monotonic() - since
        return Part(status=BROKEN if lasted > judging.FAILING_AFTER else DEGRADED, detail=problem)

    def _hangs(self) -> str:
        """What hangs so badly that only another process helps; empty when nothing does."""
        if self._services.stopping.is_set():
            return ""
        if (silent := time.monotonic() - self._beat) > SILENT_AFTER:
            return f"nothing was taken from the queue for {silent:.0f} s"
        return judging.hangs(self._rounds, self._stuck_after)
