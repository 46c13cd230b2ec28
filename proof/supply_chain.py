"""The supply chain: what is installed, under which licences, in which layout; what is searched for known faults."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from proof.ledger import ROOT
from proof.promise import Figure, Part, Promise, Scene
from proof.supply_chain_canaries import canaries
from proof.supply_chain_files import CONSTRAINTS, LICENCES, licences
from proof.supply_chain_image import layout
from proof.supply_chain_packages import installed, project

# What bandit doubts and a person has looked at: file and rule, how often, and why it may be.
REVIEWED = {
    ("monitor/dashboard/words.py", "B704"): (5, "what goes in is escaped, or is a number or a month's name"),
    ("monitor/store/upkeep.py", "B608"): (1, "a table's name, a constant"),
    ("monitor/understand/brought.py", "B615"): (2, "a model that the person at the machine names"),
    ("monitor/understand/translate.py", "B615"): (2, "the same"),
}


def pins() -> dict[str, str]:
    """Versions by name, as constraints.txt has them."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE))


def unmet() -> list[str]:
    """Requirements of pyproject.toml, of any extra, that the constraints do not name or do not satisfy."""
    there = pins()
    wanted = [Requirement(each) for requirements in project().values() for each in requirements]
    return [str(each) for each in wanted if not each.specifier.contains(there.get(canonicalize_name(each.name), "0"))]


def packages(_: Scene) -> Sequence[Figure]:
    """Constraints and licences, held against what is installed here."""
    found, lacking = installed()
    there = pins()
    page = LICENCES.read_text(encoding="utf-8")
    other = [
        each.name for each in found if there.get(each.name) != each.version.partition("+")[0] and each.name != "pip"
    ]
    strong = [each.name for each in found if each.copyleft == "strong"]
    unknown = [each.name for each in found if each.licence == "unknown"]
    stale = [row for row in licences(found).splitlines() if row.startswith("| ") and row not in page]
    return [
        _nothing(f"requirements that no version of {len(there)} satisfies", unmet()),
        _nothing(f"packages here in another version than that ({len(lacking)} are not installed here)", other),
        _nothing("packages whose licence reaches this program", strong),
        _nothing("packages of unknown licence", unknown),
        _nothing("rows of docs/licences.md that are out of date", stale if not lacking else []),
    ]


def _nothing(what: str, found: Sequence[str]) -> Figure:
    return Figure(what=what, measured="; ".join(found)[:300] or "none", wanted="none", holds=not found)


def searched(scene: Scene) -> Sequence[Figure]:
    """Bandit over the program: what it doubts, but for what was looked at."""
    report = scene.folder / "bandit.json"
    bandit = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "monitor", "--format", "json"]
    subprocess.run([*bandit, "--output", str(report)], cwd=ROOT, capture_output=True, check=False)
    results = json.loads(report.read_text(encoding="utf-8"))
    kinds = Counter(each["issue_severity"] for each in results["results"])
    doubts = Counter(
        (each["filename"], each["test_id"]) for each in results["results"] if each["issue_severity"] != "LOW"
    )
    new = [
        f"{file} {rule} ({count})"
        for (file, rule), count in doubts.items()
        if count > REVIEWED.get((file, rule), (0,))[0]
    ]
    lines, grave = results["metrics"]["_totals"]["loc"], kinds["HIGH"]
    return [
        Figure(what=f"bandit, {lines:,} lines: grave", measured=str(grave), wanted="0", holds=not grave),
        Figure(
            what=f"bandit: middling, but for {sum(count for count, _ in REVIEWED.values())} that were looked at",
            measured=", ".join(new) or "0", wanted="0", holds=not new,
        ),
        Figure(what="bandit: slight (asserts, processes that are started)", measured=str(kinds["LOW"])),
        _nothing("files that bandit could not read", [each["filename"] for each in results["errors"]]),
    ]  # fmt: skip


def known_faults(_: Scene) -> Sequence[Figure]:
    """Pip-audit over the constraints, where the data on known faults can be reached."""
    audit = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip"]
    done = subprocess.run(
        [*audit, "--format", "json", "--progress-spinner", "off", "--timeout", "15"],
        capture_output=True,
        text=True,
        timeout=900,
    )
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except ValueError:
        rows = []
    looked_up = [each for each in rows if "vulns" in each]
    faulty = [f"{each['name']} {each['version']}: {each['vulns'][0]['id']}" for each in looked_up if each["vulns"]]
    if not looked_up:
        said = f"not measured: none of {len(pins())} could be looked up, the data is out of this machine's reach"
        return [Figure(what="packages with a known fault", measured=said)]
    return [_nothing(f"packages with a known fault ({len(looked_up)} of {len(pins())} looked up)", faulty)]


PROMISE = Promise(
    key="supply-chain",
    says="What is installed is what was tested, under known licences; it needs no rights; no secret is told.",
    parts=(
        Part(name="versions and licences", run=packages, minutes=1),
        Part(name="the image's layout", run=layout, minutes=5),
        Part(name="secrets in what is said", run=canaries, minutes=5),
        Part(name="doubts about the code", run=searched, minutes=1),
        Part(name="known faults", run=known_faults, minutes=2),
    ),
    quick={
        "tests/test_supply_chain.py": "constraints, licences and the Dockerfile say what they must",
        "tests/test_packaging.py": "the wheel holds the program and nothing else; the image is made from what it needs",
        "tests/test_deploy.py": "containers run without rights, on a file system that is read-only",
        "tests/test_config.py": "no secret is shown",
    },
)
