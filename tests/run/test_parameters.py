import pytest

from kimeval.core.errors import FormatError, ParameterError
from kimeval.run.parameters import Parameter, checked, declared, given_pairs, typed

DECLARED = {
    name: Parameter(name, kind, default)
    for name, kind, default in (
        ("label", "str", "a"),
        ("threshold", "int", 5),
        ("level", "float", 0.95),
        ("strict", "bool", True),
        ("groups", "list[str]", ["a"]),
    )
}


def test_a_cell_declares_name_type_default_and_help(notebook, tmp_path):
    cell = (
        'quarter: str = "2024Q3"  # Quartal, größer als 2020\n'
        "threshold: int = -5\nlevel: float = 0.95  # Niveau\nstrict: bool = False\n"
        'groups: list[str] = ["a", "b"]  # Gruppen'
    )
    found = declared(notebook(tmp_path / "n.ipynb", parameters=cell))
    assert list(found.values()) == [
        Parameter("quarter", "str", "2024Q3", "Quartal, größer als 2020"),
        Parameter("threshold", "int", -5, ""),
        Parameter("level", "float", 0.95, "Niveau"),
        Parameter("strict", "bool", False, ""),
        Parameter("groups", "list[str]", ["a", "b"], "Gruppen"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        'quarter = "2024Q3"',
        "threshold: int",
        "threshold: dict = {}",
        "threshold: int = 2 + 3",
        "threshold: int = len('abc')",
        "threshold: int = True",
        'threshold: int = "5"',
        "level: float = 1",
        "groups: list[str] = [1]",
        "import os",
        "a.b: int = 1",
        "threshold: int =",
    ],
)
def test_anything_but_declarations_of_the_five_types_is_refused(notebook, tmp_path, cell):
    with pytest.raises(FormatError, match=r"'n.ipynb'"):
        declared(notebook(tmp_path / "n.ipynb", parameters=cell))


def test_the_cell_is_never_executed(notebook, tmp_path):
    mark = tmp_path / "mark"
    cell = f"threshold: int = open({str(mark)!r}, 'w')"
    with pytest.raises(FormatError):
        declared(notebook(tmp_path / "n.ipynb", parameters=cell))
    assert not mark.exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 1}', "not json", '{"cells": ["x"]}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"n\.ipynb"):
        declared(path)


def test_two_parameter_cells_are_refused(tmp_path, notebook):
    path = notebook(tmp_path / "n.ipynb", "threshold: int = 3")
    path.write_text(path.read_text().replace('"tags": []', '"tags": ["parameters"]'))
    with pytest.raises(FormatError, match="found 2 such cells"):
        declared(path)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("label", "Straße 1=2", "Straße 1=2"),
        ("label", "", ""),
        ("label", '"; import os  # ', '"; import os  # '),
        ("threshold", "-3", -3),
        ("threshold", "007", 7),
        ("level", "0.5", 0.5),
        ("level", "1e-3", 0.001),
        ("level", "2", 2.0),
        ("strict", "FALSE", False),
        ("groups", "a, b,,c", ["a", "b", "c"]),
        ("groups", "", []),
    ],
)
def test_a_text_becomes_a_value_of_the_declared_type(name, text, value):
    found = typed(DECLARED[name], text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("threshold", "five"),
        ("threshold", "5.0"),
        ("threshold", "1_000"),
        ("threshold", ""),
        ("threshold", "9" * 30),
        ("threshold", "５"),
        ("threshold", "__import__('os')"),
        ("level", "0,5"),
        ("level", "nan"),
        ("level", "inf"),
        ("level", "1e999"),
        ("strict", "yes"),
        ("strict", "1"),
        ("label", "two\nlines"),
        ("label", "\x1b[2J"),
        ("label", "\udcff"),
        ("label", "x" * 201),
    ],
)
def test_a_text_of_another_type_is_refused_with_name_and_example(name, text):
    with pytest.raises(ParameterError, match=rf"'{name}'.*-p {name}=") as found:
        typed(DECLARED[name], text)
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 250


def test_a_pair_splits_at_its_first_equals_sign():
    assert given_pairs(["label=a=b", "threshold=3"]) == {"label": "a=b", "threshold": "3"}


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        (["threshold"], "name=value"),
        (["threshold=3", "threshold=4"], "once"),
        (["quarter=2024Q2"], "--quarter"),
        (["area=05370"], "--area"),
    ],
)
def test_pairs_that_say_nothing_or_too_much_are_refused(texts, rule):
    with pytest.raises(ParameterError, match=rule):
        given_pairs(texts)


@pytest.mark.parametrize(
    "name", ["treshold", "", "x;import os", "threshold\n", "a" * 5000, "__x__"]
)
def test_an_unknown_name_is_refused_on_one_short_line(name):
    with pytest.raises(ParameterError) as found:
        checked({name: "5"}, {"02_reach": DECLARED})
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 250


def test_a_mistyped_name_is_suggested():
    with pytest.raises(ParameterError, match="Did you mean 'threshold'"):
        checked({"treshold": "5"}, {"02_reach": DECLARED})


def test_each_notebook_gets_the_given_parameters_it_declares():
    other = {"strict": DECLARED["strict"]}
    found = checked({"threshold": "3", "strict": "false"}, {"a": DECLARED, "b": other, "c": {}})
    assert found == {"a": {"threshold": 3, "strict": False}, "b": {"strict": False}, "c": {}}
