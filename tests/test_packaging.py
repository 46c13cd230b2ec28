"""What is shipped: a wheel that is whole and works away from the checkout, deployment files that fit the settings."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from monitor.config import CONFIG_VARIABLE, PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
MODEL = "monitor/_models/minilm-talks"
DEPLOYMENT = sorted(
    path.relative_to(ROOT)
    for pattern in ("Dockerfile", "compose.yaml", "deploy/**/*", "docs/deploy.md")
    for path in ROOT.glob(pattern)
    if path.is_file()
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the backend itself: an isolated build would have to download it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    _run(build, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of a new environment with the wheel in it; the dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    scripts = folder / "bin"
    site = Path(_run([str(scripts / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder))
    # Only a path: a .pth file in there, such as that of an editable install, is not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    _run([sys.executable, "-m", "pip", "--python", str(scripts / "python"), *install], folder)
    return scripts


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    there = {name for name in _names(wheel) if not name.startswith(("monitor/_migrations/", "monitor/_models/"))}
    here = {str(path.relative_to(ROOT)) for path in (ROOT / "monitor").rglob("*") if path.is_file()}
    assert {name for name in there if name.startswith("monitor/")} == {
        name for name in here if "__pycache__" not in name
    }


@pytest.mark.parametrize(
    "name",
    [
        "monitor/py.typed",
        "monitor/catalogue/feeds.toml",
        *(f"monitor/understand/knowledge/{kind}.toml" for kind in ("people", "places", "organisations", "weapons")),
        *(f"monitor/replay/week/{name}.jsonl" for name in ("talks", "near", "world")),
        *(f"monitor/replay/week/{name}.toml" for name in ("outlets", "script")),
        "monitor/_migrations/env.py",
    ],
)
def test_the_data_that_the_program_reads_is_in_the_wheel(wheel: Path, name: str) -> None:
    assert name in _names(wheel)


def test_every_migration_is_in_the_wheel(wheel: Path) -> None:
    revisions = {path.name for path in (ROOT / "migrations/versions").glob("*.py")}
    assert revisions
    packaged = {name.rpartition("/")[2] for name in _names(wheel) if name.startswith("monitor/_migrations/versions/")}
    assert packaged == revisions


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "labels.json", "domain.npz", "SHA256SUMS", "CARD.md"])
def test_the_model_is_in_the_wheel(wheel: Path, name: str) -> None:
    assert f"{MODEL}/{name}" in _names(wheel)


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    names = _names(wheel)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"monitor", "talks_monitor"}
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3", ".pt"))]


def test_the_installed_program_is_the_wheel_and_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    found = _run([str(installed / "python"), "-c", "import monitor; print(monitor.__file__)"], tmp_path)
    assert Path(found).is_relative_to(installed.parent)


def test_the_installed_program_makes_its_database_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    said = _run([str(installed / "monitor"), "db", "upgrade"], tmp_path)
    assert "schema none ->" in said
    with closing(sqlite3.connect(tmp_path / "var/monitor.sqlite3")) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"feeds", "entries", "matches"} <= tables


def test_the_installed_program_classifies_with_the_packaged_model(installed: Path, tmp_path: Path) -> None:
    document = tmp_path / "lead.txt"
    document.write_text("Leaders to meet\nThe two presidents will hold talks on Friday, an aide said.\n")
    answer = json.loads(_run([str(installed / "monitor"), "analyze", str(document)], tmp_path))
    assert set(answer["topics"]) == {"talks", "missile_aid"}


@pytest.mark.parametrize("path", DEPLOYMENT, ids=str)
def test_deployment_files_name_settings_that_exist(path: Path) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", (ROOT / path).read_text(encoding="utf-8")))
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {CONFIG_VARIABLE}
    assert named <= known


def test_the_image_build_copies_all_that_the_wheel_is_made_of() -> None:
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    sources = {source for line in copied for source in line.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    files = {project["project"]["readme"], *project["project"]["license-files"]}
    assert sources == {"pyproject.toml", "constraints.txt", *files, *wheel["packages"], *wheel["force-include"]}


def test_the_deployment_page_names_every_file_in_deploy() -> None:
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "deploy").rglob("*") if path.is_file() and path.name not in page] == []


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _run(command: list[str], folder: Path) -> str:
    """Run in ``folder`` with nothing of the caller's settings; gives stdout."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith((PREFIX, "PYTHON", "COV"))}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout.strip()
