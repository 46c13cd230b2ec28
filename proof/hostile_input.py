"""Whatever strangers send is read or refused, in time and within memory: searched, pumped and bombed."""

from proof import hostile_bombs, hostile_fuzz, hostile_regex, hostile_shapes
from proof.promise import Part, Promise

PROMISE = Promise(
    key="hostile-input",
    says="Whatever feeds, pages, mails, searches, requests and settings hold is read, or refused with words that say "
    "why: nothing crashes, nothing hangs, nothing takes more memory than its limit.",
    parts=(
        Part(name="searched by coverage", run=hostile_fuzz.run, minutes=90),
        Part(name="made by shape", run=hostile_shapes.run, minutes=20),
        Part(name="regular expressions pumped", run=hostile_regex.run, minutes=10),
        Part(name="bombs", run=hostile_bombs.run, minutes=5),
    ),
    quick={
        "tests/test_sources.py": "feeds made of pieces, entities that are bombs: only ParseError escapes",
        "tests/test_extract_hostile.py": "pages that want to hang or fill the reader, within time and memory",
        "tests/test_extract_charsets.py": "charsets that are no charsets, declarations without an end",
        "tests/test_fetch.py": "packed bombs and wrong headers over HTTP",
        "tests/test_query_properties.py": "any text is read or refused at a place in it, quickly",
        "tests/test_dates_properties.py": "dates in any text",
        "tests/test_urls.py": "addresses in one form, whatever they hold",
        "tests/test_dashboard_api.py": "made-up requests find no server error",
        "tests/test_config.py": "settings that are no TOML",
    },
)
