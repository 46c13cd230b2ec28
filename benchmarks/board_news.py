"""Invented articles, a million if need be, with everything that the store keeps of them."""

import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from benchmarks.board_feeds import Outlet
from benchmarks.board_flow import ANALYSED, MODEL, THRESHOLDS, Arrived, Rows, put, score
from benchmarks.board_plots import FIRM, Plot, Plots, Row, status
from benchmarks.board_words import CITIES, Piece, Words, joined
from monitor.store.detail_tables import aid_steps, article_events, quotes, reactions
from monitor.store.details import name_key
from monitor.store.feedback.tables import labels
from monitor.store.keys import hashed
from monitor.store.name_tables import mentions
from monitor.store.tables import matches

SPAN = timedelta(days=400)
_GROWTH = 1.2
"""The rate at the end is e to the power of this times the one at the beginning."""


class News:
    """Articles in the order in which they come."""

    def __init__(
        self,
        source: random.Random,
        words: Words,
        outlets: tuple[Outlet, ...],
        *,
        number: int,
        matched: int,
        until: datetime,
    ) -> None:
        self._source = source
        self._words = words
        self._outlets = outlets
        self._shares = list(accumulate(1 / (place + 8) for place in range(len(outlets))))
        self._number = number
        # A matched article has 1.15 matches.
        self._share = matched / 1.15 / number
        self._until = until
        self._embeddings = [source.randbytes(768) for _ in range(64)]
        self.plots = Plots(source, words, max(10, matched // 250))

    def batches(self, size: int) -> Iterator[Rows]:
        """Rows of so many articles at a time, by table, in an order in which they can be written."""
        for first in range(1, self._number + 1, size):
            rows: Rows = defaultdict(list)
            for id_ in range(first, min(first + size, self._number + 1)):
                self._article(rows, id_)
            yield rows

    def _at(self, id_: int) -> datetime:
        share = (id_ - self._source.random()) / self._number
        return self._until - SPAN * (1 - math.log1p(share * math.expm1(_GROWTH)) / _GROWTH)

    def _article(self, rows: Rows, id_: int) -> None:
        source = self._source
        outlet = source.choices(self._outlets, cum_weights=self._shares)[0]
        at = self._at(id_)
        # Known only a while after it is published.
        published = at - timedelta(minutes=source.expovariate(1 / 12))
        plot = self.plots.joined(published) if source.random() < self._share else None
        found: list[tuple[str, Piece]] = [] if plot is None else list(self._told(plot, published))
        generic = [("", piece) for piece in source.choices(self._words.sentences, k=source.randint(5, 9))]
        found = [*found[:1], *generic[:1], *found[1:], *generic[1:]]
        title = self._title(plot)
        start, places = len(title.text) + 2, []
        for kind, piece in found:
            places.append((kind, start, piece))
            start += len(piece.text) + 1
        topics = () if plot is None else plot.topics
        article = Arrived(
            id=id_,
            outlet=outlet,
            title=title.text,
            text=" ".join(piece.text for _, piece in found),
            at=at,
            published=published,
            is_dated=source.random() > 0.01,
            is_backfill=source.random() < 0.02,
            topics=topics,
            embedding=source.choice(self._embeddings),
            scores={topic: score(source, matched=topic in topics) for topic in THRESHOLDS},
            old_version=self._number + id_ if topics and source.random() < 0.05 else None,
        )
        put(rows, article)
        self._names(rows, id_, [("", 0, title), *places])
        if plot is not None:
            self._found(rows, article, plot, places)

    def _title(self, plot: Plot | None) -> Piece:
        head, tail = self._source.choice(self._words.heads), self._source.choice(self._words.tails)
        if plot is None:
            return Piece(text=f"{head} {tail}")
        numbers = self._words.numbers
        object_ = plot.weapon if "missile_aid" in plot.topics else plot.other
        return joined(self._words.entities, [numbers[plot.speaker], tail, numbers[object_]], end="")

    def _told(self, plot: Plot, at: datetime) -> Iterator[tuple[str, Piece]]:
        """What an article of the story says of it: (what, sentence)."""
        source, numbers, entities = self._source, self._words.numbers, self._words.entities
        if plot.event is not None and source.random() < 0.7:
            first, second = (numbers[name] for name in plot.event.names)
            verb = "are to meet in" if status(plot.event, at.date()) == "planned" else "met in"
            day = f"on {plot.event.day:%d %B}"
            yield "event", joined(entities, [first, "and", second, verb, numbers[plot.event.place], day])
        if "missile_aid" in plot.topics and source.random() < 0.7:
            yield (
                "aid",
                joined(entities, [plot.donor, plot.step.replace("_", " "), numbers[plot.weapon], "for Ukraine"]),
            )
        for number, words in plot.said:
            if source.random() < 0.7:
                name = plot.speaker
                text = f'{name} said in {source.choice(CITIES)}: "{words}".'
                yield f"quote {number}", Piece(text=text, names=((0, len(name), numbers[name]),))
        if plot.reaction and source.random() < 0.4:
            name = "Dmitry Peskov"
            yield "reaction", joined(entities, [numbers[name], "warned against", numbers[plot.weapon]])

    def _names(self, rows: Rows, id_: int, places: list[tuple[str, int, Piece]]) -> None:
        names = self._words.entities
        rows[mentions] += [
            {
                "article_id": id_,
                "entity_id": number + 1,
                "start_offset": start + first,
                "end_offset": start + last,
                "text": names[number].name,
            }
            for _, start, piece in places
            for first, last, number in piece.names
        ]

    def _found(self, rows: Rows, article: Arrived, plot: Plot, places: list[tuple[str, int, Piece]]) -> None:
        origin = f"agency:Northwire {plot.id % 3}" if self._source.random() < 0.3 else f"family:{article.outlet.family}"
        whose = {"article_id": article.id, "analysis_id": article.id}
        self._join(article, plot, origin)
        for kind, start, piece in places:
            what, _, number = kind.partition(" ")
            place = whose | {"start_offset": start, "end_offset": start + len(piece.text) - 1, "text": piece.text[:-1]}
            if what == "quote":
                self._quote(rows, article, plot, place, int(number), origin)
            elif what == "event" and plot.event is not None:
                self._event(rows, article, plot, place, origin)
            elif what == "aid":
                rows[aid_steps].append(place | _step(plot))
            elif what == "reaction":
                self._reaction(rows, article, plot, place)
        told = [(start, piece) for kind, start, piece in places if kind] or [(0, Piece(text=article.title + "."))]
        for topic in plot.topics:
            start, piece = told[0]
            rows[matches].append(_match(article, topic, start, piece.text[:-1]))
            if self._source.random() < 0.02:
                rows[labels].append(self._label(article, topic))

    def _join(self, article: Arrived, plot: Plot, origin: str) -> None:
        copied = plot.members and self._source.random() < 0.3
        plot.members.append(
            {
                "article_id": article.id,
                "story_id": plot.id,
                "published_at": article.published,
                "backfill": article.is_backfill,
                "origin": origin,
                "origin_kind": origin.partition(":")[0],
                "state_controlled": article.outlet.state_controlled,
                "copy_of": plot.members[0]["article_id"] if copied else None,
                "similarity": self._source.uniform(0.6, 1),
                "title": article.title,
                "url": article.url,
                "outlet": article.outlet.name,
            }
        )

    def _quote(self, rows: Rows, article: Arrived, plot: Plot, place: Row, number: int, origin: str) -> None:
        words = dict(plot.said)[number]
        end = place["end_offset"] - 1
        said = place | {"start_offset": end - len(words), "end_offset": end, "text": words}
        speaker_id = self._words.entities[self._words.numbers[plot.speaker]].id
        about = plot.weapon if "missile_aid" in plot.topics else plot.other
        rows[quotes].append(
            said
            | {"kind": "direct", "number": number, "speaker": plot.speaker, "speaker_id": speaker_id, "part_of": number}
            | {"about": json.dumps([about])}
        )
        told = {"statement_id": number, "published_at": article.published, "origin": origin, "speaker_id": speaker_id}
        plot.witnesses[number].append(said | told)

    def _event(self, rows: Rows, article: Arrived, plot: Plot, place: Row, origin: str) -> None:
        event = plot.event
        assert event is not None
        key = hashed("event", str(article.id), str(event.id))
        event.reports.append((article.id, article.published, key, origin))
        rows[article_events].append(
            place
            | {"number": 0, "key": key, "type": event.type, "participants": json.dumps(event.names)}
            | {"when_from": event.day, "when_to": event.day, "certainty": "exact", "place": event.place}
            | {"status": status(event, article.published.date())}
        )

    def _reaction(self, rows: Rows, article: Arrived, plot: Plot, place: Row) -> None:
        key = hashed("reaction", str(article.id))
        said = {"number": 0, "key": key, "said_by": "Dmitry Peskov", "kind": "warning", "about": plot.weapon}
        rows[reactions].append(place | said)
        self.plots.answered(
            {
                "article_id": article.id,
                "reaction_key": key,
                "side": "Russia",
                "side_key": name_key("Russia"),
                "told_at": article.published,
                "item": plot.weapon,
                "donor": plot.donor,
                "recipient": "Ukraine",
            }
        )

    def _label(self, article: Arrived, topic: str) -> Row:
        verdict = self._source.choices(("keep", "reject", "wrong-topic"), (80, 15, 5))[0]
        return {
            "article_id": article.id,
            "version_id": article.id,
            "topic": topic,
            "verdict": verdict,
            "to_topic": ("talks" if topic != "talks" else "missile_aid") if verdict == "wrong-topic" else None,
            "person": self._source.choice(("Ana", "Ben", "Chi")),
            "note": "",
            "model": MODEL,
            "score": article.scores[topic],
            "matched": True,
            "labelled_at": article.at + timedelta(hours=5),
        }


def _match(article: Arrived, topic: str, start: int, evidence: str) -> Row:
    at = article.at + ANALYSED
    return {
        "article_id": article.id,
        "topic": topic,
        "analysis_id": article.id,
        "score": article.scores[topic],
        "threshold": THRESHOLDS[topic],
        "evidence": evidence,
        "evidence_start": start,
        "evidence_end": start + len(evidence),
        "matched_at": at,
        "updated_at": at,
        "backfill": article.is_backfill,
    }


def _step(plot: Plot) -> dict[str, Any]:
    return {
        "number": 0,
        "item": plot.weapon,
        "item_key": name_key(plot.weapon),
        "donor": plot.donor,
        "recipient": "Ukraine",
        "step": plot.step,
        "manner": "",
        "said_by": plot.speaker,
        "firmness": FIRM.get(plot.step, "statement"),
    }
