"""The list of tests, declared before any is run (Testplan)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kimeval.core.digests import file_hash
from kimeval.core.errors import DataError, suggestion
from kimeval.core.statistics.multiple import adjusted
from kimeval.effects.effect import Effect, judged

FILE = Path(__file__).with_name("plan.toml")
PRIMARY, EXPLORATIVE = "primary", "explorative"
METHODS = {PRIMARY: "holm", EXPLORATIVE: "bh"}
DESIGNS = ("staggered", "interrupted", "people", "providers")


@dataclass(frozen=True)
class Test:
    """One declared question (angekündigter Test).

    Attributes
    ----------
    id, family, role, design, question : str
        As in plan.toml; the question is German.
    """

    __test__ = False

    id: str
    family: str
    role: str
    design: str
    question: str

    def __post_init__(self) -> None:
        for found, allowed, what in (
            (self.role, tuple(METHODS), "role"),
            (self.design, DESIGNS, "design"),
        ):
            if found not in allowed:
                raise DataError(
                    f"The {what} of a declared test is one of {', '.join(allowed)}, got '{found}'. "
                    f"{suggestion(found, allowed)}"
                )


@dataclass(frozen=True)
class Plan:
    """All declared questions (Testplan).

    Attributes
    ----------
    tests : tuple of Test
        In declared order, each id once.
    level : float
        Coverage of every interval; one less it is the rate of errors.
    digest : str
        SHA-256 of the file, for the manifest.
    """

    tests: tuple[Test, ...]
    level: float
    digest: str

    def __getitem__(self, name: str) -> Test:
        known = {test.id: test for test in self.tests}
        if name not in known:
            raise DataError(
                f"A test is declared in the plan before it is run, '{name}' is not. "
                f"{suggestion(name, known)}"
            )
        return known[name]


def plan(path: Path = FILE) -> Plan:
    """The declared questions of a file.

    Raises
    ------
    DataError
        If a question breaks its form, or an id stands twice.
    """
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        tests = tuple(Test(**entry) for entry in declared.get("test", ()))
    except TypeError:
        raise DataError(
            "A declared test has id, family, role, design and question, one in the plan has "
            "others. Compare it with its neighbours."
        ) from None
    names = [test.id for test in tests]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"A declared test has an id of its own, '{twice[0]}' stands twice.")
    return Plan(tests, float(declared.get("level", 0.95)), file_hash(path))


def judge_together(found: Mapping[str, Effect], declared: Plan | None = None) -> dict[str, Effect]:
    """Effects of declared tests, each judged with its p-value adjusted within its family.

    Parameters
    ----------
    found : mapping of str to Effect
        By id of the test. One that was refused has no p-value; it counts as tried and
        not as a test. One that is declared and absent was not asked here.
    declared : Plan, optional
        The plan that came with kimeval by default.

    Returns
    -------
    dict of str to Effect
        In the plan's order.

    Raises
    ------
    DataError
        If an id is not declared.
    """
    declared = declared or plan()
    for name in found:
        declared[name]
    made: dict[str, Effect] = {}
    asked = [test for test in declared.tests if test.id in found]
    for family, role in dict.fromkeys((test.family, test.role) for test in asked):
        own = [test.id for test in asked if (test.family, test.role) == (family, role)]
        p = adjusted(np.array([found[name].p for name in own]), METHODS[role])
        for name, value in zip(own, p, strict=True):
            made[name] = judged(replace(found[name], adjusted_p=float(value)))
    return {test.id: made[test.id] for test in asked}


def tried(found: Mapping[str, Effect], declared: Plan | None = None) -> str:
    """How many declared tests were run, refused and not asked, in German."""
    declared = declared or plan()
    refusals = sum(one.refused for one in found.values())
    run = len(found) - refusals
    left = len(declared.tests) - len(found)
    return (
        f"Von {len(declared.tests)} angekündigten Tests wurden {run} gerechnet, {refusals} "
        f"verweigert und {left} hier nicht gestellt. Plan {declared.digest[:12]}."
    )
