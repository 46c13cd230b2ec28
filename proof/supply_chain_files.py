"""``python -m proof.supply_chain_files``: write constraints.txt and docs/licences.md anew from what is installed here.

``--sbom FILE`` writes a bill of materials (CycloneDX, JSON) of the program instead: its packages and its weights.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proof.ledger import ROOT
from proof.supply_chain_packages import Package, installed, project

CONSTRAINTS = ROOT / "constraints.txt"
LICENCES = ROOT / "docs" / "licences.md"
WEIGHTS = ROOT / "models" / "minilm-talks"
# Pip is what installs, and is there before a constraint is read.
_NOT_PINNED = {"pip"}

_HEAD = """\
# The versions with which everything is tested, and which `make` and the image install: pip install -c constraints.txt .
# Written by `python -m proof.supply_chain_files`; CONTRIBUTING.md says how it is renewed.
"""

_PAGE = """\
# Licences

The program is under Apache-2.0 ([LICENSE](../LICENSE)). It does not contain the packages it uses: pip fetches them,
each under its own licence. A container image does contain those of the first table; who passes it on keeps their terms.

*Written by `python -m proof.supply_chain_files`; versions are in [constraints.txt](../constraints.txt).*

## Copyleft

{copyleft}

## The weights

`models/minilm-talks` is under Apache-2.0. [Its card](../models/minilm-talks/CARD.md) lists what it was made from:

| what | licence | what follows |
|---|---|---|
| all-MiniLM-L6-v2, which it was cut from | Apache-2.0 | named in the card |
| examples written for this project | Apache-2.0 | |
| crossner | MIT | named in the card |
| btc, wnut17 | CC BY 4.0 | named in the card |
| sec_filings | CC BY 3.0 | named in the card |
| graded articles of outlets | the outlets' | only numbers learnt from them are here, no text |

## To run the program

{program}

## For the extras: to test it, to measure it, to train, and what few need

On Linux with x86-64 the ordinary torch brings NVIDIA's CUDA libraries, under NVIDIA's own terms; torch's build for
processors alone does not.

{others}
"""
_REASONS = {
    "psycopg": "the door to Postgres; used as it is, as a package of its own that may be replaced",
    "psycopg-binary": "the same, compiled; it holds libpq and OpenSSL",
    "psycopg-pool": "the same",
    "certifi": "the list of certificate authorities; used as it is",
    "tqdm": "comes with transformers; used as it is",
    "tld": "comes with trafilatura; there is a choice, and MPL-1.1 is taken",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m proof.supply_chain_files", description=__doc__)
    parser.add_argument("--sbom", type=Path, help="write a bill of materials of the program there, and nothing else")
    options = parser.parse_args(arguments)
    if options.sbom:
        options.sbom.write_text(bill_of_materials(Path(sys.executable)), encoding="utf-8")
        return 0
    packages, lacking = installed()
    if lacking:
        packages = (*packages, *resolved(packages))
    CONSTRAINTS.write_text(constraints(packages), encoding="utf-8")
    LICENCES.write_text(licences(packages), encoding="utf-8")
    return 0


def resolved(packages: Sequence[Package]) -> tuple[Package, ...]:
    """What pip would add for the extras that are not installed here, beside what is."""
    extras = ",".join(extra for extra in project() if extra)
    with tempfile.TemporaryDirectory() as folder:
        pins, report = Path(folder, "pins.txt"), Path(folder, "report.json")
        pins.write_text(constraints(packages), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--constraint", str(pins)]
        subprocess.run([*pip, "--report", str(report), f"{ROOT}[{extras}]"], check=True, cwd=folder)
        added = json.loads(report.read_text(encoding="utf-8"))["install"]
    return tuple(
        Package.of(each["metadata"], needed_by=("train",))
        for each in added
        if each["metadata"]["name"] != "talks-monitor"
    )


def constraints(packages: Sequence[Package]) -> str:
    """One line a package; a local version (2.13.0+cpu) is meant by its public one, which other indexes have."""
    pins = {each.name: each.version.partition("+")[0] for each in packages if each.name not in _NOT_PINNED}
    return _HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def licences(packages: Sequence[Package]) -> str:
    """The page on licences."""
    ordered = sorted(packages, key=lambda each: each.name)
    program = [each for each in ordered if "" in each.needed_by]
    others = [each for each in ordered if "" not in each.needed_by]
    return _PAGE.format(copyleft=_copyleft(program, others), program=_table(program), others=_table(others))


def _copyleft(program: Sequence[Package], others: Sequence[Package]) -> str:
    bound = [each for each in program if each.copyleft]
    lines = ["| package | licence | why it is no hindrance |", "|---|---|---|"]
    lines += [f"| {each.name} | {each.licence} | {_REASONS.get(each.name, '**to be looked at**')} |" for each in bound]
    strong = [each.name for each in program if each.copyleft == "strong"]
    unknown = [each.name for each in (*program, *others) if each.licence == "unknown"]
    tools = [f"{each.name} ({each.licence})" for each in others if each.copyleft]
    return "\n".join(
        [
            "Needed to run, under a licence that reaches the whole program (GPL, AGPL): "
            f"{', '.join(strong) or 'nothing'}.",
            f"Without a known licence: {', '.join(unknown) or 'nothing'}.",
            "Under one that reaches only its own files (LGPL, MPL):",
            "",
            *lines,
            "",
            f"Only among the tools: {', '.join(tools) or 'nothing'}.",
        ]
    )


def _table(packages: Sequence[Package]) -> str:
    rows = ["| package | licence | also for |", "|---|---|---|"]
    rows += [f"| {each.name} | {each.licence} | {', '.join(filter(None, each.needed_by))} |" for each in packages]
    return "\n".join(rows)


def bill_of_materials(python: Path) -> str:
    """What the environment of this interpreter holds and the shipped weights, as CycloneDX JSON."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    options = ["--of", "JSON", "--output-reproducible", str(python)]
    made = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
    bill: dict[str, Any] = json.loads(made.stdout)
    bill["components"].append(_weights())
    return json.dumps(bill, indent=1) + "\n"


def _weights() -> dict[str, Any]:
    digest = hashlib.sha256((WEIGHTS / "model.onnx").read_bytes()).hexdigest()
    return {
        "type": "machine-learning-model",
        "bom-ref": "models/minilm-talks",
        "name": "minilm-talks",
        "version": digest[:12],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


if __name__ == "__main__":
    sys.exit(main())
