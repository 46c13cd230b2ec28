"""Views for programs that draw and count (Grafana, Metabase, Superset, Datasette): what may be shown to anybody.

A later migration that changes a column which a view shows drops the view first and makes it again.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# {day:column} is the UTC day of a moment, which the two databases write differently.
VIEWS = {
    "report_matches": """
        SELECT m.id AS match_id, m.matched_at, {day:m.matched_at} AS matched_on, m.topic, m.score, m.threshold,
          m.evidence, m.backfill, a.id AS article_id, a.title, a.url, a.outlet, f.country, f.state_controlled,
          a.language, a.published_at, a.version, s.story_id
        FROM matches m JOIN articles a ON a.id = m.article_id
          LEFT JOIN feeds f ON f.id = a.feed_id LEFT JOIN story_members s ON s.article_id = a.id
        WHERE m.withdrawn_at IS NULL""",
    "report_stories": """
        SELECT id AS story_id, title, url, outlet, first_seen, last_seen, articles, outlets, origins, state_origins,
          evidence
        FROM stories WHERE articles > 0""",
    "report_statements": """
        SELECT id AS statement_id, speaker, speaker_id, kind, text, said_on, channel, first_told, articles, origins
        FROM statements""",
    "report_statement_subjects": """
        SELECT t.statement_id, t.name AS subject, t.said_on, s.speaker
        FROM statement_subjects t JOIN statements s ON s.id = t.statement_id""",
    "report_events": """
        SELECT id AS event_id, type, participants, when_from, when_to, certainty, place, status, happens_on, ends_on,
          first_told, last_told, articles, origins
        FROM happenings""",
    "report_aid_steps": """
        SELECT a.id AS step_id, a.article_id, m.published_at, {day:m.published_at} AS published_on, a.item, a.donor,
          a.recipient, a.step, a.manner, a.firmness, a.said_by, a.text AS evidence, m.origin, m.state_controlled
        FROM aid_steps a JOIN story_members m ON m.article_id = a.article_id""",
    "report_mentions": """
        SELECT n.article_id, e.id AS entity_id, e.name, e.type, e.kb_id AS wikidata, n.text
        FROM mentions n JOIN entities e ON e.id = n.entity_id""",
    "report_sources": """
        SELECT id AS feed_id, title, outlet, family, country, state_controlled, language, kind, url, active, added_at,
          last_success_at, failing_since, failures, last_error, newest_at, gaps, gone_at
        FROM feeds""",
    "report_polls": """
        SELECT feed_id, polled_at, {day:polled_at} AS polled_on, outcome, http_status, elapsed, new_entries, gap
        FROM polls""",
    "report_funnel": """
        SELECT {day:first_seen_at} AS seen_on, state, reason_group, count(*) AS entries
        FROM entries GROUP BY 1, 2, 3""",
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {_written(query, sqlite)}")


def downgrade() -> None:
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")


def _written(query: str, sqlite: bool) -> str:
    start, end = ("date(", ")") if sqlite else ("(", " AT TIME ZONE 'UTC')::date")
    parts = query.split("{day:")
    return parts[0] + "".join(f"{start}{part.partition('}')[0]}{end}{part.partition('}')[2]}" for part in parts[1:])
