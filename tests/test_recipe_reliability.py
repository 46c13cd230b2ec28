"""The reliability plot's arithmetic."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recipe.reliability import LEAST, binned, drawn

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


@given(pairs)
def test_every_article_is_in_one_bin_and_bins_are_large_enough_to_tell_a_share(found: list[tuple[float, bool]]) -> None:
    bins = binned([score for score, _ in found], [truth for _, truth in found])
    assert sum(one.count for one in bins) == len(found)
    assert len(bins) == 1 or all(one.count >= LEAST for one in bins)
    assert sum(one.share * one.count for one in bins) == pytest.approx(sum(truth for _, truth in found))


def test_the_plot_is_valid_svg_with_a_dot_for_each_bin() -> None:
    bins = binned([0.1] * 20 + [0.9] * 20, [False] * 20 + [True] * 20)
    root = ElementTree.fromstring(drawn([bins, bins], ["talks", "missile_aid"], "a model"))
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 2 * len(bins)
