"""Tables that cannot be right, or cannot be protected: refused in one line, without a value."""

import re
import sys
import threading

import numpy as np
import pandas as pd
import pytest

from kimeval.cli.guard import exit_code
from kimeval.core.errors import ProtectionError
from kimeval.core.project import Project
from kimeval.protect import Rules
from kimeval.protect.audit import View, attack
from kimeval.protect.cubes import Table, counted, link
from kimeval.protect.register import Entry, append, entries
from kimeval.protect.solve import choose

from .making import AREA, Grid, as_shown, count, hidden, line, publish, report, share
from .random_tables import attacked

SECRET = 4711


def require_refused(make, *said):
    """A refusal in one line with a rule, a finding and a way out, and without the secret."""
    with pytest.raises(ProtectionError) as found:
        make()
    text = str(found.value)
    for part in said:
        assert part in text
    assert "\n" not in text
    assert len(re.findall(r"[.!?](?: |$)", text)) >= 1
    assert str(SECRET) not in text


def counts(*numbers, **changed):
    """Counts of two towns by gender."""
    places = [("m1", "w"), ("m1", "m"), ("m2", "w"), ("m2", "m")]
    rows = [(*place, number) for place, number in zip(places, numbers, strict=True)]
    return pd.DataFrame(rows, columns=["ags", "gender", "count"]).assign(**changed)


BOTH = Table(("ags", "gender"))


# --- counts that cannot be right ------------------------------------------------------------


def test_margins_that_are_not_the_sums_of_their_cells_are_refused():
    grid = Grid([[SECRET, 3], [50, 60]], "wx", "ab")
    wrong = grid.value.copy()
    wrong[-1] += 1
    require_refused(
        lambda: counted(wrong, grid.sums, Rules()),
        "Margins must be the sums of their cells, 2 of 6 are not.",
        "Count rows and margins from the same data.",
    )


def test_published_numbers_that_no_table_fits_are_refused_by_the_attacker():
    grid = Grid([[SECRET, 3], [50, 60]], "wx", "ab")
    shown = grid.value.copy()
    shown[grid.at(["wa", "wb"])] = np.nan
    shown[grid.at(["wt"])] = 1
    view = View(shown, grid.sums, np.ones(9), np.full(9, np.inf))
    require_refused(lambda: attack(view), "must not contradict itself", "from the same data")


@pytest.mark.parametrize("number", [-1, -SECRET])
def test_negative_counts_are_refused(number):
    rule = "A count is known and not negative"
    require_refused(lambda: link(counts(number, 3, 50, 60), [BOTH]), rule)
    require_refused(lambda: publish([count(number)]), rule, "Correct the table")
    require_refused(lambda: publish(line([number, SECRET, 9])), rule)


def test_a_total_of_which_a_part_is_negative_is_refused():
    require_refused(lambda: publish([share(50, 40)]), "not negative")


@pytest.mark.parametrize("number", [np.nan, None])
def test_missing_counts_are_refused_and_not_taken_for_zero(number):
    given = counts(SECRET, 3, 50, 60)
    given["count"] = given["count"].astype(float)
    given.loc[1, "count"] = number
    require_refused(lambda: link(given, [BOTH]), "A count is known")


@pytest.mark.parametrize("number", [2.5, 0.1])
def test_counts_that_are_no_whole_numbers_are_refused(number):
    require_refused(lambda: link(counts(number, 3.0, 50.0, 60.0), [BOTH]), "whole number")


@pytest.mark.parametrize("number", [np.inf, -np.inf])
def test_counts_without_end_are_refused(number):
    require_refused(lambda: link(counts(number, 3.0, 50.0, 60.0), [BOTH]), "A count is known")


def test_a_column_that_is_lacking_is_named():
    require_refused(
        lambda: link(counts(1, 2, 3, 4), [Table(("ags", "age"))]), "needs the columns age"
    )
    require_refused(lambda: link(counts(1, 2, 3, 4).drop(columns="count"), [BOTH]), "columns count")


def test_cells_sums_and_units_of_different_lengths_are_refused():
    grid = Grid([[5, 6]], "w", "ab")
    require_refused(lambda: counted(grid.value[:-1], grid.sums, Rules()), "the same lengths")


# --- nothing, and only small counts ---------------------------------------------------------


def test_an_empty_table_is_refused_where_a_table_is_asked_for():
    empty = counts(1, 2, 3, 4).iloc[:0]
    require_refused(lambda: link(empty, [BOTH]), "at least one count, got none")
    require_refused(lambda: link(counts(1, 2, 3, 4), []), "at least one count, got none")


def test_no_results_pass_the_gate():
    release, (protected,) = publish([])
    assert len(protected) == 0 and report(release).safe


def test_where_all_counts_are_small_all_of_them_are_hidden_and_none_is_found_out():
    linked = link(counts(1, 1, 1, 1), [BOTH])
    pattern = choose(linked.system, 1.0)
    assert pattern.hidden.all()
    assert attacked(linked.system, pattern.hidden, Rules()).inside == 0


@pytest.mark.parametrize("numbers", [[1], [4], [1, 1], [1, 1, 1, 1], [2, 0, 0], [1] * 9])
def test_a_line_of_small_counts_through_the_gate_gives_nothing_away(numbers):
    release, (protected,) = publish(line(numbers))
    assert {"abcdefghi"[n] for n, number in enumerate(numbers) if number} <= set(hidden(protected))
    assert report(release).inside == 0


def test_a_table_of_zeros_is_shown():
    linked = link(counts(0, 0, 0, 0), [BOTH])
    assert not choose(linked.system, 1.0).hidden.any()


def test_a_table_of_zeros_is_hidden_where_zeros_are_unsafe():
    rules = Rules(zeros="unsafe")
    linked = link(counts(0, 0, 0, 0), [BOTH], rules)
    pattern = choose(linked.system, 1.0)
    assert pattern.hidden.all()
    assert attacked(linked.system, pattern.hidden, rules).inside == 0


def test_a_single_cell_is_hidden_if_it_is_small():
    given = pd.DataFrame({"ags": ["m1"], "count": [3]})
    linked = link(given, [Table(("ags",))])
    assert choose(linked.system, 1.0).hidden.tolist() == [True, True]


@pytest.mark.parametrize(
    "row",
    [
        count(30.0, name="days_to_first_contact", numerator=np.nan, contributors=3),
        count(1.5, name="cases_per_fte", numerator=np.nan, denominator=2, contributors=3),
        count(2.5, contributors=3),
    ],
)
def test_a_value_of_few_persons_is_hidden_though_no_count_stands_beside_it(row):
    _, (protected,) = publish([row])
    assert protected.suppressed == 1


# --- hierarchies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "circle",
    [{"m1": "m1"}, {"m1": "m2", "m2": "m1"}, {"m1": "x", "x": "y", "y": "x"}],
    ids=["itself", "two", "further up"],
)
def test_a_hierarchy_in_a_circle_is_refused_by_name(circle):
    table = Table(("ags",), {"ags": circle})
    require_refused(lambda: link(counts(SECRET, 2, 3, 4), [table]), "'ags' goes in a circle")


def test_a_hierarchy_over_codes_that_do_not_occur_is_no_error():
    table = Table(("ags",), {"ags": {"m9": "district 1", "m1": "district 2"}})
    cells = link(counts(10, 20, 30, 40), [table]).cells
    assert sorted(cells["ags"]) == ["district 2", "insgesamt", "m1", "m2"]


# --- a table too large for the bound --------------------------------------------------------


@pytest.fixture(scope="module")
def large():
    """40 towns in 4 districts by 6 ages by 2 genders, most counts small."""
    draw = np.random.default_rng(7)
    index = pd.MultiIndex.from_product(
        [[f"m{n}" for n in range(40)], [f"a{n}" for n in range(6)], ["w", "m"]],
        names=["ags", "age", "gender"],
    )
    values = draw.negative_binomial(0.7, 0.05, len(index))
    frame = pd.Series(values, index, name="count").reset_index()
    districts = {f"m{n}": f"district {n % 4}" for n in range(40)}
    return link(frame, [Table(("ags", "age", "gender"), {"ags": districts})])


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_a_table_too_large_for_its_time_is_protected_all_the_same(large, seconds):
    assert len(large.system.value) > 900
    pattern = choose(large.system, seconds, thumb=False)
    found = attacked(large.system, pattern.hidden, Rules())
    assert found.attacked > 100
    assert (found.recovered, found.inside) == (0, 0)
    assert pattern.bound <= pattern.loss


def test_more_time_loses_no_more(large):
    short = choose(large.system, 0.0, thumb=False)
    longer = choose(large.system, 2.0, thumb=False)
    assert longer.loss <= short.loss + 1e-6


# --- the register ---------------------------------------------------------------------------


def entry(value, day=1):
    made = f"2025-01-{day:02}T09:00:00.000000+01:00"
    return Entry(AREA, "2024Q3", "2024-10-15", made, 5, as_shown([count(value)]))


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def together(*work):
    """Do things at the same time; what they raise, or None."""
    gate, raised = threading.Barrier(len(work)), [None] * len(work)

    def one(number):
        gate.wait()
        try:
            work[number]()
        except ProtectionError as error:
            raised[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_two_that_append_at_once_none_is_forgotten(project):
    append(project, entry(SECRET))
    for day in range(2, 8):
        work = [lambda d=day, v=v: append(project, entry(v, d)) for v in (5000, 6000)]
        before = len(entries(project, AREA))
        refused = sum(error is not None for error in together(*work))
        assert len(entries(project, AREA)) == before + len(work) - refused


# --- the command line -----------------------------------------------------------------------


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project whose register was changed, in the current folder."""
    for folder in ("notebooks", "profiles", "data"):
        (tmp_path / folder).mkdir()
    project = Project(tmp_path)
    for day in (1, 2):
        append(project, entry(SECRET, day))
    path = project.register / f"{AREA}.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace(str(SECRET), "4712", 1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIMEVAL_HOME", raising=False)
    monkeypatch.delenv("KIMEVAL_DEBUG", raising=False)
    return tmp_path


def test_a_changed_register_is_one_line_on_the_terminal(root, monkeypatch, capsys):
    """What `kimeval run` says when the register it attacks with was changed."""
    from kimeval.run import run

    def reads_the_register(*_):
        from kimeval.protect.register import history

        history(Project(root), AREA)

    monkeypatch.setattr(run, "make_plan", reads_the_register)
    code = exit_code(["run", "--quarter", "2024Q3", "--area", AREA])
    out, err = capsys.readouterr()
    assert code == ProtectionError.exit_code
    assert out == "" and err.count("\n") == 1
    assert err.startswith("kimeval: The register of releases is only ever appended to, line ")
    assert "Traceback" not in err and "471" not in err and str(root) not in err


def test_more_counts_than_can_be_protected_together_are_refused(monkeypatch):
    system = Grid([[1, 9], [9, 9]], "wx", "ab").system()
    monkeypatch.setattr(sys.modules[choose.__module__], "MOST", 8)
    with pytest.raises(ProtectionError, match=r"Up to 8 counts .* got 9.*coarser groups"):
        choose(system)
