import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from kimeval.core.errors import DataError
from kimeval.core.statistics.multiple import adjusted

# The 15 ordered p-values of Benjamini and Hochberg (1995), section 3.2.
PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
PAPER += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


def test_the_example_of_the_paper_has_four_discoveries_at_5_percent():
    assert (adjusted(PAPER) <= 0.05).sum() == 4
    # Bonferroni and Holm reject three there.
    assert (adjusted(PAPER, "holm") <= 0.05).sum() == 3


@pytest.mark.parametrize(("method", "name"), [("bh", "fdr_bh"), ("by", "fdr_by"), ("holm", "holm")])
def test_each_method_agrees_with_statsmodels_in_any_order_and_with_ties(method, name):
    p = np.random.default_rng(1).permutation([*PAPER, 0.0095, 0.0, 0.3240])
    np.testing.assert_allclose(adjusted(p, method), multipletests(p, method=name)[1], rtol=1e-12)


def test_a_missing_p_value_stays_missing_and_is_no_test():
    found = adjusted([0.01, np.nan, 0.04])
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])


@pytest.mark.parametrize("method", ["bh", "by", "holm"])
def test_no_test_and_one_test_need_no_adjustment(method):
    assert adjusted([], method).shape == (0,)
    assert adjusted([0.03], method) == pytest.approx([0.03])


def test_percent_and_unknown_methods_are_refused():
    with pytest.raises(DataError, match="in percent"):
        adjusted([5.0])
    with pytest.raises(DataError, match="Did you mean 'holm'"):
        adjusted([0.5], "holms")
