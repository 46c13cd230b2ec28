"""What several labels say together: one grade per topic, or a dispute. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor.records.feedback import Label, Verdict
from monitor.records.findings import TOPICS

ABOUT, NOT_ABOUT = 2, 0


def other_topic(topic: str) -> str | None:
    """Return the topic that an article of the wrong one belongs to; None while there are more than two."""
    others = [name for name in TOPICS if name != topic]
    return others[0] if len(others) == 1 else None


def statements(label: Label) -> tuple[tuple[str, int], ...]:
    """Return ``(topic, grade)`` for everything that one label says."""
    match label.verdict:
        case Verdict.KEEP:
            return ((label.topic, ABOUT),)
        case Verdict.REJECT:
            return ((label.topic, NOT_ABOUT),)
        case Verdict.WRONG_TOPIC:
            moved = ((label.to_topic, ABOUT),) if label.to_topic else ()
            return ((label.topic, NOT_ABOUT), *moved)


def grades(labels: Iterable[Label]) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Return what the live labels of one text agree on, and the topics on which they do not.

    A person's last word on a topic counts; among several people the majority does. A topic without a majority is
    disputed and has no grade.
    """
    words: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for label in sorted(labels, key=lambda label: (label.labelled_at, label.id)):
        if label.undone_at is None:
            for topic, grade in statements(label):
                words[topic][label.person] = grade
    agreed, disputed = [], []
    for topic in sorted(words):
        ranked = Counter(words[topic].values()).most_common()
        if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
            disputed.append(topic)
        else:
            agreed.append((topic, ranked[0][0]))
    return tuple(agreed), tuple(disputed)
