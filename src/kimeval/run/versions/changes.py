"""What a version was made from, compared with the one before (Änderungen)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kimeval.run.versions.read import Version

TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "data": ("Datenstand", "data"),
        "delivery": ("Lieferung oder Profile", "delivery or profiles"),
        "rules": ("Schutzregeln", "rules of protection"),
        "parameters": ("Parameter", "parameters"),
        "legal_basis": ("Rechtsgrundlage", "legal basis"),
        "notebooks": ("Notebooks", "notebooks"),
        "trusted": ("Notebooks auf eigene Verantwortung", "notebooks trusted by the user"),
        "catalogue": ("Festlegungen der Kennzahlen", "definitions"),
        "code": ("Programm", "code"),
        "packages": ("Programmpakete", "packages"),
        "reference": ("Referenzdaten", "reference data"),
        "lock": ("Liste der Programmpakete", "lock file"),
    }
)
DIGITS = 8
FIXED = ("quarter", "area")


@dataclass(frozen=True)
class Change:
    """One thing that differs between two versions (Änderung).

    Attributes
    ----------
    topic : str
        A key of `TOPICS`.
    name : str
        Of the notebook, package, parameter or rule; empty where there is but one.
    old, new : str or None
        As short text; None where it is not there.
    """

    topic: str
    name: str
    old: str | None
    new: str | None


def changes(old: Version, new: Version) -> list[Change]:
    """What differs in what two versions were made from, in the order of `TOPICS`.

    Returns
    -------
    list of Change
        Empty where the same was made again.
    """
    found = [*_data(old, new), *_single(old, new), *_named(old, new)]
    order = list(TOPICS)
    return sorted(found, key=lambda change: order.index(change.topic))


def _data(old: Version, new: Version) -> Iterator[Change]:
    before, after = old.manifest["data"], new.manifest["data"]
    texts = (_vintage(before), _vintage(after))
    same = before.get("sha256") == after.get("sha256")
    if texts[0] != texts[1] or not same:
        marks = ("", "") if texts[0] != texts[1] else _pair(before.get("sha256"), after["sha256"])
        yield Change("data", "", *(f"{t} {m}".strip() for t, m in zip(texts, marks, strict=True)))
    elif _differs(old, new, "delivery") and not _differs(old, new, "code"):
        yield Change("delivery", "", *_pair(*_inputs(old, new, "delivery")))


def _vintage(data: Mapping[str, Any]) -> str:
    """Its name, with the day of the data where the name does not begin with it."""
    name, day = str(data["vintage"]), str(data["as_of"])
    return name if name.startswith(day) else f"{name} ({day})"


def _single(old: Version, new: Version) -> Iterator[Change]:
    if _differs(old, new, "code"):
        texts = (
            f"kimeval {of.get('kimeval')} ({of['code'][:DIGITS]})"
            for of in (old.manifest["inputs"], new.manifest["inputs"])
        )
        yield Change("code", "", *texts)
    for topic in ("reference", "lock"):
        if _differs(old, new, topic):
            yield Change(topic, "", *_pair(*_inputs(old, new, topic)))
    for topic in ("catalogue", "legal_basis"):
        values = [version.manifest.get(topic) for version in (old, new)]
        if values[0] != values[1]:
            yield Change(topic, "", *(None if v is None else str(v) for v in values))


def _named(old: Version, new: Version) -> Iterator[Change]:
    for topic, read in NAMED.items():
        before, after = read(old), read(new)
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield Change(topic, name, before.get(name), after.get(name))
    before, after = _parameters(old, new)
    told = {*_rules(old), *_rules(new)}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name) and name not in told:
            yield Change("parameters", name, before.get(name), after.get(name))


def _notebooks(version: Version) -> dict[str, str]:
    return {name: digest[:DIGITS] for name, digest in _held(version, "notebooks").items()}


def _packages(version: Version) -> dict[str, str]:
    return dict(_held(version, "packages"))


def _trusted(version: Version) -> dict[str, str]:
    return {name: name for name in version.manifest["inputs"].get("trusted_by_user") or ()}


def _rules(version: Version) -> dict[str, str]:
    rules = (version.manifest.get("protection") or {}).get("rules") or {}
    return {name: _text(value) for name, value in rules.items()}


NAMED: Mapping[str, Callable[[Version], dict[str, str]]] = MappingProxyType(
    {"notebooks": _notebooks, "packages": _packages, "trusted": _trusted, "rules": _rules}
)


def _parameters(old: Version, new: Version) -> tuple[dict[str, str], dict[str, str]]:
    """Values by `name`, or by `notebook name` where the notebooks do not agree."""
    sides = [_flat(_held(version, "parameters")) for version in (old, new)]
    names = {name for side in sides for _, name in side}
    shared = {name for name in names if all(_agree(side, name) for side in sides)}
    first, second = (
        {(name if name in shared else f"{book} {name}"): v for (book, name), v in side.items()}
        for side in sides
    )
    return first, second


def _agree(side: Mapping[tuple[str, str], str], name: str) -> bool:
    return len({value for (_, one), value in side.items() if one == name}) <= 1


def _flat(parameters: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    return {
        (notebook, name): _text(value)
        for notebook, values in parameters.items()
        for name, value in values.items()
        if name not in FIXED
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _held(version: Version, name: str) -> Mapping[str, Any]:
    return version.manifest["inputs"].get(name) or {}


def _inputs(old: Version, new: Version, name: str) -> tuple[Any, Any]:
    return old.manifest["inputs"].get(name), new.manifest["inputs"].get(name)


def _differs(old: Version, new: Version, name: str) -> bool:
    before, after = _inputs(old, new, name)
    return bool(before != after)


def _pair(before: Any, after: Any) -> tuple[str | None, str | None]:
    first, second = (None if digest is None else str(digest)[:DIGITS] for digest in (before, after))
    return first, second
