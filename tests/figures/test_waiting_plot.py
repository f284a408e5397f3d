"""Lines of waiting: what is said, and what is missing."""

from kimeval.core.results import Results, Row
from kimeval.figures import plot_waiting
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import waiting
from kimeval.referrals.answers import ENDINGS, WAITED
from kimeval.referrals.classes import CROSS

NUMBERS = {"0 bis 30 Tage": (40, 10, 10), "ab 31 Tagen": (20, 20, 0)}


def classes(numbers):
    rows = [count(sum(map(sum, numbers.values())))]
    for name, line in numbers.items():
        rows += [count(n, name + CROSS + kind) for n, kind in zip(line, ENDINGS, strict=True)]
    return protect(Results.of(rows), Rules(), synthetic=True)


def count(number, group=""):
    return Row("referrals_waited", "2023", "05370", value=number, numerator=number,
               contributors=number, dimension=WAITED if group else "", group=group)  # fmt: skip


def test_the_finding_tells_the_last_day_with_its_interval():
    curve = derive(waiting, classes(NUMBERS)).only(indicator="accepted_within")
    told = plot_waiting(curve, "Angenommen")
    assert told.alt.startswith("Angenommen: bis 30 Tage 42,1\u00a0% (")
    assert "Striche: 95-%-Intervalle." in told.source


def test_a_refused_curve_says_why():
    hidden = classes({**NUMBERS, "0 bis 30 Tage": (40, 3, 10)})
    told = plot_waiting(derive(waiting, hidden).only(indicator="accepted_within"), "Angenommen")
    assert "keine Werte" in told.alt
    assert "gesperrt" in told.alt


def test_days_under_the_axis_do_not_touch():
    from kimeval.figures.waiting import _ticks

    assert _ticks({7, 10, 14, 21, 30, 45, 60}) == [0, 7, 10, 14, 21, 30, 45, 60]
    assert _ticks({7, 10, 14, 21, 30, 45, 60, 90, 180}) == [0, 10, 21, 30, 45, 60, 90, 180]
