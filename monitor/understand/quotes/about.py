"""What is said is about whom and what: named in it, else in the sentence that it answers to. Pure."""

from monitor.records.findings import Entity
from monitor.understand.prose import Prose
from monitor.understand.quotes.frames import Frames
from monitor.understand.refer import Referents

MOST = 6


class Subjects:
    """Finds what quotations of one document are about."""

    def __init__(self, prose: Prose, frames: Frames, referents: Referents) -> None:
        self.prose = prose
        self.frames = frames
        self.referents = referents

    def of(self, start: int, end: int, speaker: Entity | None) -> tuple[str, ...]:
        """Canonical names, the surest first; the speaker is not among them."""
        found: dict[str, None] = {}
        for mention in self.prose.mentions_in(start, end):
            found[mention.entity.name] = None
        for reference in self.referents.between(start, end):
            if reference.entity is not None and reference.kind != "name":
                found[reference.entity.name] = None
        if not self._beside_speaker(found, speaker):
            number = self.frames.number_at(start)
            for at in (number, number - 1):
                if at < 0 or self._beside_speaker(found, speaker):
                    break
                frame = self.frames.found[at]
                for mention in self.prose.mentions_in(frame.start, min(frame.end, start)):
                    found[mention.entity.name] = None
        if speaker is not None:
            found.pop(speaker.name, None)
        return tuple(found)[:MOST]

    @staticmethod
    def _beside_speaker(found: dict[str, None], speaker: Entity | None) -> bool:
        return bool(found) and (speaker is None or any(name != speaker.name for name in found))
