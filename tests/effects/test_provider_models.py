"""Models of provision are compared over clusters, however many persons are in them."""

from math import comb

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.effects import DesignRefused
from kimeval.effects.people import clusters, compare_models, models


def made(with_model=6, without=6, difference=1.0, seed=1, persons=50):
    chance = np.random.default_rng(seed)
    number = with_model + without
    cluster = np.repeat(np.arange(number), persons)
    model = np.arange(number) < with_model
    level = 0.3 * chance.standard_normal(number) + difference * model
    return level[cluster] + chance.standard_normal(len(cluster)), cluster, model[cluster]


@pytest.mark.parametrize("method", ["randomisation", "bootstrap"])
def test_a_difference_between_models_is_found(method):
    found = compare_models(clusters(*made()), method)
    assert found.lower < 1.0 < found.upper
    assert found.lower > 0 and found.p < 0.05


@pytest.mark.parametrize("method", ["randomisation", "bootstrap"])
def test_the_interval_holds_what_the_test_does_not_reject(method):
    found = compare_models(clusters(*made(difference=0.2, seed=3)), method)
    assert (found.p > 0.05) == (found.lower <= 0 <= found.upper)


def test_the_smallest_p_value_is_one_deal_of_all_and_its_mirror():
    found = compare_models(clusters(*made(5, 5, difference=50.0)))
    assert found.p == pytest.approx(2 / comb(10, 5))


def test_more_persons_in_a_cluster_do_not_make_more_clusters():
    few, many = (compare_models(clusters(*made(persons=n))) for n in (50, 5_000))
    assert many.upper - many.lower > 0.5 * (few.upper - few.lower)


def test_few_clusters_are_refused():
    with pytest.raises(DesignRefused, match="Nur 8 Gebiete oder Träger, 3 davon"):
        compare_models(clusters(*made(3, 5)))


def test_one_model_alone_is_refused():
    y, cluster, _ = made()
    with pytest.raises(DesignRefused, match="nur ein Modell"):
        clusters(y, cluster, np.ones(len(y), dtype=bool))


def test_a_cluster_with_two_models_is_refused():
    y, cluster, model = made()
    model[0] = not model[0]
    with pytest.raises(DataError, match="A cluster has one model, 1 of 12"):
        clusters(y, cluster, model)


def test_an_unknown_test_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'bootstrap'"):
        compare_models(clusters(*made()), "boostrap")


def test_models_were_not_dealt_by_chance_so_a_difference_is_at_most_suggestive():
    found = models(clusters(*made()), "die Zahl der Kontakte je Person", "contacts")
    assert found.verdict == "suggestive"
    assert "wählen ihr Modell nicht zufällig" in found.does_not_show
