"""Which trained model is in use: ``live.json`` in the models' folder, seen by every process of one installation.

It is replaced as a whole, so nobody reads half of it. It holds the sums of the model's files, so that damage is seen
before anything is loaded. The table ``candidates`` keeps the history.
"""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import ConfigError, ModelError
from monitor.understand.folder import DOMAIN, WEIGHTS

LIVE = "live.json"
FILES = (WEIGHTS, "tokenizer.json", "labels.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveModel:
    """The promoted model: its name, its folder (relative to the models' folder when in there) and its files' sums."""

    name: str
    folder: str
    sums: tuple[tuple[str, str], ...]


def read(models_folder: Path) -> LiveModel | None:
    """Return what was promoted, None when nothing was; raises ModelError when live.json cannot be understood."""
    path = models_folder / LIVE
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        sums = tuple(sorted((str(file), str(value)) for file, value in row["sums"].items()))
        return LiveModel(name=str(row["name"]), folder=str(row["folder"]), sums=sums)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}. Check its rights, or promote again.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            f"{path} is damaged ({type(error).__name__}: {error}). Promote again, or delete it for the shipped model."
        ) from error


def write(models_folder: Path, model: LiveModel | None) -> None:
    """Make ``model`` the one in use, None for the shipped one; raises ConfigError when that cannot be written."""
    path = models_folder / LIVE
    try:
        if model is None:
            path.unlink(missing_ok=True)
            return
        row = {"name": model.name, "folder": model.folder, "sums": dict(model.sums)}
        models_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=models_folder, prefix=".live-", delete=False, encoding="utf-8"
        ) as stream:
            json.dump(row, stream, indent=2)
            stream.flush()
            os.fsync(stream.fileno())
        scratch = Path(stream.name)
        # A temporary file is for its maker alone; the daemon may be another user.
        scratch.chmod(0o644)
        os.replace(scratch, path)  # noqa: PTH105 - the words of the promise
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}. Check the rights of that folder.") from error


def sums(folder: Path) -> tuple[tuple[str, str], ...]:
    """SHA-256 of each file of a model folder; raises ModelError when one that every model has is missing."""
    try:
        files = (*FILES, DOMAIN) if (folder / DOMAIN).exists() else FILES
        return tuple(sorted((file, hashlib.sha256((folder / file).read_bytes()).hexdigest()) for file in files))
    except OSError as error:
        raise ModelError(f"cannot read the model in {folder}: {error.filename}: {error.strerror}.") from error
    except ValueError as error:
        # A NUL in the name: no file system has such a file.
        raise ModelError(f"cannot read the model in {str(folder)!r}: {error}.") from error


def usable(models_folder: Path, model: LiveModel) -> Path:
    """Return the folder to load; raises ModelError when a file of it is missing or not the one that was promoted."""
    folder = models_folder / model.folder
    found = dict(sums(folder))
    if wrong := [file for file, value in model.sums if found.get(file) != value]:
        raise ModelError(
            f"the promoted model {model.name!r} in {folder} is damaged: {', '.join(wrong)} changed since then, or is "
            "gone. Put the folder back, or `monitor model rollback`."
        )
    return folder


def stored_as(models_folder: Path, folder: Path) -> str:
    """How a model's folder is written down: relative when it lies below the models' folder, so that both may move."""
    inside, top = folder.absolute(), models_folder.absolute()
    return str(inside.relative_to(top)) if inside.is_relative_to(top) else str(inside)
