"""Settings: one frozen object from a TOML file and ``MONITOR_*`` environment variables; the only reader of either.

The environment wins over the file, the file over the defaults. A wrong key is an error that names the
nearest right one.
"""

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from monitor.config.dashboard import DashboardSettings
from monitor.config.telling import TellingSettings
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "MONITOR_"
CONFIG_VARIABLE = "MONITOR_CONFIG"
# The library's time is quadratic in the parts of a dotted name.
_LARGEST = 32_768
# A chat's address holds its token.
SECRETS = frozenset({"smtp_password", "webhook_secret", "operator"})
WITH_PASSWORDS = frozenset({"database_url", "proxy"})
"""Addresses in which a password may stand."""

# At most three years: what is longer, or infinite, is a mistake that time arithmetic would only find later.
Seconds = Annotated[float, Field(gt=0, le=1e8, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
# What each route of a language takes; what it does is in ``monitor.understand.route_loading``.
ROUTES: dict[str, frozenset[str]] = {
    "skip": frozenset(),
    "gloss": frozenset(),
    "translate": frozenset({"model", "deadline", "max_characters"}),
    "classifier": frozenset({"model", "thresholds"}),
}
GLOSSED = ("ru", "uk")
# The routes of languages that the settings do not name; all others are skipped. Nothing else knows a default.
UNNAMED: dict[str, dict[str, Any]] = {"uk": {"route": "gloss"}, "ru": {"route": "gloss"}}


class Language(BaseModel):
    """What is done with texts in one language that is not English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: Literal["skip", "gloss", "translate", "classifier"] = "skip"
    model: str = ""
    # Two translations that take their longest must end within a round's claim of five minutes.
    deadline: float = Field(default=90.0, gt=0, le=120)
    max_characters: int = Field(default=10_000, gt=0, le=300_000)
    thresholds: dict[str, Share] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        taken = ROUTES[self.route]
        if "model" in taken and not self.model:
            raise ValueError(f"the route {self.route!r} needs a model. Set 'model' to a path or a hub id")
        if stray := sorted(self.model_fields_set - {"route"} - taken):
            raise ValueError(f"the route {self.route!r} takes no {stray[0]!r}. Leave it out, or choose another route")
        return self


def _routed(languages: dict[str, Language]) -> dict[str, Language]:
    """Add the languages that are not named to the checked ones, so that naming one leaves the others as they are."""
    _refuse_wrong_codes(languages)
    return {code: Language(**fields) for code, fields in UNNAMED.items()} | languages


def _refuse_wrong_codes(languages: dict[str, Language]) -> None:
    for code, language in languages.items():
        if not (len(code) == 2 and code.isascii() and code.islower()):
            raise ValueError(f"{code!r} is no ISO 639-1 code. Write two small letters, such as 'uk'")
        if code == "en":
            raise ValueError("English is what the model reads. Leave 'en' out; another model goes in 'model'")
        if language.route == "gloss" and code not in GLOSSED:
            raise ValueError(f"there are no words to gloss {code!r} with, only {list(GLOSSED)}. Choose another route")


class Settings(TellingSettings, DashboardSettings):
    """Every setting of the program. ``docs/settings.md`` lists them; the suite fails when one is missing there."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: str = Field(
        default="sqlite:///var/monitor.sqlite3", description="SQLite file or Postgres address of the store."
    )
    catalogue: bool = Field(default=True, description="Put the bundled feed catalogue into an empty database at start.")
    contact: str = Field(
        default="", description="Address or URL that the User-Agent names, so that a site can reach you."
    )
    allow_private_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts or networks (CIDR) on private addresses that may be fetched; none by default."
    )
    proxy: str = Field(
        default="", description="HTTP proxy for all fetching; empty means none. The proxy must check addresses."
    )
    request_deadline: Seconds = Field(
        default=20.0, description="Seconds for one whole request, redirects and body included."
    )
    max_feed_bytes: int = Field(default=8_000_000, gt=0, description="Largest feed body in bytes, after decompression.")
    max_page_bytes: int = Field(
        default=6_000_000, gt=0, description="Largest article page in bytes, after decompression."
    )
    fetch_concurrency: int = Field(default=16, gt=0, description="Requests under way at once, over all hosts.")
    host_concurrency: int = Field(default=2, gt=0, description="Requests under way at once to one host.")
    host_gap: float = Field(default=1.0, ge=0, description="Seconds between the starts of two requests to one host.")
    poll_floor: Seconds = Field(default=300.0, description="Shortest interval between two polls of a feed, in seconds.")
    poll_ceiling: Seconds = Field(
        default=6 * 3600.0, description="Longest interval between two polls of a feed, in seconds."
    )
    poll_start: Seconds = Field(default=900.0, description="Interval of a feed we know nothing about yet, in seconds.")
    poll_budget: float = Field(
        default=96.0,
        gt=0,
        le=86_400,
        allow_inf_nan=False,
        description="Polls a feed and day, on average over all feeds; those with more news get more of them.",
    )
    keep_days: float = Field(
        default=180.0,
        ge=0,
        le=1e5,
        allow_inf_nan=False,
        description="Days that entries without a match are kept after their feed last held them; 0 keeps all for ever.",
    )
    websub_callback: str = Field(
        default="",
        pattern="^(https?://.+)?$",
        description="Public address at which WebSub hubs reach us; empty switches pushes off.",
    )
    websub_host: str = Field(default="127.0.0.1", description="Where the WebSub callback listens.")
    websub_port: int = Field(
        default=8788, ge=0, le=65535, description="Port of the WebSub callback; 0 picks a free one."
    )
    websub_backup: Seconds = Field(
        default=3 * 3600.0, description="Seconds between the polls of a feed whose hub pushes; they only make sure."
    )
    parse_workers: int = Field(default=1, gt=0, le=8, description="Killable processes that parse feeds.")
    parse_deadline: Seconds = Field(default=5.0, description="Seconds before a hung parser is killed.")
    page_workers: int = Field(default=1, gt=0, le=64, description="Killable processes that read pages.")
    page_deadline: Seconds = Field(default=20.0, description="Seconds before a hung reader of pages is killed.")
    gate: Share = Field(
        default=0.02,
        description="A page is only fetched when title and summary score at least this; 0 fetches every page unasked.",
    )
    max_age_days: float = Field(
        default=14.0,
        gt=0,
        le=1e6,
        allow_inf_nan=False,
        description="Entries published longer ago than this are kept but not read.",
    )
    read_attempts: int = Field(
        default=4, gt=0, description="Tries to read an article's page before the feed's own text is used."
    )
    read_retry: Seconds = Field(
        default=60.0, description="Seconds before a page that failed is tried again, unless its server asks for more."
    )
    model: str = Field(
        default="", description="Path of a model folder, or hub id (torch extra); empty means the shipped model."
    )
    model_sessions: int = Field(default=1, gt=0, le=16, description="One-thread model sessions side by side.")
    model_device: Literal["cpu", "cuda"] = Field(
        default="cpu", description="Where the model runs; cuda is an NVIDIA card (docs/scaling.md says what it needs)."
    )
    thresholds: dict[str, Share] = Field(default={}, description="Threshold per topic in place of the model's own.")
    languages: Annotated[dict[str, Language], AfterValidator(_routed)] = Field(
        default={},
        validate_default=True,
        description="Route per language that is not English: skip, gloss, translate or classifier.",
    )
    models_folder: str = Field(
        default="var/models",
        description="Where models trained from feedback lie, with live.json, which names the one in use.",
    )
    frozen_set: str = Field(
        default="",
        description="Graded JSON lines on which no candidate may do worse; "
        "empty means models/data/frozen.jsonl of the checkout.",
    )
    shadow: bool = Field(
        default=True,
        description="Let the newest candidate score what the live model analyses; matches are never touched.",
    )
    health_host: str = Field(default="127.0.0.1", description="Where /health and /metrics listen.")
    health_port: int = Field(
        default=8787, ge=0, le=65535, description="Port of /health and /metrics; 0 picks a free one."
    )
    log_format: str = Field(default="auto", pattern="^(auto|human|json)$", description="auto, human or json.")
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="Least severe level logged."
    )
    drain_seconds: Seconds = Field(default=8.0, description="Seconds given to running work when asked to stop.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over the file's values (which arrive as init arguments)."""
        return env_settings, init_settings


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings. ``path`` (or ``MONITOR_CONFIG``, or ``monitor.toml`` here) is a TOML file.

    Raises ConfigError for a missing or broken file, a wrong key, or a value out of range.
    """
    values = _file_values(path)
    _refuse_unknown(values, f"the settings file {_file(path)}")
    _refuse_unknown(_environment(), "the environment")
    try:
        return Settings(**values).model_copy(update=overrides)
    except ValidationError as error:
        raise ConfigError(_explain(error)) from error
    except (SettingsError, RecursionError) as error:
        found = re.search(r'field "(\w+)"', str(error))
        raise ConfigError(
            f"{PREFIX + found[1].upper() if found else 'a setting'} in the environment is no JSON. A list or table is "
            'written there as JSON, for example MONITOR_ALLOW_PRIVATE_HOSTS=["127.0.0.0/8"].'
        ) from error


def _file(path: Path | None) -> Path | None:
    if path is not None:
        return path
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return Path("monitor.toml") if Path("monitor.toml").exists() else None


def _file_values(path: Path | None) -> dict[str, Any]:
    file = _file(path)
    if file is None:
        return {}
    try:
        with file.open("rb") as stream:
            written = stream.read(_LARGEST + 1)
        if len(written) > _LARGEST:
            raise ValueError(f"it is longer than {_LARGEST} bytes, which no settings are")
        return tomllib.loads(written.decode())
    except OSError as error:
        raise ConfigError(
            f"cannot read the settings file {file}: {error.strerror}. Check the path and its rights."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"the settings file {file} is not valid TOML: {error}. Mend that line and start again."
        ) from error


def _environment() -> dict[str, str]:
    return {
        key.removeprefix(PREFIX).lower(): value
        for key, value in os.environ.items()
        if key.startswith(PREFIX) and key != CONFIG_VARIABLE
    }


def _refuse_unknown(values: dict[str, Any], where: str) -> None:
    for key in values:
        if key not in Settings.model_fields:
            near = difflib.get_close_matches(key, Settings.model_fields, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "docs/settings.md lists every setting."
            raise ConfigError(f"unknown setting {key!r} in {where}. {hint}")


def _explain(error: ValidationError) -> str:
    lines = [
        f"setting {'.'.join(map(str, problem['loc']))!r} is wrong ({_told(problem)}): {problem['msg']}"
        for problem in error.errors()
    ]
    return "; ".join(lines) + ". docs/settings.md lists every setting with its meaning."


def _told(problem: "ErrorDetails") -> str:
    """What was given; not where it may be a secret."""
    secret = problem["loc"] and problem["loc"][0] in SECRETS | WITH_PASSWORDS
    return "not shown here" if secret else repr(problem.get("input"))
