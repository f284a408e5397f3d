import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from kimeval.core.errors import DataError
from kimeval.core.intervals import wilson_interval
from kimeval.core.statistics.clusters import by_cluster, clustered_rate, clustered_share
from kimeval.core.statistics.estimate import FEW_CLUSTERS, FEW_EVENTS, NO_BASE
from kimeval.core.statistics.exact import exact_count_interval

T_19 = 2.093024  # 0.975 quantile of Student's distribution with 19 degrees, from its table
Z = 1.959964


def test_rows_are_summed_within_families_in_the_order_of_their_ids():
    reached, persons = by_cluster(["b", "a", "b", "c"], [1, 0, 1, 1], [1, 1, 1, 1])
    assert reached.tolist() == [0, 2, 1]
    assert persons.tolist() == [1, 2, 1]


def test_the_design_effect_of_families_that_agree_is_worked_by_hand():
    # 20 families of 2: ten with both, ten with none. r = 1/2, each (y - 2r)^2 = 1:
    # variance 20/19 * 20 / 40^2 = 1/76; alone 0.25 / 40 = 1/160. Effect 160/76 = 2.105.
    found = clustered_share([2, 0] * 10, [2] * 20)
    assert found.design_effect == pytest.approx([160 / 76])
    assert found.clusters.tolist() == [20]
    # 40 persons are worth 19, less what 19 degrees of freedom cost.
    assert found.effective == pytest.approx([19 * (Z / T_19) ** 2], rel=1e-5)
    size = found.effective[0]
    expected = proportion_confint(size / 2, size, method="wilson")
    assert (found.estimate.lower[0], found.estimate.upper[0]) == pytest.approx(expected)


def test_persons_alone_in_their_family_have_wilsons_interval_but_for_the_degrees_of_freedom():
    hits = [1] * 300 + [0] * 700
    found = clustered_share(hits, np.ones(1_000))
    assert found.design_effect == pytest.approx([1], abs=0.002)
    plain = wilson_interval([300], [1_000])[0]
    assert [found.estimate.lower[0], found.estimate.upper[0]] == pytest.approx(plain, abs=3e-4)


def test_families_that_even_each_other_out_do_not_make_an_interval_narrower():
    found = clustered_share([1] * 20, [2] * 20)
    assert found.design_effect == pytest.approx([1])


def test_where_all_persons_have_the_trait_each_family_counts_as_one_person():
    # Sizes 1 and 3: weighted by persons a family has (10 * 1 + 10 * 9) / 40 = 2.5.
    found = clustered_share([1, 3] * 10, [1, 3] * 10)
    assert found.design_effect == pytest.approx([2.5])
    assert found.estimate.value == pytest.approx([1])
    assert found.estimate.lower < wilson_interval([40], [40])[0, 0]


def test_the_symmetric_form_is_the_share_and_students_quantile_times_the_error():
    found = clustered_share([2, 0] * 10, [2] * 20, symmetric=True).estimate
    reach = T_19 * np.sqrt(1 / 76)
    assert [found.lower[0], found.upper[0]] == pytest.approx([0.5 - reach, 0.5 + reach], rel=1e-5)


def test_groups_are_counted_on_their_own_and_an_empty_one_is_refused():
    hits, members = [1, 0] * 10 + [2, 1] * 10, [1] * 20 + [2] * 20
    found = clustered_share(hits, members, [0] * 20 + [2] * 20, groups=3)
    assert found.estimate.refusal.tolist() == ["", NO_BASE, ""]
    alone = clustered_share(hits[20:], members[20:])
    assert found.estimate.upper[2] == pytest.approx(alone.estimate.upper[0])


def test_fewer_than_ten_families_are_refused_and_one_always():
    assert clustered_share([1] * 9, [2] * 9).estimate.refusal.tolist() == [FEW_CLUSTERS]
    assert clustered_share([1], [2], least=1).estimate.refusal.tolist() == [FEW_CLUSTERS]
    assert clustered_share([], []).estimate.refusal.tolist() == [NO_BASE]


def test_few_families_widen_the_interval():
    few, many = clustered_share([2, 0] * 5, [2] * 10), clustered_share([2, 0] * 50, [2] * 100)
    assert few.effective[0] / few.clusters[0] < many.effective[0] / many.clusters[0]


def test_a_rate_of_repeated_events_is_worked_by_hand():
    # 20 persons with 3 or 1 contacts: rate 2, (y - 2)^2 = 1: variance 20/19 * 20/400 = 1/19;
    # alone 40/400 = 1/10. Less spread than Poisson: the effect stays 1.
    found = clustered_rate([3, 1] * 10, [1] * 20)
    assert found.estimate.value == pytest.approx([2]) and found.design_effect == [1]
    # With 8 or 0: rate 4, (y - 4)^2 = 16: variance 16/19; alone 80/400: effect 80/19.
    found = clustered_rate([8, 0] * 10, [1] * 20)
    assert found.design_effect == pytest.approx([80 / 19])
    size = 19 * (Z / T_19) ** 2
    assert found.effective == pytest.approx([size], rel=1e-5)
    expected = exact_count_interval([size])[0] * 4 / size
    assert [found.estimate.lower[0], found.estimate.upper[0]] == pytest.approx(expected, rel=1e-4)


def test_a_rate_on_fewer_than_ten_events_is_refused_and_one_without_any_has_an_upper_bound():
    assert clustered_rate([1] * 9 + [0] * 9, [1] * 18).estimate.refusal.tolist() == [FEW_EVENTS]
    none = clustered_rate([0] * 30, [1] * 30, least=0).estimate
    assert (none.value[0], none.lower[0]) == (0, 0)
    assert none.upper[0] == pytest.approx(-np.log(0.025) / 30)


def test_bad_input_is_refused():
    with pytest.raises(DataError, match="where A counts more than B"):
        clustered_share([3], [2], sources=("A", "B"))
    with pytest.raises(DataError, match="count 2, base 2, group 1"):
        clustered_share([1, 1], [2, 2], [0])
