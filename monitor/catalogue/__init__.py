"""The bundled feeds: ``feeds.toml`` beside this file, as records. ``docs/feeds.md`` says what the keys mean."""

import tomllib
from importlib.resources import files

from monitor.errors import ConfigError
from monitor.records.feeds import FeedSpec

KINDS = frozenset({"media", "wire", "official", "social"})
_KEYS = frozenset(FeedSpec.__slots__)
# Where the address was found: for whoever mends the file, of no use to the program.
_UNUSED = frozenset({"seen"})


def catalogue() -> tuple[FeedSpec, ...]:
    """Every feed of the catalogue, in its order. Raises ConfigError when the file is damaged."""
    text = files(__name__).joinpath("feeds.toml").read_text(encoding="utf-8")
    try:
        return read(text)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ConfigError(f"the bundled feed catalogue is damaged: {error}. Install the program again.") from error


def read(text: str) -> tuple[FeedSpec, ...]:
    """The feeds in the text of a catalogue file."""
    return tuple(_spec(row) for row in tomllib.loads(text)["feed"])


def _spec(row: dict[str, object]) -> FeedSpec:
    if unknown := row.keys() - _KEYS - _UNUSED:
        raise KeyError(f"unknown keys {', '.join(sorted(unknown))} at {row.get('url')}")
    return FeedSpec(**{key: value for key, value in row.items() if key in _KEYS})  # type: ignore[arg-type]
