import copy
import datetime as dt

import pytest

from kimeval.run.versions.changes import TOPICS, Change, changes
from kimeval.run.versions.read import Version
from kimeval.run.versions.words import told, why

MANIFEST = {
    "catalogue": "c1",
    "legal_basis": None,
    "data": {"vintage": "2024-10-15", "sha256": "a" * 64, "as_of": "2024-10-15"},
    "inputs": {
        "kimeval": "0.1.0",
        "delivery": "d" * 64,
        "code": "e" * 64,
        "reference": "f" * 64,
        "lock": None,
        "packages": {"pandas": "3.0.1", "numpy": "2.4.6"},
        "notebooks": {"01_first": "1" * 64, "02_second": "2" * 64},
        "parameters": {
            "01_first": {"quarter": "2024Q3", "area": "05370", "threshold": 5, "level": 0.95},
            "02_second": {"quarter": "2024Q3", "area": "05370", "threshold": 5},
        },
        "trusted_by_user": [],
    },
    "protection": {"rules": {"threshold": 5, "method": "suppression", "reason": ""}},
    "started": "2024-10-20T23:30:00+00:00",
}


def version(name="v2", change=lambda _: None):
    manifest = copy.deepcopy(MANIFEST)
    change(manifest)
    return Version(name, manifest)


def found(change):
    return changes(version("v1"), version(change=change))


def test_the_same_made_again_has_no_change():
    assert found(lambda _: None) == []
    assert why([]) == "neu erstellt, nichts davon hat sich geändert"


def test_a_version_was_made_on_the_day_it_was_in_berlin():
    assert version().made == dt.date(2024, 10, 21)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda m: m["data"].update(vintage="2025-01-15", as_of="2025-01-15", sha256="b" * 64),
            Change("data", "", "2024-10-15", "2025-01-15"),
        ),
        (
            lambda m: m["data"].update(sha256="b" * 64),
            Change("data", "", "2024-10-15 aaaaaaaa", "2024-10-15 bbbbbbbb"),
        ),
        (
            lambda m: m["data"].update(vintage="published by 3 of 54 areas"),
            Change("data", "", "2024-10-15", "published by 3 of 54 areas (2024-10-15)"),
        ),
        (
            lambda m: m["inputs"].update(delivery="9" * 64),
            Change("delivery", "", "dddddddd", "99999999"),
        ),
        (
            lambda m: m["inputs"].update(code="7" * 64, delivery="9" * 64, kimeval="0.2.0"),
            Change("code", "", "kimeval 0.1.0 (eeeeeeee)", "kimeval 0.2.0 (77777777)"),
        ),
        (
            lambda m: m["inputs"]["packages"].update(pandas="3.1.1"),
            Change("packages", "pandas", "3.0.1", "3.1.1"),
        ),
        (
            lambda m: m["inputs"]["packages"].pop("numpy"),
            Change("packages", "numpy", "2.4.6", None),
        ),
        (
            lambda m: m["inputs"]["notebooks"].update({"02_second": "3" * 64}),
            Change("notebooks", "02_second", "22222222", "33333333"),
        ),
        (
            lambda m: m["inputs"]["notebooks"].update({"03_third": "3" * 64}),
            Change("notebooks", "03_third", None, "33333333"),
        ),
        (
            lambda m: m["inputs"]["parameters"]["01_first"].update(level=0.9),
            Change("parameters", "level", "0.95", "0.9"),
        ),
        (
            lambda m: m["protection"]["rules"].update(threshold=3),
            Change("rules", "threshold", "5", "3"),
        ),
        (
            lambda m: m.update(legal_basis="§ 9 TIntG NRW"),
            Change("legal_basis", "", None, "§ 9 TIntG NRW"),
        ),
        (lambda m: m.update(catalogue="c2"), Change("catalogue", "", "c1", "c2")),
        (
            lambda m: m["inputs"].update(reference="8" * 64),
            Change("reference", "", "ffffffff", "88888888"),
        ),
        (lambda m: m["inputs"].update(lock="8" * 64), Change("lock", "", None, "88888888")),
        (
            lambda m: m["inputs"].update(trusted_by_user=["02_second"]),
            Change("trusted", "02_second", None, "02_second"),
        ),
    ],
)
def test_each_kind_of_change_is_named_once_with_what_was_and_what_is(change, expected):
    assert found(change) == [expected]


def test_a_threshold_is_told_as_a_rule_and_not_as_a_parameter_too():
    def change(manifest):
        manifest["protection"]["rules"].update(threshold=3)
        for values in manifest["inputs"]["parameters"].values():
            values["threshold"] = 3

    assert [one.topic for one in found(change)] == ["rules"]


def test_a_parameter_in_which_notebooks_differ_is_told_by_notebook():
    def change(manifest):
        manifest["protection"]["rules"] = {}
        manifest["inputs"]["parameters"]["02_second"].update(threshold=7)

    old = version("v1", lambda m: m["protection"].update(rules={}))
    assert changes(old, version(change=change)) == [
        Change("parameters", "02_second threshold", "5", "7")
    ]


def test_a_manifest_of_an_older_kimeval_can_be_compared():
    def older(manifest):
        del manifest["protection"], manifest["inputs"]["trusted_by_user"]
        del manifest["inputs"]["reference"], manifest["inputs"]["packages"]

    topics = {one.topic for one in changes(version("v1", older), version())}
    assert topics == {"rules", "packages", "reference"}


def test_reasons_are_named_in_both_languages_data_first():
    changed = found(lambda m: (m["inputs"].update(code="7" * 64), m["data"].update(sha256="b")))
    assert why(changed) == "Datenstand, Programm"
    assert why(changed, 1) == "data, code"
    assert all(len(words) == 2 for words in TOPICS.values())


@pytest.mark.parametrize(
    ("change", "german", "english"),
    [
        (Change("rules", "threshold", "5", "3"), "Schwelle (threshold): 5 → 3", "threshold: 5 → 3"),
        (Change("packages", "numpy", "2", None), "numpy: entfallen", "numpy: gone"),
        (Change("notebooks", "03_x", None, "3"), "03_x: neu", "03_x: new"),
        (Change("legal_basis", "", None, "§ 9"), "ohne Angabe → § 9", "not given → § 9"),
        (Change("rules", "reason", "", "x"), "Begründung (reason): ohne Angabe → x", None),
        (Change("trusted", "02_x", None, "02_x"), "02_x: neu", "02_x: new"),
    ],
)
def test_a_change_is_one_line(change, german, english):
    assert told(change) == german
    assert english is None or told(change, 1) == english
