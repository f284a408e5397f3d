"""Invented results to draw, and the drawn figure itself to measure."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from kimeval.core.area import areas
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.protect import protect


@pytest.fixture
def counts():
    """Protected counts by group, with their total."""

    def make(values, names, dimension="provider"):
        pairs = [("", sum(values)), *zip(names, values, strict=True)]
        return protect(Results.of(count(v, g, dimension if g else "") for g, v in pairs))

    return make


@pytest.fixture
def shares():
    """Protected shares by municipality: pairs of numerator and denominator, the total first."""

    def make(pairs, names, *further):
        rows = [share(*pair, group) for pair, group in zip(pairs, ["", *names], strict=True)]
        return protect(Results.of([*rows, *further]))

    return make


@pytest.fixture
def by_area():
    """Protected shares of all 54 areas; single ones changed, or left out with None."""

    def make(**changed):
        rows = []
        for n, code in enumerate(areas()):
            fields = changed.get(f"a{code}", {})
            if fields is not None:
                hits = fields.pop("hits", 100 + (37 * n) % 150)
                rows.append(fields.pop("row", None) or share(hits, 500, area=code, **fields))
        return protect(Results.of(rows))

    return make


@pytest.fixture
def sized():
    """Protected shares of the first areas as hits out of total, and further rows."""

    def make(pairs, *further):
        rows = [share(*pair, area=code) for code, pair in zip(areas(), pairs, strict=False)]
        return protect(Results.of([*rows, *further]))

    return make


@pytest.fixture
def trend():
    """Protected series of persons reached and persons new that end in 2024Q3."""

    def make(reached, new, **changed):
        quarters = Quarter.span(Quarter(2024, 3) - (len(reached) - 1), Quarter(2024, 3))
        rows = [
            count(value, period=str(quarter), name=name, **changed)
            for name, values in (("persons_reached", reached), ("persons_new", new))
            for quarter, value in zip(quarters, values, strict=True)
        ]
        return protect(Results.of(rows))

    return make


@pytest.fixture
def files():
    """Protected accounts of files: kept, merged and set aside by name."""

    def make(**accounts):
        rows = []
        for file, (kept, merged, aside) in accounts.items():
            fates = {"rows_in": kept + merged + aside, "rows_kept": kept}
            fates |= {"rows_merged": merged, "rows_set_aside": aside}
            rows += [
                Row(name, "2024-10-15", "05370", value=value, dimension="file", group=file)
                for name, value in fates.items()
            ]
        return protect(Results.of(rows))

    return make


@pytest.fixture
def columns():
    """Protected shares of missing values by column."""

    def make(**missing):
        return protect(
            Results.of(
                Row("share_missing", "2024-10-15", "05370", value=v, dimension="column", group=g)
                for g, v in missing.items()
            )
        )

    return make


@pytest.fixture
def drawn(monkeypatch):
    """Figures in the order in which they were finished, each drawn once so it can be measured."""
    from kimeval.figures import bars, dots, funnel, heat, pyramid, quality, tiles, trend

    modules = (bars, dots, funnel, heat, pyramid, quality, tiles, trend)
    from kimeval.figures import picture as module

    finished = []
    finish = module.picture

    def remember(figure, *words, **more):
        made = finish(figure, *words, **more)
        FigureCanvasAgg(figure).draw()
        finished.append(figure)
        return made

    for place in (module, *modules):
        monkeypatch.setattr(place, "picture", remember)
    return finished


def count(value, group="", dimension="", name="persons_reached", period="2024Q3", **changed):
    fields = {"numerator": value, "contributors": value, **changed}
    place = {"dimension": dimension, "group": group}
    return Row(name, period, "05370", value=value, **place, **fields)


def share(hits, total, group="", area="05370", **changed):
    lower, upper = wilson_interval(hits, total)[0]
    return Row(
        "coverage_newly_arrived",
        "2024Q3",
        area,
        value=hits / total,
        numerator=hits,
        denominator=total,
        lower=lower,
        upper=upper,
        confidence=0.95,
        contributors=hits,
        dimension="ags" if group else "",
        group=group,
        **changed,
    )
