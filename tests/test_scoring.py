"""Pooling of windows, calibration, and doubt far from what the model has seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.understand.scoring import Domain, pooled, probabilities

FLAT = {"talks": (1.0, 0.0)}
NOTHING = np.zeros(3, dtype=np.float32)
logits = st.floats(-40, 40, width=32)


def test_the_lead_decides_alone_and_otherwise_a_third_of_the_windows_must_agree() -> None:
    assert pooled(np.array([[3.0], [-4.0], [-4.0], [-4.0]], dtype=np.float32))[0] == 3.0
    one_deep_in_six = np.array([[-4.0]] * 5 + [[3.0]], dtype=np.float32)
    assert pooled(one_deep_in_six)[0] == -4.0
    two_deep_in_six = np.array([[-4.0]] * 4 + [[3.0], [2.0]], dtype=np.float32)
    assert pooled(two_deep_in_six)[0] == 2.0


def test_a_document_of_up_to_three_windows_has_its_best_window_speak() -> None:
    assert pooled(np.array([[-1.0], [2.0], [-3.0]], dtype=np.float32))[0] == 2.0


@given(st.lists(logits, min_size=1, max_size=8))
def test_pooling_stays_within_the_windows(values: list[float]) -> None:
    found = pooled(np.array(values, dtype=np.float32).reshape(-1, 1))[0]
    assert values[0] <= found <= max(values)


@given(logits, st.floats(0, 1))
def test_doubt_never_raises_a_score_and_never_lowers_one_below_the_prior(logit: float, doubt: float) -> None:
    plain = probabilities(np.array([logit], dtype=np.float32), ["talks"], FLAT)["talks"]
    held = probabilities(np.array([logit], dtype=np.float32), ["talks"], FLAT, doubt=doubt, prior=0.1)["talks"]
    assert held <= plain
    assert held >= min(plain, 0.1) - 1e-9


def test_doubt_grows_from_nothing_at_home_to_everything_in_another_world() -> None:
    home = Domain(
        mean=NOTHING,
        spread=np.eye(3, dtype=np.float32),
        centres=np.eye(3, dtype=np.float32)[:2],
        near=0.2,
        far=0.6,
        prior=0.1,
    )
    assert home.doubt(np.array([1.0, 0.0, 0.0], dtype=np.float32)) == 0.0
    assert home.doubt(np.array([0.0, 0.0, 1.0], dtype=np.float32)) == 1.0
    between = np.array([0.6, 0.0, 0.8], dtype=np.float32)
    assert home.doubt(between) == pytest.approx(0.5)


def test_spreading_out_takes_away_what_all_articles_share() -> None:
    shared = np.array([0.0, 0.0, 0.9], dtype=np.float32)
    eye = np.eye(3, dtype=np.float32)
    home = Domain(mean=shared, spread=eye, centres=eye, near=0.2, far=0.6, prior=0.1)
    alike = np.array([[0.4, 0.0, 0.92], [-0.4, 0.0, 0.92]], dtype=np.float32)
    assert float(alike[0] @ alike[1]) > 0.6
    first, second = home.spread_out(alike)
    assert float(first @ second) < -0.9
    assert np.linalg.norm(first) == pytest.approx(1.0)
    assert not home.spread_out(shared[None]).any(), "nothing left must not become a division by nothing"
