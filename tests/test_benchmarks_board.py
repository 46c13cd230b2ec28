"""The invented archive of the dashboard's benchmark: whole, true to the schema, and found by a search."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from benchmarks.board_material import make
from monitor.records.board.matches import MatchFilter
from monitor.store import Store
from monitor.store.chronicle_tables import happening_reports, statement_witnesses, story_members
from monitor.store.detail_tables import quotes
from monitor.store.name_tables import mentions
from monitor.store.schema import differences
from monitor.store.tables import articles, matches, metadata

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


def archive(url: str, *, seed: int = 1) -> Store:
    make(url, articles=1500, matches=400, outlets_=20, seed=seed, until=UNTIL)
    return Store.open(url)


def test_the_archive_is_whole_and_its_spans_stand_in_its_texts(database_url: str) -> None:
    with archive(database_url) as store, store._database.read() as connection:
        assert differences(store._database) == ()
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
        for name in ("feeds", "entries", "analyses", "stories", "statements", "happenings", "aid_steps", "polls"):
            assert counts[name], name
        assert counts["articles"] == 1500
        assert 250 < counts["matches"] < 600
        documents = {
            id_: f"{title}\n\n{text}"
            for id_, title, text in connection.execute(select(articles.c.id, articles.c.title, articles.c.text))
        }
        for table in (mentions, quotes, statement_witnesses):
            columns = (table.c.article_id, table.c.start_offset, table.c.end_offset, table.c.text)
            for article_id, start, end, text in connection.execute(select(*columns)):
                assert documents[article_id][start:end].casefold() == text.casefold()
        for row in connection.execute(select(matches)):
            assert documents[row.article_id][row.evidence_start : row.evidence_end] == row.evidence
            assert row.score >= row.threshold
        for table in (story_members, happening_reports):
            matched = select(matches.c.article_id)
            strangers = select(func.count()).select_from(table).where(table.c.article_id.not_in(matched))
            assert connection.scalar(strangers) == 0


def test_the_archive_can_be_searched_and_told_of(database_url: str) -> None:
    with archive(database_url) as store:
        view = store.board.matches.page(MatchFilter(search="Putin"), person="", now=UNTIL)
        assert view.rows
        assert all("putin" in row.title.casefold() or row.marks for row in view.rows)
        article_id = view.rows[0].article_id
        assert store.board.article.page(article_id, person="", now=UNTIL) is not None
        found = store.board.overview.standing(("Donald Trump",), person="", now=UNTIL)
        assert found.newest is not None
        assert UNTIL - timedelta(days=3) < found.newest <= UNTIL
        assert store.chronicle.stories(limit=3)
