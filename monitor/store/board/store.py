"""The reads of all pages."""

from monitor.store.board.article import ArticleBoard
from monitor.store.board.classifier import ClassifierBoard
from monitor.store.board.entities import EntitiesBoard
from monitor.store.board.ladder import LadderBoard
from monitor.store.board.live import LiveBoard
from monitor.store.board.map import MapBoard
from monitor.store.board.matches import MatchesBoard
from monitor.store.board.messages import MessagesBoard
from monitor.store.board.overview import OverviewBoard
from monitor.store.board.shadow import ShadowBoard
from monitor.store.board.sources import SourcesBoard
from monitor.store.board.statements import StatementsBoard
from monitor.store.board.story import StoryBoard
from monitor.store.board.system import SystemBoard
from monitor.store.board.timeline import TimelineBoard
from monitor.store.board.troubles import TroubleBoard
from monitor.store.engine import Database


class BoardStore:
    """One part for each page."""

    def __init__(self, database: Database) -> None:
        self.entities = EntitiesBoard(database)
        self.live = LiveBoard(database)
        self.map = MapBoard(database)
        self.matches = MatchesBoard(database)
        self.overview = OverviewBoard(database)
        self.article = ArticleBoard(database)
        self.ladder = LadderBoard(database)
        self.statements = StatementsBoard(database)
        self.sources = SourcesBoard(database)
        self.classifier = ClassifierBoard(database)
        self.shadow = ShadowBoard(database)
        self.messages = MessagesBoard(database)
        self.troubles = TroubleBoard(database)
        self.system = SystemBoard(database)
        self.story = StoryBoard(database)
        self.timeline = TimelineBoard(database)
