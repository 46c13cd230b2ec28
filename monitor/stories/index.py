"""Which story does an article belong to? One article at a time, in bounded memory, always with the same answer. Pure.

A story is the set of its articles in the window. A new article joins the story whose nearest members are most like it,
if they are like enough; what repeats an earlier article word for word follows it. Ids of stories only grow.
"""

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from monitor.records.chronicle import StoryChange
from monitor.records.stories import Arrival, Placed, Repeat, StoredMember
from monitor.stories.imprint import Imprint, imprint, unpack
from monitor.stories.membership import Membership
from monitor.stories.partition import halves
from monitor.stories.policy import Policy
from monitor.stories.window import Alike, Window

_RIVALS = 6
"""Stories that are compared with all their members."""
_LOOKED_AT = 32
"""Articles, those most like the new one, whose stories are compared."""
_MEMBERS = 32
"""Members of a story that are compared, the newest."""
_BRIDGED = 16
"""Members of each of two stories that are compared before these become one."""
_FIRST_LOOK = 8
"""A story is looked at for a split when it has so many members, and whenever these have doubled."""
_PARTED = 64
"""Members that are looked at for a split, the oldest."""
_LONGER = 1.1
"""An excerpt may have gained a line of its own."""


class StoryIndex:
    """Places articles; knows the last ``policy.capacity`` of them."""

    def __init__(self, policy: Policy | None = None, *, next_story: int = 1) -> None:
        self._policy = policy or Policy()
        self._window = Window(self._policy)
        self._members = Membership(self._policy.capacity)
        self._next_story = next_story

    def place(self, arrival: Arrival) -> Placed:
        """Say where the article belongs; one that the window still holds stays where it is."""
        new = imprint(arrival)
        slot = self._members.slot(arrival.article_id)
        alike = [each for each in self._window.alike(new) if each.slot != slot]
        changes: list[StoryChange] = []
        if slot is None:
            slot, changes = self._add(arrival, new, alike)
        duplicate_of = self._members.duplicate_of(slot)
        return Placed(
            article_id=arrival.article_id,
            story_id=self._members.story(slot),
            similarity=self._members.similarity(slot),
            duplicate_of=duplicate_of,
            repeats=self._repeats(new, alike),
            changes=tuple(changes),
            imprint=new.pack(),
        )

    def restore(self, members: Iterable[StoredMember]) -> tuple[int, ...]:
        """Build the index up from what was stored, in the order of arrival. No article is placed anew.

        Returns the articles whose imprint cannot be read; give them to ``place``.
        """
        unread = []
        for member in members:
            known = unpack(member.imprint)
            if known is None:
                unread.append(member.article_id)
            elif self._members.slot(member.article_id) is None:
                slot = self._members.add(
                    member.article_id, member.story_id, member.similarity, duplicate_of=member.duplicate_of
                )
                self._window.put(slot, known)
            self._next_story = max(self._next_story, member.story_id + 1)
        return tuple(unread)

    @property
    def articles(self) -> int:
        """How many articles the window holds."""
        return len(self._members)

    @property
    def stories(self) -> int:
        """How many stories have articles in the window."""
        return self._members.stories

    def _add(self, arrival: Arrival, new: Imprint, alike: list[Alike]) -> tuple[int, list[StoryChange]]:
        copied = next((each.slot for each in alike if self._repeats_whole(new, each)), None)
        ranked = self._ranked(new)
        if copied is not None:
            story, similarity = self._members.story(copied), 1.0
        elif ranked and ranked[0][1] >= self._policy.join:
            story, similarity = ranked[0]
        else:
            story, similarity = self._next_story, 1.0
            self._next_story += 1
        original = None if copied is None else self._members.original(copied)
        slot = self._members.add(arrival.article_id, story, similarity, duplicate_of=original)
        self._window.put(slot, new)
        changes = self._merge(story, ranked, arrival.published)
        return slot, changes + self._split(self._members.story(slot), arrival.published)

    def _repeats_whole(self, new: Imprint, each: Alike) -> bool:
        """Whether the new article says nothing that the earlier one does not."""
        if each.likeness.jaccard >= self._policy.duplicate:
            return True
        longest = _LONGER * self._window.read(each.slot).runs
        return each.likeness.contained >= self._policy.excerpt and new.runs <= longest

    def _repeats(self, new: Imprint, alike: list[Alike]) -> tuple[Repeat, ...]:
        found = []
        for each in alike:
            earlier = self._window.read(each.slot).runs
            shared = each.likeness.contained * min(new.runs, earlier)
            found.append(
                Repeat(
                    article_id=self._members.article(each.slot),
                    of_new=round(shared / new.runs, 3) if new.runs else each.likeness.contained,
                    of_earlier=round(shared / earlier, 3) if earlier else each.likeness.contained,
                )
            )
        return tuple(found)

    def _ranked(self, new: Imprint) -> list[tuple[int, float]]:
        """The stories most like the article, the best first, the older first among equals."""
        near = self._window.near(new)
        likes = dict(zip(near.tolist(), self._window.similarity(new, near).tolist(), strict=True))
        best_first = sorted(likes, key=lambda slot: (-likes[slot], slot))
        hopeful = list(dict.fromkeys(self._members.story(slot) for slot in best_first[:_LOOKED_AT]))[:_RIVALS]
        members = {story: self._members.of(story)[-_MEMBERS:] for story in hopeful}
        rest = np.array([slot for slots in members.values() for slot in slots if slot not in likes], np.int64)
        if len(rest):
            likes.update(zip(rest.tolist(), self._window.similarity(new, rest).tolist(), strict=True))
        scores = [(story, self._of_nearest([likes[slot] for slot in slots])) for story, slots in members.items()]
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))

    def _of_nearest(self, similarities: list[float]) -> float:
        nearest = sorted(similarities)[-self._policy.neighbours :]
        return sum(nearest) / len(nearest)

    def _merge(self, story: int, ranked: list[tuple[int, float]], at: datetime) -> list[StoryChange]:
        """Make one story of two that the article joins, when they are alike without it; the older id lives."""
        changes = []
        for other, similarity in ranked:
            if other == story or similarity < self._policy.merge or not self._bridged(story, other):
                continue
            kept, gone = min(story, other), max(story, other)
            moved = self._members.move(self._members.of(gone), kept)
            changes.append(StoryChange(at=at, kind="merged", story_id=gone, other_id=kept, moved=moved))
            story = kept
        return changes

    def _bridged(self, story: int, other: int) -> bool:
        mine = np.array(self._members.of(story)[-_BRIDGED:], np.int64)
        likes = [
            float(self._window.similarity(self._window.read(slot), mine).mean())
            for slot in self._members.of(other)[-_BRIDGED:]
        ]
        return sum(likes) / len(likes) >= self._policy.bridge

    def _split(self, story: int, at: datetime) -> list[StoryChange]:
        """Part a story whose members have drifted apart; those without its oldest member get a new id."""
        slots = self._members.of(story)
        if len(slots) < _FIRST_LOOK or len(slots) & (len(slots) - 1):
            return []
        looked_at = np.array(slots[:_PARTED], np.int64)
        alike = np.stack([self._window.similarity(self._window.read(slot), looked_at) for slot in looked_at])
        _, second, similarity = halves(((alike + alike.T) / 2).astype(np.float32))
        if similarity >= self._policy.split or len(second) < 2:
            return []
        moved = self._members.move([int(slot) for slot in looked_at[second]], self._next_story)
        self._next_story += 1
        return [StoryChange(at=at, kind="split", story_id=story, other_id=self._next_story - 1, moved=moved)]
