"""Settings to Services: the one place where parts are chosen and put together."""

import logging
import math
import os
import random
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import Settings
from monitor.errors import ConfigError, ModelError
from monitor.extract.language import LANGUAGES, MEANT
from monitor.fetch import Fetcher, FetchLimits
from monitor.jobs import pointer
from monitor.jobs.services import Services, Sizes
from monitor.jobs.shadow import Shadow
from monitor.pipeline import READ_LANGUAGES, ReadPolicy
from monitor.polling import PollPolicy
from monitor.records.feedback import Candidate
from monitor.records.findings import TOPICS
from monitor.sources.pool import ParserPool
from monitor.store import Store
from monitor.understand.model import Classifier, OnnxClassifier, shipped_folder
from monitor.understand.reader import Reader
from monitor.understand.route_loading import load
from monitor.understand.routes import Routes

# Seconds that a write waits for another's lock: short enough that a stop within 10 s fits an attempt under way.
LOCK_SECONDS = 5.0
# Seconds that translating goes on in one round: the other languages' texts of that round are written after it.
TRANSLATING_SECONDS = 30.0


def utc_now() -> datetime:
    """Return the present moment; the one clock of the running program."""
    return datetime.now(UTC)


def holder_name() -> str:
    """Name this process in claims and leases: host, process id and a random part, for ids are used again.

    Containers may share the machine's host name; the number of the process namespace tells them apart, so that none
    takes a living process of another for a dead one of its own.
    """
    namespace = Path("/proc/self/ns/pid")
    place = f"{socket.gethostname()}/{namespace.stat().st_ino}" if namespace.exists() else socket.gethostname()
    return f"{place}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def fetch_limits(settings: Settings) -> FetchLimits:
    """Return the fetcher's limits as set."""
    return FetchLimits(
        deadline=settings.request_deadline,
        max_bytes=max(settings.max_feed_bytes, settings.max_page_bytes),
        concurrency=settings.fetch_concurrency,
        host_concurrency=settings.host_concurrency,
        host_gap=settings.host_gap,
        allow_private=settings.allow_private_hosts,
        contact=settings.contact,
        proxy=settings.proxy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChoice:
    """Which of our models is in use while the setting ``model`` is empty, and what was wrong when it is a fallback."""

    folder: Path
    name: str = ""
    """The promoted model's name; empty for the shipped one."""
    problem: str = ""


def live_choice(settings: Settings) -> LiveChoice:
    """Return the promoted model, whole as it was promoted, else the shipped one."""
    models_folder = Path(settings.models_folder)
    try:
        live = pointer.read(models_folder)
        if live is not None:
            return LiveChoice(folder=pointer.usable(models_folder, live), name=live.name)
    except ModelError as error:
        return LiveChoice(folder=shipped_folder(), problem=str(error))
    return LiveChoice(folder=shipped_folder())


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The model in use, and what was wrong with the promoted one when it is a fallback."""

    classifier: Classifier
    problem: str = ""


def classifier(settings: Settings) -> Classifier:
    """Load the model in use: the one that the settings name, else the promoted one, else the shipped one."""
    return loaded(settings).classifier


def loaded(settings: Settings) -> Loaded:
    """Load the model in use, and keep what was wrong when the promoted one cannot be."""
    if settings.model:
        return Loaded(classifier=_named(settings))
    choice = live_choice(settings)
    if not choice.name:
        if choice.problem:
            _fell_back(choice.problem)
        return Loaded(classifier=folder_classifier(settings, choice.folder), problem=choice.problem)
    try:
        return Loaded(classifier=folder_classifier(settings, choice.folder))
    except ModelError as error:
        # Whole as it was promoted, and still of no use: made for another version of the program.
        _fell_back(str(error))
        return Loaded(classifier=folder_classifier(settings, shipped_folder()), problem=str(error))


def _fell_back(problem: str) -> None:
    # Not structlog: before a daemon sets it up that writes to stdout, where commands print their answers.
    logging.getLogger(__name__).error("the promoted model cannot be used; the SHIPPED one works instead: %s", problem)


def folder_classifier(settings: Settings, folder: Path) -> Classifier:
    """Load the model in one folder of ours, with the sessions and thresholds that are set."""
    if wrong := set(settings.thresholds) - set(TOPICS):
        raise ConfigError(f"setting 'thresholds' names {sorted(wrong)}, which are no topics. Use {list(TOPICS)}.")
    return OnnxClassifier(folder, sessions=settings.model_sessions, thresholds=settings.thresholds)


def _named(settings: Settings) -> Classifier:
    """Load the folder or, with the torch extra, the transformers model that the setting ``model`` names."""
    folder = Path(settings.model)
    if (folder / "labels.json").exists():
        return folder_classifier(settings, folder)
    if folder.is_absolute() and not folder.exists():
        raise ModelError(f"the model folder {folder} does not exist. Mend the setting 'model', or leave it empty.")
    from monitor.understand.brought import BroughtClassifier

    return BroughtClassifier(settings.model, thresholds=settings.thresholds)


def candidate_reader(settings: Settings, candidate: Candidate) -> Reader:
    """Load a candidate; raises ModelError when its weights are not those that were registered."""
    folder = Path(settings.models_folder) / candidate.folder
    if dict(pointer.sums(folder))["model.onnx"] != candidate.sha256:
        raise ModelError(f"{folder}/model.onnx is not the file that was trained as {candidate.name!r}. Train anew.")
    return Reader(folder_classifier(settings, folder))


def routes(
    settings: Settings,
    model: Classifier | None = None,
    *,
    patience: float = math.inf,
    stopping: Callable[[], bool] = lambda: False,
) -> Routes:
    """Load what every language with a route is read by: translators, classifiers of their own, and the model.

    Raises ConfigError for a language that is never told, ModelError for what cannot be loaded.
    """
    for code in set(settings.languages) - set(LANGUAGES):
        meant = MEANT.get(code)
        hint = f"Did you mean {meant!r}?" if meant else f"Use one of {', '.join(LANGUAGES)}."
        raise ConfigError(f"setting 'languages' names {code!r}, a language that no text is recognised as. {hint}")
    parts = load(settings.languages, stopping=stopping)
    return Routes(
        Reader(model or classifier(settings)),
        translators=parts.translators,
        readers=parts.readers,
        glossed=parts.glossed,
        patience=patience,
    )


def poll_policy(settings: Settings) -> PollPolicy:
    """Return the bounds of the polling interval as set."""
    return PollPolicy(floor=settings.poll_floor, ceiling=settings.poll_ceiling, start=settings.poll_start)


def read_policy(settings: Settings) -> ReadPolicy:
    """Return what decides whether an entry is read, as set."""
    return ReadPolicy(
        gate=settings.gate,
        max_age=timedelta(days=settings.max_age_days),
        attempts=settings.read_attempts,
        retry_first=timedelta(seconds=settings.read_retry),
        languages=READ_LANGUAGES | {code for code, language in settings.languages.items() if language.route != "skip"},
    )


@contextmanager
def services(
    settings: Settings,
    store: Store,
    *,
    holder: str,
    stopping: threading.Event,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Services]:
    """Open every part a job needs and close them all again, whatever happens."""
    with ExitStack() as stack:
        live = loaded(settings)
        reader = routes(settings, live.classifier, patience=TRANSLATING_SECONDS, stopping=stopping.is_set)
        stack.callback(reader.close)
        parser = ParserPool(workers=settings.parse_workers, deadline=settings.parse_deadline)
        stack.callback(parser.close)
        fetcher = stack.enter_context(Fetcher(fetch_limits(settings)))
        shadow = None
        if settings.shadow:
            one_session = settings.model_copy(update={"model_sessions": 1})
            shadow = Shadow(lambda candidate: candidate_reader(one_session, candidate))
            stack.callback(shadow.close)
        yield Services(
            store=store,
            fetcher=fetcher,
            parser=parser,
            reader=reader,
            poll_policy=poll_policy(settings),
            read_policy=read_policy(settings),
            holder=holder,
            clock=clock,
            dice=lambda: random.uniform(-1, 1),  # noqa: S311 - jitter, not a secret
            sizes=Sizes(max_feed_bytes=settings.max_feed_bytes, max_page_bytes=settings.max_page_bytes),
            stopping=stopping,
            shadow=shadow,
            model_problem=live.problem,
        )


def open_store(settings: Settings) -> Store:
    """Open the database, made and migrated when it is empty; fill it with the catalogue when it has no feeds."""
    make_folder(settings.database_url)
    store = Store.open(settings.database_url, create=True, busy_timeout=LOCK_SECONDS)
    if settings.catalogue and not store.feeds.all():
        from monitor.catalogue import catalogue

        store.feeds.sync(catalogue(), now=utc_now())
    return store


def make_folder(database_url: str) -> None:
    """Make the folder of an SQLite file when it is missing."""
    scheme, _, path = database_url.partition(":///")
    if scheme.startswith("sqlite") and path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"cannot make the folder of the database {path}: {error.strerror}. "
                "Set database_url to a place you may write."
            ) from error
