"""Notebooks run if they are as they came with kimeval, or by a person's word (Vertrauen).

A notebook is a program that reads the data of people. `trusted.toml` holds a hash of
what each of kimeval's own notebooks says and does; outputs and editors' marks do not
count. It is written by `make trust`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from kimeval.core.digests import text_hash
from kimeval.core.errors import FormatError, NotebookNameError, TrustError, suggestion

LIST = Path(__file__).with_name("trusted.toml")
ALL = "all"
SHOWN = 5


def content_hash(notebook: Path) -> str:
    """SHA-256 of what a notebook says and does (Inhalt eines Notebooks).

    Kind, tags, source and attachments of each cell in order count; outputs, counts of
    execution, ids and other metadata do not. Tags count because they decide what is a
    parameter and which errors are passed over.

    Raises
    ------
    FormatError
        If the file is no notebook of format 4; an older one can hold cells twice.
    """
    return content_hash_of(notebook.read_text(encoding="utf-8", errors="replace"), notebook.name)


def content_hash_of(text: str, name: str) -> str:
    """`content_hash` of a notebook that was read already.

    Raises
    ------
    FormatError
        As there.
    """
    try:
        held = json.loads(text)
        cells = [_said(cell) for cell in held["cells"]]
        known = held["nbformat"] == 4 and "worksheets" not in held
    except (ValueError, LookupError, TypeError, AttributeError):
        known = False
    if not known:
        raise FormatError(
            f"A notebook is a Jupyter file of format 4, '{name}' cannot be read as one. "
            f"Restore it from the repository."
        )
    return text_hash(json.dumps(cells, ensure_ascii=True, sort_keys=True))


def trusted_list() -> Mapping[str, str]:
    """Hash of the content of each of kimeval's own notebooks, by name.

    Raises
    ------
    FormatError
        If the list is damaged; then no notebook is trusted.
    """
    try:
        held = tomllib.loads(LIST.read_text(encoding="utf-8"))["notebooks"]
        return {str(name): str(digest) for name, digest in held.items()}
    except (OSError, ValueError, LookupError, AttributeError):
        raise FormatError(
            f"The list of trusted notebooks is TOML, {LIST.name} cannot be read as such. Restore "
            f"it; whoever develops kimeval writes it anew with `make trust`."
        ) from None


def require_trusted(
    contents: Mapping[str, str], named: Collection[str], there: Collection[str] = ()
) -> tuple[str, ...]:
    """See that each notebook is one of kimeval's own, or trusted by the user.

    Parameters
    ----------
    contents : mapping of str to str
        `content_hash` of the notebooks to be run, by name.
    named : collection of str
        Names that the user trusts; `all` means any.
    there : collection of str
        Names of all notebooks of the project, those to be run by default.

    Returns
    -------
    tuple of str
        Notebooks that run by the user's word alone, for the manifest.

    Raises
    ------
    TrustError
        If one is neither.
    NotebookNameError
        If the user trusts a notebook that is not there.
    """
    words = {name.strip().removesuffix(".ipynb") for name in named}
    for name in sorted(words - {ALL} - set(there or contents)):
        raise NotebookNameError(
            f"--trust names a notebook of the project or all, got {name[:40]!a}. "
            f"{suggestion(name[:40], there or contents)}"
        )
    known = trusted_list()
    others = [name for name, digest in contents.items() if known.get(name) != digest]
    if ALL not in words and (refused := [name for name in others if name not in words]):
        raise TrustError(_why(refused, known))
    return tuple(others)


def require_same(text: str, name: str, content: str) -> None:
    """See that a notebook about to be executed is still the one that was looked at.

    Parameters
    ----------
    text : str
        As it was read just now.
    name : str
        Of the notebook.
    content : str
        Its `content_hash` in the plan; empty where none was made.

    Raises
    ------
    TrustError
        If it was changed while the run was at work.
    """
    if content and content_hash_of(text, f"{name}.ipynb") != content:
        raise TrustError(
            f"A notebook stays as it is while a run is at work, '{name}' was changed. "
            f"Nothing was published. Run again."
        )


def _said(cell: Mapping[str, Any]) -> list[Any]:
    tags = [str(tag) for tag in cell["metadata"].get("tags", [])]
    kept = cell.get("attachments") or {}
    return [str(cell["cell_type"]), sorted(tags), "".join(cell["source"]), kept]


def _why(refused: list[str], known: Mapping[str, str]) -> str:
    names = [ascii(name[:40])[1:-1] for name in refused]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    changed = "was changed" if refused[0] in known else "is none of its own"
    options = " ".join(f"--trust {name}" for name in names) if not more else f"--trust {ALL}"
    first = f"'{names[0]}' {changed}"
    others = f"; so with {', '.join(names[1:SHOWN])}{more}" if names[1:] else ""
    return (
        f"A notebook runs if it is as it came with kimeval, {first}{others}. Read what it does "
        f"with the data; then restore it, or run with {options}."
    )
