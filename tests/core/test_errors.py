import inspect

import pytest

from kimeval.core import errors
from kimeval.core.errors import KimevalError, suggestion


def kinds() -> list[type[KimevalError]]:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, KimevalError) and kind is not KimevalError]


def test_each_kind_of_error_has_an_exit_code_of_its_own():
    codes = [kind.exit_code for kind in kinds()]
    assert len(codes) >= 13
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", kinds())
def test_exit_codes_leave_those_of_shells_and_of_usage_alone(kind):
    assert 3 <= kind.exit_code < 126
    assert kind.exit_code != KimevalError.exit_code


def test_exit_codes_that_scripts_rely_on_stay():
    promised = {
        "ParameterError": 10,
        "QuarterError": 11,
        "AreaError": 12,
        "NotebookNameError": 13,
        "MissingFileError": 20,
        "FormatError": 21,
        "ProfileError": 22,
        "DataError": 23,
        "KeyFileError": 24,
        "ProtectionError": 30,
        "NotebookFailure": 40,
        "PublishError": 41,
        "AreasFailed": 42,
        "LockedError": 50,
        "LedgerError": 70,
    }
    found = {kind.__name__: kind.exit_code for kind in kinds()}
    assert {name: found.get(name) for name in promised} == promised


@pytest.mark.parametrize("kind", kinds())
def test_an_error_shows_as_one_line_in_a_notebook(kind):
    assert kind("Rule, found, way out.")._render_traceback_() == [
        f"{kind.__name__}: Rule, found, way out."
    ]


def test_a_near_name_is_suggested():
    assert suggestion("wegber", ["wegberg", "gangelt"]) == "Did you mean 'wegberg'?"


def test_without_a_near_name_all_are_listed_up_to_twenty():
    assert suggestion("xyz", ["a", "b"]) == "Known: a, b."
    assert suggestion("xyz", [f"name{n}" for n in range(21)]).endswith("name19, ....")
    assert suggestion("xyz", []) == "Nothing is known yet."
