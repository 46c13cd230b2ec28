"""What is installed, under which licences, and what the image is made of."""

import re
import subprocess
from pathlib import Path

import pytest

from proof.supply_chain import pins, unmet
from proof.supply_chain_packages import Package

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LICENCES = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]


def test_the_constraints_satisfy_every_requirement_of_the_project() -> None:
    assert unmet() == []


def test_the_constraints_are_versions_and_nothing_else() -> None:
    lines = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*", line)] == []
    assert list(pins()) == sorted(pins())
    assert len(lines) == len(pins()) > 90
    assert "://" not in CONSTRAINTS


def test_the_page_on_licences_has_every_package_and_no_licence_to_be_looked_at() -> None:
    rows = dict(re.findall(r"^\| ([\w-]+) \| ([^|]+) \| [^|]* \|$", LICENCES.partition("## To run")[2], re.MULTILINE))
    assert set(rows) - {"package"} == set(pins()) | {"pip"}
    assert [name for name, licence in rows.items() if licence == "unknown"] == []
    assert "to be looked at" not in LICENCES
    assert "reaches the whole program (GPL, AGPL): nothing" in LICENCES


@pytest.mark.parametrize(
    ("licence", "copyleft"),
    [
        ("MIT", ""),
        ("LGPL-3.0-only", "weak"),
        ("MPL-2.0 AND MIT", "weak"),
        ("GPL-3.0-or-later", "strong"),
        ("MIT AND (AGPL-3.0-only)", "strong"),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "weak"),
        ("GPL-2.0-only OR MIT", ""),
    ],
)
def test_copyleft_is_judged_by_the_mildest_choice_and_the_strictest_part(licence: str, copyleft: str) -> None:
    assert Package(name="x", version="1", needed_by=("",), licence=licence).copyleft == copyleft


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ({"license_expression": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"license": "The MIT License"}, "MIT"),
        ({"license": "Copyright 2001 " + "and so on " * 20, "classifier": ["License :: OSI Approved :: BSD License"]},
         "BSD-3-Clause"),
        ({"classifier": ["License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)"]}, "MPL-2.0"),
        ({"license": "ask me"}, "unknown"),
    ],
)  # fmt: skip
def test_a_licence_is_found_wherever_a_package_says_it(metadata: dict[str, object], licence: str) -> None:
    found = Package.of({"name": "Some_Package", "version": "1.0", **metadata}, needed_by=("",))
    assert (found.name, found.licence) == ("some-package", licence)


def test_make_and_the_image_install_the_versions_that_were_tested() -> None:
    dry = ["make", "--dry-run", "--always-make", ".venv/.installed", ".venv/.tested", "PYTHON=python3"]
    said = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    installs = [line for line in said.splitlines() if "install" in line and "editable" in line]
    assert len(installs) == 2
    assert all("--constraint constraints.txt" in line for line in installs)
    assert re.search(r"pip .* install .*--constraint constraints\.txt +--requirement", DOCKERFILE)


def test_the_image_is_run_by_a_user_without_rights_who_has_a_number() -> None:
    (user,) = re.findall(r"^USER (\S+)$", LAST_STAGE, re.MULTILINE)
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert f"--uid {user.partition(':')[0]} " in LAST_STAGE
    assert "RUN" not in LAST_STAGE.partition(f"USER {user}")[2]


def test_the_image_holds_no_secret_no_tool_and_nothing_that_is_fetched_by_hand() -> None:
    assert re.findall(r"^(?:ADD|ARG)\b.*", DOCKERFILE, re.MULTILINE) == []
    assert re.findall(r"(?i)(?:password|secret|token|api_?key)\S*=\S+", DOCKERFILE) == []
    assert re.findall(r"\b(?:curl|wget|git|apt-get|sudo)\b", DOCKERFILE) == []
    assert re.findall(r"^COPY (?!--from=build )(.*)$", LAST_STAGE, re.MULTILINE) == []
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim(@sha256:[0-9a-f]{64})?", bases[0])


def test_only_one_folder_of_the_image_belongs_to_its_user() -> None:
    assert re.findall(r"chown \S+ (\S+)", LAST_STAGE) == ["/data"]
    assert "--chown" not in DOCKERFILE
    assert "VOLUME /data" in LAST_STAGE
