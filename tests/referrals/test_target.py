"""The declared path: what comes with kimeval, and what a file of one's own may say."""

import pytest

from kimeval.core.errors import MissingFileError, ProfileError
from kimeval.referrals.target import target_path

TWO = """
name = "Weg"
[[steps]]
id = "a"
name = "Anfang"
activities = ["A"]
[[steps]]
id = "b"
name = "Ende"
activities = ["B"]
"""
ONE = TWO[: TWO.rindex("[[steps]]")]


def test_the_path_of_kimeval_has_six_steps_with_german_names():
    path = target_path()
    assert [step.name for step in path.steps][:2] == ["Einreise", "Erstkontakt"]
    assert len(path.steps) == 6
    assert path.base(3) == 1
    assert [path.base(at) for at in (0, 1, 5)] == [-1, 0, 4]


def test_a_file_of_ones_own_replaces_it(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(TWO, encoding="utf-8")
    assert [step.id for step in target_path(file).steps] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = ", "is a TOML file, own.toml is not"),
        (TWO + 'colour = "red"', "at steps.1.colour: Extra inputs are not permitted"),
        (TWO.replace('name = "Ende"', ""), "at steps.1.name: Field required"),
        (TWO + 'within_days = "soon"', "at steps.1.within_days"),
        (TWO + "within_days = -1", "at steps.1.within_days"),
        (ONE, "at steps: Tuple should have at least 2 items"),
        (TWO.replace('"b"', '"a"'), "stands once in target path own.toml, 'a' twice"),
        (TWO.replace('["B"]', '["A"]'), "'A' as 'a' and 'b'"),
        (TWO + 'after = "c"', "from an earlier step, 'b' from 'c'. Known: a."),
        (TWO.replace('["A"]', '["A"]\nwithin_days = 3'), "The first step .* has no limit"),
    ],
)
def test_what_a_file_may_not_say(tmp_path, text, found):
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match=found) as raised:
        target_path(file)
    assert "\n" not in str(raised.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(MissingFileError, match="is not there"):
        target_path(tmp_path / "none.toml")
