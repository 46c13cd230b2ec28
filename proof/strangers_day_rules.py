"""What the pages' command lines mean here: what a reader would put in, and what cannot be run on one machine."""

import re
import shlex
from collections.abc import Mapping

from proof.strangers_day_docs import Command

# Pattern and why: what matches is not run; tests read it or its files.
NOT_HERE = (
    (r"^(sudo )?docker\b", "no container engine here; its `monitor` command is parsed, compose.yaml is tested"),
    (r"^(kubectl|helm)\b", "no cluster here; its `monitor` command is parsed, the manifests are tested"),
    (r"^(systemctl|systemd-run|useradd|install|cp|python3 -m venv /opt|/opt/)", "changes the machine"),
    (r"^(createuser|alembic revision)\b", "asks a person, or writes into the checkout"),
    (r"^curl\b", "its address is an example; the pages under /api are tested"),
    (r"^make (model|test|check|coverage|bench|proof|\.venv/\.trained)", "hours, or installs; there is such a target"),
    (r"^make (clean|\.venv/\.proved)|proof\.supply_chain_files", "makes the environment anew"),
    (r"^make (run|demo)", "done from a clean root, in the other trial"),
    (r"^python -m (benchmarks|models)", "minutes to hours; there is such a module"),
    (r"^pip install -e '\.\[", "installs; there is such an extra"),
    (r"^monitor export WHAT", "a synopsis"),
    (r"^monitor model (train|list|shadow|promote|rollback)", "long: tests/test_cli_model_loop.py does it"),
    (r"> \.env$|>> \.env$", "makes the file for compose.yaml"),
    (r"^\. \.venv", "opens the environment, which is open here"),
)  # fmt: skip
# What a reader replaces, and by what; what is in parentheses stays.
BLANKS = (
    (r"()https://…/article\.html", "{article}"),
    (r"()https://example\.org/story", "{article}"),
    (r"()https://example\.org/feed\.xml", "{feed}"),
    (r"(discover )https://example\.org/", "{front}"),
    (r"()https://news\.example/new\.rss", "{new}"),
    (r"(--url )NEW", "{new}"),
    (r"()postgresql://\S+@db\.example/\w+", "{postgres}"),
    (r"( )/(?:backups|srv/www)/", "./"),
    (r"()\bFILE\.opml", "feeds.opml"),
    (r"(label )812", "{number}"),
    (r"(--undo )3$", "{label}"),
    # Of the demo's articles there is none that another model has read.
    (r"(reanalyse --since )2026-01-01 --model-other-than current$", "2025-01-01"),
    (r"((?:revoke|stop|resume) )3$", "1"),
    (r"(feeds (?:set|show) )ID", "1"),
    (r"(check )URL", "{feed}"),
    (r"(discover )URL", "{front}"),
    (r"( )URL", "{article}"),
    (r"( )PATH…", "feed.xml"),
    (r"(db restore \S+)$", " --force"),
    (r"()\$\(date \+%F\)", "2026-11-20"),
)


def why_not_here(command: Command) -> str:
    """Why a command line is not run; empty when it is."""
    return next((why for pattern, why in NOT_HERE if re.search(pattern, command.text)), "")


def filled(text: str, things: Mapping[str, str]) -> str:
    """A command line with the reader's own things in it; ``things`` has a value for each name in braces above."""
    for pattern, meaning in BLANKS:
        text = re.sub(pattern, lambda found, meaning=meaning: found[1] + meaning.format(**things), text)  # type: ignore[misc]
    return text


def ended(text: str) -> str:
    """A command line that comes to an end, by itself or as by Ctrl-C."""
    if re.match(r"monitor (run|daemon|worker)\b", text):
        return f"{text} --for 4"
    if re.match(r"monitor (dashboard|newsroom)\b", text):
        return f"timeout --preserve-status --signal=INT 8 {text}"
    return text


def monitors(text: str) -> list[list[str]]:
    """The arguments of every ``monitor`` that a command line starts, also in a container."""
    found = []
    for part in re.split(r"\s*\|\s*(?=\S)", re.sub(r"\s+[<>]+\s*\S+", "", text)):
        words = shlex.split(part.replace("…", ""))
        image = re.search(r"^docker (?:compose )?(?:run|exec)\b", part)
        starts = [number for number, word in enumerate(words) if re.fullmatch(r"(?:/\S+/bin/)?monitor", word)]
        # Behind -U and its like it is a user's or a database's name.
        starts = [number for number in starts if number == 0 or words[number - 1] not in ("-U", "-d", "-Fc", "--name")]
        if image and " run " in part and not starts:
            names = [number for number, word in enumerate(words) if word in ("talks-monitor", "dashboard", "daemon")]
            starts = names[-1:]
        if starts and (starts[-1] == 0 or image or "--" in words or "systemd-run" in part):
            found.append(words[starts[-1] + 1 :])
    return found
