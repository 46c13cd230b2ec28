"""A stranger's day: README.md to the letter, the pages' command lines, every ``--help``, errors on purpose."""

from proof.promise import Part, Promise
from proof.strangers_day_clean import from_a_clean_root
from proof.strangers_day_errors import errors
from proof.strangers_day_help import helps
from proof.strangers_day_pages import shown

PROMISE = Promise(
    key="strangers-day",
    says="Who follows README.md gets what it says; every command line of the pages works; every error says what to do.",
    parts=(
        Part(name="README.md from a clean root", run=from_a_clean_root, minutes=8),
        Part(name="command lines of the pages", run=shown, minutes=10),
        Part(name="every --help", run=helps, minutes=1),
        Part(name="errors on purpose", run=errors, minutes=5),
    ),
    quick={
        "tests/test_docs_commands.py": "command lines, targets, extras, settings and links of the pages are there",
        "tests/test_help.py": "every command, option and group has a help text that a person can read",
        "tests/test_store_docs.py": "the queries of the pages run",
        "tests/test_config.py": "every setting and its default is in docs/settings.md",
    },
)
