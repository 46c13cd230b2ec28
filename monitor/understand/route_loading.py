"""What the settings say of each language, to the translators and readers that do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from monitor.errors import ConfigError, ModelError
from monitor.records.findings import TOPICS
from monitor.understand.reader import Reader
from monitor.understand.routes import Translates


class Plan(Protocol):
    """What the settings say of one language; which of it counts depends on the route."""

    @property
    def route(self) -> str:
        """``skip``, ``gloss``, ``translate`` or ``classifier``."""
        ...

    @property
    def model(self) -> str:
        """Path or hub id of the translator or classifier."""
        ...

    @property
    def deadline(self) -> float:
        """Seconds for the translation of one article."""
        ...

    @property
    def max_characters(self) -> int:
        """How much of a text is translated."""
        ...

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Threshold per topic of the classifier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What reads or translates each language, by ISO 639-1 code."""

    translators: Mapping[str, Translates]
    readers: Mapping[str, Reader]
    glossed: frozenset[str]


def load(plans: Mapping[str, Plan], *, stopping: Callable[[], bool]) -> Parts:
    """Load every part once, also when it is for several languages.

    Raises ConfigError for a threshold of no topic, ModelError for what cannot be loaded.
    """
    translators: dict[str, Translates] = {}
    readers: dict[str, Reader] = {}
    loaded: dict[tuple[object, ...], Translates | Reader] = {}
    for code, plan in plans.items():
        if plan.route in {"skip", "gloss"}:
            continue
        key = (plan.route, plan.model, plan.deadline, plan.max_characters, *sorted(plan.thresholds.items()))
        part = loaded[key] = loaded.get(key) or _part(code, plan, stopping)
        if isinstance(part, Reader):
            readers[code] = part
        else:
            translators[code] = part
    glossed = frozenset(code for code, plan in plans.items() if plan.route == "gloss")
    return Parts(translators=translators, readers=readers, glossed=glossed)


def _part(code: str, plan: Plan, stopping: Callable[[], bool]) -> Translates | Reader:
    if Path(plan.model).is_absolute() and not Path(plan.model).exists():
        raise ModelError(
            f"the model folder {plan.model} does not exist. Mend it in the setting 'languages.{code}.model'."
        )
    if plan.route == "classifier":
        return _classifier(code, plan)
    from monitor.understand.translate import MarianTranslator

    return MarianTranslator(plan.model, deadline=plan.deadline, max_characters=plan.max_characters, stopping=stopping)


def _classifier(code: str, plan: Plan) -> Reader:
    if wrong := set(plan.thresholds) - set(TOPICS):
        raise ConfigError(
            f"setting 'languages.{code}.thresholds' names {sorted(wrong)}, which are no topics. Use {list(TOPICS)}."
        )
    from monitor.understand.brought import BroughtClassifier

    return Reader(BroughtClassifier(plan.model, thresholds=plan.thresholds))
