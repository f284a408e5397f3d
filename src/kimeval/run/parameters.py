"""Parameters of a notebook, read from its cell and checked (Parameter).

A notebook declares them in one cell tagged `parameters`, a line each:
`name: type = default  # help`. The cell is parsed and never executed.
"""

from __future__ import annotations

import ast
import builtins
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kimeval.core.errors import FormatError, ParameterError, suggestion

Value = str | int | float | bool | list[str]

TAG = "parameters"
SCOPES = ("area", "state", "both")
BY_OPTION = {"quarter": "--quarter", "area": "--area"}
LONGEST = 200
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PLACES = frozenset({"path", "paths", "file", "files", "folder", "dir", "directory"})
PLACES |= {"home", "root", "url", "uri", "host"}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter (Parameter).

    Attributes
    ----------
    name : str
        An identifier.
    type : str
        str, int, float, bool or list[str].
    default : str, int, float, bool or list of str
        Of that type.
    help : str
        The comment behind the declaration.
    """

    name: str
    type: str
    default: Value
    help: str = ""


def declared(notebook: Path) -> Mapping[str, Parameter]:
    """Parameters that a notebook declares, by name in declared order.

    Raises
    ------
    FormatError
        If the file is no notebook, has not exactly one cell tagged
        `parameters`, or the cell holds anything but declarations, a name of
        Python's own, or one that asks for a place on the machine.
    """
    source = _tagged_source(notebook)
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise _bad_cell(notebook, f"line {error.lineno} is not Python") from None
    found = [_declaration(statement, source, notebook) for statement in statements]
    names = [parameter.name for parameter in found]
    if len(set(names)) < len(names):
        raise _bad_cell(notebook, "a name stands twice")
    return MappingProxyType(dict(zip(names, found, strict=True)))


def scope(notebook: Path) -> str:
    """What a notebook is about: `area` if it does not say, `state` or `both`.

    Its metadata hold `"kimeval": {"scope": "state"}`.

    Raises
    ------
    FormatError
        If the file is no notebook, or its scope is none of these.
    """
    held = _content(notebook).get("metadata", {}).get("kimeval", {})
    found = held.get("scope", SCOPES[0]) if isinstance(held, dict) else None
    if found not in SCOPES:
        raise FormatError(
            f"A notebook's scope is {', '.join(SCOPES)}, '{notebook.name}' has another in its "
            f"metadata under kimeval."
        )
    return str(found)


def given_pairs(texts: Iterable[str]) -> dict[str, str]:
    """Names and texts of `name=value` pairs from the command line.

    Raises
    ------
    ParameterError
        If there is no `=`, a name stands twice, or it has an option of its own.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(
                f"A parameter is written name=value, got {shown(text)}. Try -p threshold=5."
            )
        if name in BY_OPTION:
            raise ParameterError(f"The {name} is given by {BY_OPTION[name]}, got it with -p too.")
        if name in pairs:
            raise ParameterError(f"A parameter is given once, got {shown(name)} twice.")
        pairs[name] = value
    return pairs


def checked(
    given: Mapping[str, str], notebooks: Mapping[str, Mapping[str, Parameter]]
) -> dict[str, dict[str, Value]]:
    """Typed values of given parameters, for each notebook those it declares.

    Parameters
    ----------
    given : mapping of str to str
        Texts by name.
    notebooks : mapping of str to mapping
        Declared parameters by notebook.

    Raises
    ------
    ParameterError
        If no notebook declares a name, or a text does not fit its type.
    """
    known = list(dict.fromkeys(name for declared in notebooks.values() for name in declared))
    for name in given:
        if name not in known:
            raise ParameterError(
                f"A parameter is declared by one of the notebooks, got {shown(name)}. "
                f"{suggestion(name[:LONGEST], known)}"
            )
    return {
        notebook: {name: typed(declared[name], given[name]) for name in given if name in declared}
        for notebook, declared in notebooks.items()
    }


def typed(parameter: Parameter, text: str) -> Value:
    """The value that a text stands for.

    Raises
    ------
    ParameterError
        If the text does not fit the declared type.
    """
    rule, example, read = READERS[parameter.type]
    value = read(text) if text.isprintable() and len(text) <= LONGEST else None
    if value is None:
        raise ParameterError(
            f"Parameter '{parameter.name}' is {rule}, got {shown(text)}. "
            f"Try -p {parameter.name}={example}."
        )
    return value


def shown(text: str) -> str:
    """A user's own text as it may stand in a message: short, on one line."""
    return ascii(text[:40]) + ("..." if len(text) > 40 else "")


def _text(text: str) -> str:
    return text


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,15}", text) else None


def _number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text):
        return None
    return float(text) if math.isfinite(float(text)) else None


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.casefold())


def _texts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


READERS: Mapping[str, tuple[str, str, Callable[[str], Value | None]]] = MappingProxyType(
    {
        "str": (f"printable text of at most {LONGEST} characters", "text", _text),
        "int": ("a whole number", "5", _whole),
        "float": ("a number with a decimal point", "0.5", _number),
        "bool": ("true or false", "true", _truth),
        "list[str]": ("a list with commas", "one,two", _texts),
    }
)


def _tagged_source(notebook: Path) -> str:
    try:
        cells = _content(notebook)["cells"]
        tagged = [c for c in cells if TAG in c.get("metadata", {}).get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged]
    except (LookupError, TypeError, AttributeError):
        raise _unreadable(notebook) from None
    if len(sources) != 1:
        raise _bad_cell(notebook, f"found {len(sources)} such cells")
    return sources[0]


def _content(notebook: Path) -> dict[str, Any]:
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
    except ValueError:
        raise _unreadable(notebook) from None
    if not isinstance(content, dict) or not isinstance(content.get("metadata", {}), dict):
        raise _unreadable(notebook)
    return content


def _unreadable(notebook: Path) -> FormatError:
    return FormatError(
        f"A notebook is a Jupyter file of format 4, '{notebook.name}' cannot be read as one. "
        f"Restore it from the repository."
    )


def _declaration(statement: ast.stmt, source: str, notebook: Path) -> Parameter:
    place = f"line {statement.lineno} is no such declaration"
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        raise _bad_cell(notebook, place)
    if not _is_allowed(name := statement.target.id):
        raise _bad_cell(notebook, f"line {statement.lineno} has a name that is not allowed")
    kind = ast.unparse(statement.annotation)
    if kind not in READERS or statement.value is None:
        raise _bad_cell(notebook, place)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise _bad_cell(notebook, place) from None
    if not _is_of(kind, default):
        raise _bad_cell(notebook, f"the default in line {statement.lineno} is not {kind}")
    return Parameter(name, kind, default, _comment(statement, source))


def _is_allowed(name: str) -> bool:
    """Plain letters, nothing that Python knows already, and no place on the machine."""
    plain = NAME.fullmatch(name) and not hasattr(builtins, name)
    return bool(plain) and PLACES.isdisjoint(name.split("_"))


def _is_of(kind: str, value: object) -> bool:
    if kind == "list[str]":
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return type(value).__name__ == kind


def _comment(statement: ast.AnnAssign, source: str) -> str:
    line = source.splitlines()[(statement.end_lineno or statement.lineno) - 1].encode()
    return line[statement.end_col_offset or 0 :].decode().strip().lstrip("#").strip()


def _bad_cell(notebook: Path, found: str) -> FormatError:
    return FormatError(
        f"A notebook declares its parameters in one cell tagged '{TAG}', each as "
        f"'name: type = default  # help' with {', '.join(READERS)}; in '{notebook.name}' {found}."
    )
