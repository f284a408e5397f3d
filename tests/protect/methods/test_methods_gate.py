"""The gate with another method: no key leaves, and an area keeps its method."""

import json

import pytest

from kimeval.core.errors import KeyFileError, ProtectionError
from kimeval.core.project import Project
from kimeval.core.recordkeys import KEYS
from kimeval.core.results import Results, Row
from kimeval.figures import plot_groups
from kimeval.protect import Release, Rules, protect, protect_together
from kimeval.protect.facts import no_rows
from kimeval.protect.register import Entry, append, entries, history
from kimeval.protect.transfer import VARIABLE, opened, passed_on
from kimeval.report import contradictions_in_words, reach_in_words, shared_in_words
from kimeval.report.pages import PageContext
from kimeval.tables import breakdown, overview
from kimeval.tables.protection import header_words

METHODS = ["suppression", "rounding", "cellkey"]
WORDS = {
    "rounding": "auf Vielfache von 5 gerundet; Summen gehen nicht auf",
    "cellkey": "mit der Cell-Key-Methode überlagert; Summen gehen nicht auf",
}


def noted(release, made, area="05370", quarter="2024Q3"):
    entry = Entry(area, quarter, "v", "2024-10-15T12:00:00+02:00", 5, release.rows)
    return Entry(**{**vars(entry), "method": release.rules.method})


def entry_of(method, made, project):
    release = Release(Rules(method=method))
    protect_together([made.table(40, 30, 20)], release, synthetic=True)
    return append(project, noted(release, made))


@pytest.mark.parametrize("method", METHODS)
def test_no_key_passes_the_gate(made, method):
    release = Release(Rules(method=method))
    (protected,) = protect_together([made.table(40, 30, 20)], release, synthetic=True)
    assert not set(KEYS) & {*protected.frame.columns, *release.rows.columns}


@pytest.mark.parametrize("method", METHODS)
def test_no_key_is_in_what_is_shown_or_registered(made, method, tmp_path):
    results = made.table(40, 30, 20)
    keys = {repr(key) for key in results.frame["record_key"]}
    protected = protect(results, Rules(method=method), synthetic=True)
    entry_of(method, made, Project(tmp_path))
    shown = [
        breakdown(protected, "Titel", "ags")._repr_mimebundle_(),
        plot_groups(protected, "ags", "Titel")._repr_mimebundle_(),
        (tmp_path / "data" / "register" / "05370.jsonl").read_text(encoding="utf-8"),
    ]
    text = json.dumps(shown)
    assert "Ort 1" in text
    assert not [key for key in [*keys, *KEYS] if key in text]


def test_the_register_says_by_which_method_and_keeps_published_numbers(made, tmp_path):
    project = Project(tmp_path)
    entry_of("cellkey", made, project)
    (entry,) = entries(project, "05370")
    assert entry.method == "cellkey"
    assert set(history(project, "05370")["state"]) == {"cellkey"}
    assert history(project, "05370")["public_value"].notna().all()


@pytest.mark.parametrize("before", METHODS)
@pytest.mark.parametrize("now", METHODS)
def test_an_area_keeps_its_method(made, tmp_path, before, now):
    entry_of(before, made, Project(tmp_path))
    release = Release(Rules(method=now), history(Project(tmp_path), "05370"))
    if before == now:
        protect_together([made.table(40, 30, 20)], release, synthetic=True)
        return
    with pytest.raises(ProtectionError, match=f"-p method={before}"):
        protect_together([made.table(40, 30, 20)], release, synthetic=True)


def test_the_same_data_in_the_next_quarter_have_the_same_numbers(made, tmp_path):
    project = Project(tmp_path)
    entry_of("cellkey", made, project)
    first = protect(made.table(40, 30, 20), Rules(method="cellkey"), synthetic=True)
    release = Release(Rules(method="cellkey"), history(project, "05370"))
    (second,) = protect_together([made.table(40, 30, 20)], release, synthetic=True)
    assert first.frame["value"].tolist() == second.frame["value"].tolist()


def test_real_data_need_a_key_for_the_cell_key_method_and_none_for_rounding(made, monkeypatch):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    protect(made.table(40, 30), Rules(method="rounding"))
    with pytest.raises(KeyFileError, match="kimeval key new"):
        protect(made.table(40, 30), Rules(method="cellkey"))


@pytest.mark.parametrize("method", ["rounding", "cellkey"])
def test_tables_figures_and_pages_say_by_which_method(made, method):
    protected = protect(made.table(40, 30, 20), Rules(method=method), synthetic=True)
    assert WORDS[method] in breakdown(protected, "Titel", "ags").html
    assert WORDS[method] in overview(protected.only(dimension=""), "Titel").html
    assert WORDS[method] in plot_groups(protected, "ags", "Titel").source
    assert WORDS[method] in PageContext(*[None] * 7, rules=Rules(method=method)).protection


def test_suppression_says_nothing_of_sums(made):
    protected = protect(made.table(40, 30, 3))
    assert "gehen nicht auf" not in breakdown(protected, "Titel", "ags").html
    assert "gehen nicht auf" not in PageContext(*[None] * 7).protection


def test_a_sentence_on_rounded_numbers_says_so_and_claims_no_zero(made):
    rows = [made.count(n, name=name) for n, name in ((47, "persons_reached"), (2, "persons_new"))]
    text = reach_in_words(protect(Results.of(rows), Rules(method="rounding"))).text
    assert "45\N{NO-BREAK SPACE}Personen" in text
    assert "keine Personen" not in text
    assert text.endswith("Die Zahlen sind auf Vielfache von 5 gerundet.")


def test_a_breakdown_left_out_is_one_line(made):
    protected = protect(made.table(3, 3, 3, 3), Rules(method="rounding"))
    table = breakdown(protected, "Titel", "ags")
    assert "alle Gruppen" in table.text and "Ort" not in table.text
    assert "Alle Werte sind gesperrt" in plot_groups(protected, "ags", "Titel").alt


def test_the_head_of_a_page_says_by_which_method():
    from_head = {m: header_words(Rules(method=m)) for m in METHODS}
    assert from_head["suppression"].startswith("Werte unter 5 Personen")
    assert "Summen" not in from_head["suppression"]
    assert all(WORDS[method] in from_head[method] for method in WORDS)
    assert "Vielfache von 10" in header_words(Rules(8, "rounding"))


def contradicting(rows, of=400):
    group = "Kontakte · Kontakt liegt vor der Aufnahme · KI"
    numbers = {"value": rows / of, "numerator": rows, "denominator": of, "contributors": rows}
    place = {"dimension": "table · rule · provider", "group": group}
    return Results.of([Row("share_contradicting", "2024-10-15", "05370", **numbers, **place)])


def test_contradictions_published_as_0_are_not_said_to_be_none():
    few = protect(contradicting(2), Rules(method="rounding"))
    text = contradictions_in_words(few).text
    assert "was dabei 0 wird, gilt hier als nicht gefunden" in text
    assert "wird, gilt" not in contradictions_in_words(protect(contradicting(0))).text


def test_persons_of_several_providers_published_as_0_are_not_said_to_be_none(made):
    few = protect(Results.of([made.count(2, name="persons_shared")]), Rules(method="rounding"))
    assert shared_in_words(few).text.startswith("0 Personen sind bei mehr als einem Träger")


def test_notebooks_of_one_run_share_what_is_altered(made, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "release.parquet"))
    rules = Rules(method="cellkey")
    first = opened(rules, no_rows())
    (one,) = protect_together([made.table(40, 30, 20)], first, synthetic=True)
    passed_on(first)
    second = opened(rules, no_rows())
    assert second.rows["public_value"].tolist() == first.rows["public_value"].tolist()
    (two,) = protect_together([made.table(40, 30, 20)], second, synthetic=True)
    assert two.frame["value"].tolist() == one.frame["value"].tolist()


def test_results_without_keys_pass_as_well(made):
    bare = Results(made.table(40, 30).frame.drop(columns=list(KEYS)))
    for method in METHODS:
        assert len(protect(bare, Rules(method=method), synthetic=True)) == 3


@pytest.mark.parametrize("method", METHODS)
def test_no_rows_pass(method):
    assert len(protect(Results.of([]), Rules(method=method))) == 0


def test_figures_that_are_published_already_need_no_key(monkeypatch):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    rows = [Row("published_staff", "2024", "05370", value=12)]
    assert protect(Results.of(rows), Rules(method="cellkey")).frame["value"].tolist() == [12]


@pytest.mark.parametrize("before", METHODS)
@pytest.mark.parametrize("now", METHODS)
def test_notebooks_of_one_run_use_one_method(made, before, now):
    first = Release(Rules(method=before))
    protect_together([made.table(40, 30, 20)], first, synthetic=True)
    second = Release(Rules(method=now), rows=first.rows)
    if before == now:
        protect_together([made.table(40, 30, 20)], second, synthetic=True)
        return
    with pytest.raises(ProtectionError, match=f"used {before}, this one {now}"):
        protect_together([made.table(40, 30, 20)], second, synthetic=True)


@pytest.mark.parametrize("method", METHODS)
def test_what_a_model_made_from_true_numbers_is_not_beside_altered_ones(made, method):
    ratio = Row(
        "outcome_hazard_ratio", "2024Q3", "05370", value=1.4, lower=1.1, upper=1.8,
        confidence=0.95, contributors=80,
    )  # fmt: skip
    counts = made.table(40, 30, 20)
    release = Release(Rules(method=method))
    told, table = protect_together([Results.of([ratio]), counts], release, synthetic=True)
    row = told.frame.iloc[0]
    assert table.frame["value"].notna().any()
    if method == "suppression":
        assert row["value"] == 1.4
    else:
        assert row["status"] == "refused"
        assert "veränderten Zahlen" in row["reason"]
        assert row[["value", "lower", "upper", "confidence", "contributors"]].isna().all()
