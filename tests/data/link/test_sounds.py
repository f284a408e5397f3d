"""Names that sound alike."""

import pytest

from kimeval.data.link.sounds import sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("schewtschenko", "shevchenko"),
        ("tkatschenko", "tkachenko"),
        ("dschamal", "jamal"),
        ("yusuf", "jussuf"),
        ("khalid", "chalid"),
        ("mohammed", "muhamad"),
        ("stephan", "stefan"),
        ("wojcik", "voicik"),
        ("schmidt", "schmitt"),
    ],
)
def test_transcriptions_of_one_name_sound_alike(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("amina", "omar"), ("ali", "eze"), ("haile", "demir")])
def test_other_names_sound_different(one, other):
    assert sound(one) != sound(other)


def test_nothing_sounds_like_nothing():
    assert sound("") == ""
