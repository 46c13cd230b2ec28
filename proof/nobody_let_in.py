"""Nobody is let in who should not be, nothing strangers write is run, and nothing inside is reached from outside."""

from proof import (
    nobody_files,
    nobody_outbound,
    nobody_roles,
    nobody_sent,
    nobody_shown,
    nobody_signed,
    nobody_sql,
    nobody_told,
)
from proof.promise import Part, Promise

PROMISE = Promise(
    key="nobody-let-in",
    says="Nobody gets in, further in, or at what lies behind, by any request, feed, page, name or address.",
    parts=(
        Part(name="roles", run=nobody_roles.roles, minutes=3),
        Part(name="other sites", run=nobody_roles.elsewhere, minutes=3),
        Part(name="SQL through every parameter, on SQLite", run=nobody_sql.on_sqlite, minutes=6),
        Part(name="SQL through every parameter, on Postgres", run=nobody_sql.on_postgres, minutes=8),
        Part(name="requests to what lies inside", run=nobody_outbound.outbound, minutes=10),
        Part(name="passwords, cookies and proxies", run=nobody_signed.passwords, minutes=5),
        Part(name="links, messages and pushes", run=nobody_signed.signatures, minutes=2),
        Part(name="what strangers write, shown", run=nobody_shown.shown, minutes=15),
        Part(name="what strangers write, sent", run=nobody_sent.sent, minutes=2),
        Part(name="what strangers write, in a browser", run=nobody_shown.in_a_browser, minutes=8),
        Part(name="files of this machine", run=nobody_files.files, minutes=3),
        Part(name="secrets in what is written", run=nobody_told.told, minutes=6),
    ),
    quick={
        "tests/test_dashboard_doors.py": "every route by every role, and from other sites",
        "tests/test_dashboard_guard.py": "names, sites, sizes, proxies and headers",
        "tests/test_dashboard_people.py": "who comes in, as whom",
        "tests/test_dashboard_signing_in.py": "sessions, cookies, limits, where signing in leads",
        "tests/test_fetch_guard.py": "addresses and names that are not asked, redirects to them",
        "tests/test_publish.py": "feeds, calendars and tables of hostile text",
        "tests/test_digest_render.py": "mails of hostile text",
        "tests/test_notify_envelope.py": "headers of mails",
        "tests/test_notify_webhook.py": "signatures and targets of messages",
        "tests/test_daemon_letterbox.py": "links in mails",
        "tests/test_telling_links.py": "tokens of links",
        "tests/test_websub_callback.py": "what strangers may do to the callback",
        "tests/test_config.py": "secrets of settings in errors",
    },
)
