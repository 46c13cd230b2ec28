"""Everything that decides the outcome of a training run."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run's numbers; epochs are passes over the articles and the sentences."""

    seed: int = 13
    topic_epochs: float = 4.0
    topic_batch: int = 16
    tag_epochs: float = 3.0
    rate: float = 8e-5
    head_rate: float = 1e-3
    layer_decay: float = 0.88
    second_window: float = 0.5
    """How often a long document shows another of its windows beside the first."""
    embedding_weight: float = 2.0
    ordinary_weight: float = 0.25
    taught: float = 0.6
    """The ensemble's share of the loss, where there is one."""
    masked: float = 0.06
    encoder_dropout: float = 0.0
    averaged_from: float = 0.6
    rounded_from: float = 0.75
    """From this part of the run on, matrices are rounded as the exported file rounds them; 1 means never."""
    threads: int = 2
    vary: bool = True


def teacher_plans(plan: Plan) -> list[Plan]:
    """Three runs that differ in seed and dropout; they are never exported, so nothing is rounded."""
    exact = replace(plan, rounded_from=1.0)
    return [
        replace(exact, encoder_dropout=0.1),
        replace(exact, seed=plan.seed + 1, encoder_dropout=0.1),
        replace(exact, seed=plan.seed + 2),
    ]


def student_plan(plan: Plan) -> Plan:
    """The run of the network that is shipped: longer, since a cut network has much to mend."""
    return replace(plan, topic_epochs=5.0, tag_epochs=4.0, rounded_from=0.7)
