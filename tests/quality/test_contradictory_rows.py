"""Contradictions as shares of the rows they are among, by hand."""

import pytest

from kimeval.data.contradictions import rules
from kimeval.data.ledger import rule_texts
from kimeval.protect import protect
from kimeval.quality import contradictions
from kimeval.quality.contradictions import BETWEEN, DIFFERENCES, Place

TEXTS = rule_texts()["findings"]
OPENED = ["2023-01-01"] * 60


def finding(provider, table, rule, rows):
    return {"provider": provider, "table": table, "rule": rule, "rows": rows}


@pytest.fixture
def spheres(make_dataset):
    """Legal spheres: 40 rows of KI, 20 of DRK; KI has 50 cases as well."""
    numbers = [str(n) for n in range(60)]
    return make_dataset(
        legal_spheres={
            "client_id": numbers,
            "sphere": "sgb2",
            "valid_from": OPENED,
            "provider": ["ki"] * 40 + ["drk"] * 20,
        },
        cases={"case_id": numbers[:50], "opened_on": OPENED[:50], "provider": "ki"},
    )


def by_place(results):
    return results.frame.set_index("group")


def at(table, rule, provider):
    return Place(table, TEXTS[rule], provider).group


def test_rows_are_a_share_of_the_providers_rows_of_that_table(make_ledger, spheres):
    ledger = make_ledger(findings=[finding("ki", "legal_spheres", "sphere_gap", 10)])
    row = by_place(contradictions(ledger, spheres)).loc[at("Rechtskreise", "sphere_gap", "KI")]
    assert (row["numerator"], row["denominator"], row["value"]) == (10, 40, 0.25)


def test_what_was_looked_for_and_not_found_is_zero(make_ledger, spheres):
    rows = by_place(contradictions(make_ledger(), spheres))
    assert rows.loc[at("Rechtskreise", "sphere_gap", "DRK"), "value"] == 0
    assert rows.loc[at("Fälle", "case_twice", "KI"), "value"] == 0
    assert (rows["value"] == 0).all()


def test_a_rule_whose_tables_a_provider_lacks_is_not_told(make_ledger, spheres):
    groups = set(by_place(contradictions(make_ledger(), spheres)).index)
    assert at("Fälle", "case_twice", "DRK") not in groups
    assert not [group for group in groups if group.startswith(("Kontakte", "Vermittlungen"))]


def test_cases_of_another_provider_do_not_allow_a_rule(make_ledger, make_dataset):
    seen = {"client_id": "1", "contact_on": "2023-02-01", "contact_id": ["a", "b"]}
    held = make_dataset(
        contacts=seen | {"provider": ["ki", "drk"]},
        cases={"case_id": ["1"], "opened_on": "2023-01-01", "provider": "ki"},
    )
    groups = set(by_place(contradictions(make_ledger(), held)).index)
    assert at("Kontakte", "contact_before_case", "KI") in groups
    assert at("Kontakte", "contact_before_case", "DRK") not in groups


def test_a_difference_from_a_total_has_no_share(make_ledger, spheres):
    ledger = make_ledger(
        findings=[
            finding("ki", "cases", "quarter_total_differs", 70),
            finding("drk", "legal_spheres", "rows_said_differ", 2),
        ]
    )
    found = contradictions(ledger, spheres).only(indicator="difference_from_totals").frame
    assert found["value"].tolist() == [70, 2]
    assert found["denominator"].isna().all()
    assert protect(contradictions(ledger, spheres)).suppressed == 0


def test_exports_of_active_cases_are_no_contradiction(make_ledger, spheres):
    ledger = make_ledger(findings=[finding("ki", "cases", "only_active_seen", 50)])
    groups = by_place(contradictions(ledger, spheres)).index
    assert not [group for group in groups if TEXTS["only_active_seen"] in group]


def test_few_rows_are_hidden_and_alone_where_no_total_gives_them_back(make_ledger, spheres):
    found = [("ki", "sphere_gap", 4), ("drk", "sphere_gap", 7), ("ki", "sphere_overlap", 9)]
    ledger = make_ledger(findings=[finding(p, "legal_spheres", r, n) for p, r, n in found])
    frame = protect(contradictions(ledger, spheres)).frame
    hidden = frame.loc[frame["suppressed"], "group"].tolist()
    assert hidden == [at("Rechtskreise", "sphere_gap", "KI")]
    assert frame.loc[frame["suppressed"], "numerator"].isna().all()


def test_no_text_holds_the_sign_between_the_parts_of_a_place():
    assert not [text for text in TEXTS.values() if BETWEEN in text]
    place = Place("Fälle", TEXTS["case_twice"], f"A{BETWEEN}B")
    assert Place.of(place.group) == place


def test_rules_that_count_differences_are_known():
    assert set(DIFFERENCES) <= set(TEXTS)
    assert set(DIFFERENCES) & {rule.id for rule in rules()} == {"quarter_total_differs"}
