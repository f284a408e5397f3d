"""The sample's planted returns and waiting times are found again, inside the intervals."""

import json

import pytest

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data.vintages import ensure_vintage
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import Span, answers, referral_moves, returned, sent_back, waiting

LAST = Quarter(2024, 3)


@pytest.fixture(scope="module")
def known(root, tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "profiles"):
        (home / name).symlink_to(root / name)
    (home / "data").mkdir()
    (home / "data" / "sample").symlink_to(root / "data" / "sample")
    (path,) = (root / "data" / "sample" / "05370").glob("truth-*.json")
    return ensure_vintage(Project(home), area("05370")).load(), json.loads(path.read_text("utf-8"))


def test_as_many_returns_as_were_planted(known):
    data, truth = known
    moves = referral_moves(data, Quarter(2024, 4))
    planted = truth["ping_pong"]["visible"]
    assert len(moves) == planted["referrals"]
    assert abs(returned(moves).sum() - planted["returns"]) <= 2


def test_the_true_share_of_returns_lies_in_the_interval(known):
    data, truth = known
    every = Span("all", Quarter(2020, 1), Quarter(2024, 4))
    row = sent_back(data, Quarter(2024, 4), span=every).only(indicator="referrals_returned").frame
    assert row["lower"][0] <= truth["ping_pong"]["world"]["per_100"] / 100 <= row["upper"][0]


def test_the_true_shares_accepted_in_time_lie_in_the_intervals(known):
    data, truth = known
    frame = derive(waiting, protect(answers(data, LAST), Rules())).frame
    shares = frame[frame["indicator"] == "accepted_within"].set_index("group")
    within = truth["waiting_days"]["accepted_within_days"]
    for days in ("30", "60"):
        row = shares.loc[f"bis {days} Tage"]
        assert row["lower"] <= within[days] <= row["upper"]


def test_the_true_shares_of_answers_lie_in_the_intervals(known):
    data, truth = known
    shares = answers(data, LAST).only(indicator="referral_answers").frame.set_index("group")
    german = {"angenommen": "accepted", "keine Antwort": "no_answer", "kein Angebot": "no_offer"}
    for group, outcome in german.items():
        planted = truth["waiting_days"]["outcomes"][outcome]["planted"]["share"]
        assert shares.loc[group, "lower"] <= planted <= shares.loc[group, "upper"]
