"""Words that the product itself says, whatever the data (fester Text).

A needle that stands in the fixed text of the product gives no person away: names
of municipalities, labels of codes, titles, published figures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from kimeval.core import reference
from kimeval.core.project import Project
from kimeval.protect.canary.words import words

PACKAGE = Path(__file__).resolve().parents[2]
SPEAKING = (
    "core",
    "protect",
    "published",
    "quality",
    "reach",
    "referrals",
    "outcomes",
    "effects",
    "services",
    "resources",
    "figures",
    "tables",
    "report",
    "run",
)
FORMATS = Path(__file__).with_name("formats.txt")
DOCSTRING = re.compile(r'r?"""(?:[^"\\]|\\.|"(?!""))*"""', re.DOTALL)
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


@dataclass(frozen=True, repr=False)
class Ordinary:
    """The fixed text (fester Text).

    Attributes
    ----------
    words : frozenset of str
        Each word of it.
    text : str
        All of it in words, with a space at both ends.
    """

    words: frozenset[str] = frozenset()
    text: str = field(default=" ", repr=False)

    @classmethod
    def of(cls, texts: Iterator[str] | list[str]) -> Ordinary:
        """From texts."""
        lines = [" ".join(words(text)) for text in texts]
        joined = " | ".join(lines)
        return cls(frozenset(joined.split()), f" {joined} ")

    def says(self, phrase: str) -> bool:
        """Whether these words stand in it, one after the other."""
        return f" {phrase} " in self.text


def ordinary(project: Project) -> Ordinary:
    """What is said by kimeval, its reference data, the notebooks and the profiles.

    Names of the packages that a manifest lists count as well. Sentences in code
    count, explanations of the code do not: their examples name persons. Words that
    only file formats bring along are listed in `formats.txt`.
    """
    return Ordinary.of([*_package(), *_reference(), *_project(project)])


def _package() -> Iterator[str]:
    yield FORMATS.read_text(encoding="utf-8")
    with suppress(metadata.PackageNotFoundError):
        yield "\n".join(metadata.requires("kimeval") or [])
    folders = [PACKAGE / floor for floor in SPEAKING]
    beside = [PACKAGE / "data" / "rules.toml", PACKAGE / "data" / "contradictions.toml"]
    for path in [*beside, *(p for folder in folders for p in sorted(folder.rglob("*")))]:
        if path.suffix == ".py":
            code = DOCSTRING.sub(" ", path.read_text(encoding="utf-8"))
            yield "\n".join(STRING.findall(code))
        elif path.suffix in (".toml", ".jinja", ".css"):
            yield path.read_text(encoding="utf-8")


def _reference() -> Iterator[str]:
    folders = (reference.PACKAGED, reference.CHECKOUT)
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix in (".csv", ".toml"):
            yield path.read_text(encoding="utf-8")


def _project(project: Project) -> Iterator[str]:
    for path in sorted(project.profiles.glob("*.toml")):
        yield path.read_text(encoding="utf-8")
    for path in sorted(project.notebooks.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook.get("cells", []):
            source = cell.get("source", "")
            yield source if isinstance(source, str) else "".join(source)
