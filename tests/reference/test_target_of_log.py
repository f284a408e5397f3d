"""Intended steps beside a public log that no one here wrote: six requests, by hand."""

import numpy as np
import pandas as pd
import pytest

from kimeval.referrals import event_log
from kimeval.referrals.conformance import STATUS, conformance, step_shares
from kimeval.referrals.target import target_path

OWN = """
name = "Erstattung"
[[steps]]
id = "register"
name = "Eingang"
activities = ["register request"]
[[steps]]
id = "examine"
name = "Prüfung"
activities = ["examine casually", "examine thoroughly"]
[[steps]]
id = "check"
name = "Beleg"
activities = ["check ticket"]
[[steps]]
id = "decide"
name = "Entscheidung"
activities = ["decide"]
[[steps]]
id = "answer"
name = "Antwort"
activities = ["pay compensation", "reject request"]
within_days = 5
"""


@pytest.fixture(scope="module")
def made(reference_data, tmp_path_factory):
    file = tmp_path_factory.mktemp("path") / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    rows = pd.read_csv(reference_data / "eventlogs" / "running-example.csv", sep=";", dtype="str")
    rows = rows.sort_values("case_id", kind="stable")
    time = pd.to_datetime(rows["timestamp"]).dt.tz_localize(None).to_numpy()
    log = event_log(rows["case_id"], rows["activity"], time)
    return conformance(log, target_path(file), np.datetime64("2011-12-31"))


def test_requests_1_and_6_take_the_steps_in_order(made):
    skipped = (made.status == STATUS.index("skipped")).any(axis=1)
    astray = skipped | made.added.any(axis=1)
    assert astray.tolist() == [False, True, True, True, True, False]
    assert not (made.conforms & astray).any()


def test_checked_before_examined_is_one_step_passed_over_and_one_added(made):
    for case in (1, 3):
        assert [STATUS[code] for code in made.status[case][:4]] == [
            "done",
            "done",
            "skipped",
            "done",
        ]
        assert made.added[case].tolist() == [0, 0, 1, 0, 0]


def test_each_new_round_adds_its_steps(made):
    assert made.added.sum(axis=1).tolist() == [0, 1, 3, 1, 6, 0]
    assert made.fitness.tolist() == pytest.approx(
        [1, 1 - 2 / 10, 1 - 3 / 13, 1 - 2 / 10, 1 - 6 / 16, 1]
    )


def test_all_are_answered(made):
    shares = step_shares(made).set_index("step")
    assert shares["judged"].tolist() == [6] * 5
    assert shares.loc["answer", "share"] == 1
    assert shares.loc["check", "skipped"] == 2
