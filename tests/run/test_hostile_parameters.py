"""Names and values that would do something if they reached code or a path."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import FormatError, KimevalError, ParameterError
from kimeval.run.parameters import LONGEST, Parameter, checked, declared, given_pairs, typed
from kimeval.run.plan import Request, make_plan

DECLARED = {
    name: Parameter(name, kind, default)
    for name, kind, default in (("reason", "str", ""), ("groups", "list[str]", []))
}
HOSTILE = [
    "x=1; import os",
    "threshold\n__import__('os').system('id')",
    "__builtins__",
    "__import__",
    "threshold #",
    "threshold = 1 #",
    "threshold\x00",
    "ｔhreshold",
    "Threshold",
    "",
    " threshold",
    "threshold.real",
    "threshold[0]",
    "*threshold",
    "../threshold",
]


def injected(parameters):
    """The assignments that papermill writes into a notebook for some values."""
    translators = pytest.importorskip("papermill.translators")
    return ast.parse(translators.PythonTranslator.codify(dict(parameters))).body


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_no_notebook_declares_reaches_no_code(name):
    known = {"02_reach": {"threshold": Parameter("threshold", "int", 5)}}
    with pytest.raises(ParameterError, match="declared by one of the notebooks") as found:
        checked({name: "3"}, known)
    assert str(found.value).isprintable()


@pytest.mark.parametrize(
    "name",
    [
        "print",
        "open",
        "list",
        "id",
        "__builtins__",
        "__import__",
        "_x",
        "Größe",
        "größe",
        "A",
    ],
)
def test_a_notebook_cannot_declare_a_name_of_python_or_an_odd_one(notebook, tmp_path, name):
    path = notebook(tmp_path / "n.ipynb", parameters=f"{name}: int = 5  # x")
    with pytest.raises(FormatError, match="a name that is not allowed"):
        declared(path)


@pytest.mark.parametrize("name", ["path", "file", "out_folder", "home", "data_dir", "source_url"])
def test_a_notebook_cannot_ask_for_a_place_on_the_machine(notebook, tmp_path, name):
    path = notebook(tmp_path / "n.ipynb", parameters=f'{name}: str = "x"  # Ort')
    with pytest.raises(FormatError, match="a name that is not allowed"):
        declared(path)


def test_a_word_that_only_holds_such_a_word_is_allowed(notebook, tmp_path):
    cell = "profile: str = 'ki'  # Profil\nhomeless: bool = False  # ohne Wohnung\n"
    assert list(declared(notebook(tmp_path / "n.ipynb", parameters=cell))) == [
        "profile",
        "homeless",
    ]


def test_a_name_that_stands_twice_is_refused(notebook, tmp_path):
    path = notebook(tmp_path / "n.ipynb", parameters="threshold: int = 5\nthreshold: int = 1")
    with pytest.raises(FormatError, match="a name stands twice"):
        declared(path)


@pytest.mark.parametrize(
    "text",
    [
        '"; import os; "',
        "'; import os; '",
        '"""; import os; """',
        "\\",
        '\\"',
        "\\'); import os #",
        "{__import__('os')}",
        "# kein Kommentar",
        "%run x",
        "!id",
        "=cmd|' /C calc'!A0",
        "../../etc/passwd",
        "ä" * LONGEST,
    ],
)
def test_a_hostile_text_arrives_as_a_text_and_nothing_else(text):
    (found,) = injected({"reason": typed(DECLARED["reason"], text)})
    assert isinstance(found, ast.Assign)
    assert [target.id for target in found.targets] == ["reason"]
    assert ast.literal_eval(found.value) == text


@pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\x1b", "\u2028", "\u2029", "\x85", "\u202e"])
def test_a_sign_that_breaks_a_line_or_steers_a_terminal_is_refused(sign):
    with pytest.raises(ParameterError):
        typed(DECLARED["reason"], f"a{sign}import os")


@given(st.text(max_size=LONGEST))
def test_any_text_is_refused_or_arrives_as_it_is(text):
    try:
        value = typed(DECLARED["reason"], text)
    except ParameterError:
        return
    (found,) = injected({"reason": value})
    assert ast.literal_eval(found.value) == text


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_list_is_refused_or_arrives_as_texts(parts):
    try:
        value = typed(DECLARED["groups"], ",".join(parts))
    except ParameterError:
        return
    (found,) = injected({"groups": value})
    assert ast.literal_eval(found.value) == value
    assert all(isinstance(part, str) for part in value)


@pytest.mark.parametrize("pair", ["=3", "=", "quarter=../2024Q3", "area=../05370"])
def test_quarter_and_area_come_by_their_options_and_no_name_is_empty(pair):
    known = {"02_reach": {"threshold": Parameter("threshold", "int", 5)}}
    with pytest.raises(ParameterError):
        checked(given_pairs([pair]), known)


@pytest.mark.parametrize(
    "change",
    [
        {"quarter": "../2024Q3"},
        {"quarter": "2024Q3/../../x"},
        {"quarter": "2024Q3\x00"},
        {"area": "../05370"},
        {"area": "05370/.."},
        {"area": "05370\x00"},
        {"area": "/etc"},
        {"notebooks": ("/etc/passwd",)},
        {"notebooks": ("01_first/../02_second",)},
        {"notebooks": ("*",)},
        {"notebooks": ("01_first\x00",)},
    ],
)
def test_no_option_leads_out_of_the_project(project, change):
    with pytest.raises(KimevalError) as found:
        make_plan(project, Request(**({"quarter": "2024Q3", "area": "05370"} | change)))
    assert found.value.exit_code in (11, 12, 13)
    assert not project.outputs.exists()
