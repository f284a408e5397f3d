"""What the areas published of a quarter, put together (Zusammenstellung der Gebiete).

The state is told from protected rows that are public already: whoever reads the
areas' pages could put them together too. So nothing hidden in an area can be shown
by the state, and no row of a person is read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kimeval.core.area import areas as all_areas
from kimeval.core.errors import ProtectionError, QuarterError
from kimeval.core.manifests import nothing_published, published_quarters
from kimeval.core.quarter import Quarter
from kimeval.protect.gate import Protected, sealed
from kimeval.protect.versions import Version, read_version

OTHER_RULES = "nach anderen Regeln der Geheimhaltung veröffentlicht als die meisten Gebiete"
OTHER_CATALOGUE = (
    "nach einem anderen Stand des Indikatorenkatalogs veröffentlicht als die meisten Gebiete"
)


@dataclass(frozen=True)
class Member:
    """An area, and whether its rows are in (Gebiet).

    Attributes
    ----------
    area : str
        Code.
    version : str
        Such as `v2`; empty where there is none that can be used.
    as_of : date or None
        Day of its delivery.
    threshold : int or None
        By which it was protected.
    method : str
        Of protection.
    reason : str
        In German why its rows are not in; empty where they are.
    """

    area: str
    version: str = ""
    as_of: dt.date | None = None
    threshold: int | None = None
    method: str = ""
    reason: str = ""

    @property
    def is_in(self) -> bool:
        """Whether its rows are in."""
        return not self.reason


@dataclass(frozen=True, repr=False)
class Collected:
    """Published rows of all areas of a quarter (Zusammenstellung).

    Attributes
    ----------
    quarter : Quarter
        That was published.
    rows : Protected
        Of all areas that are in, by the same rules and definitions.
    members : tuple of Member
        Every area that was asked for, in the order of its code.
    catalogue : str
        Version of the definitions.
    """

    quarter: Quarter
    rows: Protected = field(repr=False)
    members: tuple[Member, ...]
    catalogue: str

    def of(self, area: str) -> Protected:
        """Rows of one area; none where it is not in."""
        return self.rows.only(area=area)

    @property
    def inside(self) -> list[Member]:
        """Areas whose rows are in."""
        return [member for member in self.members if member.is_in]

    @property
    def outside(self) -> list[Member]:
        """Areas whose rows are not in, each with its reason."""
        return [member for member in self.members if not member.is_in]

    @property
    def as_of(self) -> tuple[dt.date, dt.date]:
        """First and last day of the deliveries behind the rows."""
        days = [member.as_of for member in self.inside if member.as_of]
        return min(days), max(days)

    def __repr__(self) -> str:
        return f"Collected({self.quarter}, {len(self.inside)} of {len(self.members)} areas)"


def collected(
    outputs: Path, quarter: Quarter | str, areas: Iterable[str] | None = None
) -> Collected:
    """Put together what areas published of a quarter (Zusammenstellung).

    Areas protected by other rules than most, or measured by other definitions, are
    left out with that reason: a sum over both would mean neither.

    Parameters
    ----------
    outputs : Path
        Holds <quarter>/<area>/.
    quarter : Quarter or str
        Which one.
    areas : iterable of str, optional
        Codes; all 54 by default.

    Returns
    -------
    Collected

    Raises
    ------
    QuarterError
        If none of the areas is published.
    ProtectionError
        If a published file was changed, or invented and real persons would be mixed.
    """
    quarter = Quarter.parse(quarter)
    codes = sorted(all_areas() if areas is None else set(areas))
    found = {code: read_version(outputs, str(quarter), code) for code in codes}
    there = {code: one for code, one in found.items() if isinstance(one, Version)}
    if not there:
        raise nothing_published(quarter)
    _require_one_kind(quarter, there.values())
    reasons = {code: one for code, one in found.items() if isinstance(one, str)}
    reasons |= _others(there.values(), lambda one: repr(one.rules), OTHER_RULES)
    alike = [one for code, one in there.items() if code not in reasons]
    reasons |= _others(alike, lambda one: one.catalogue, OTHER_CATALOGUE)
    kept = [one for code, one in there.items() if code not in reasons]
    rows = pd.concat([one.rows for one in kept], ignore_index=True)
    members = tuple(_member(code, there.get(code), reasons.get(code, "")) for code in codes)
    protected = sealed(rows, kept[0].rules, kept[0].synthetic)
    return Collected(quarter, protected, members, kept[0].catalogue)


def earlier(outputs: Path, now: Collected) -> list[Collected]:
    """The same of each earlier quarter that is published, oldest first (frühere Quartale).

    A quarter by other rules, or of persons of the other kind, cannot be compared
    and is passed over.
    """
    codes = [member.area for member in now.members]
    found = []
    for quarter in published_quarters(outputs, now.quarter - 1):
        try:
            then = collected(outputs, quarter, codes)
        except QuarterError:
            continue
        if (then.rows.rules, then.rows.synthetic) == (now.rows.rules, now.rows.synthetic):
            found.append(then)
    return found


def _require_one_kind(quarter: Quarter, versions: Iterable[Version]) -> None:
    kinds = Counter(one.synthetic for one in versions)
    if len(kinds) > 1:
        raise ProtectionError(
            f"Invented and real persons never stand in one table, {kinds[True]} areas of {quarter} "
            f"were published from synthetic data and {kinds[False]} from real. Take the others "
            f"out of outputs/{quarter}."
        )


def _others(
    versions: Iterable[Version], trait: Callable[[Version], str], reason: str
) -> dict[str, str]:
    """Areas whose trait is not that of most; of two as frequent the newest counts."""
    held: dict[str, list[Version]] = {}
    for one in versions:
        held.setdefault(trait(one), []).append(one)
    if len(held) < 2:
        return {}
    most = max(held, key=lambda key: (len(held[key]), max(one.made for one in held[key])))
    return {one.area: reason for key, ones in held.items() if key != most for one in ones}


def _member(code: str, version: Version | None, reason: str) -> Member:
    if version is None:
        return Member(code, reason=reason)
    rules = version.rules
    return Member(code, version.name, version.as_of, rules.threshold, rules.method, reason)


def own_period(parts: Sequence[Collected]) -> Protected:
    """Of each quarter the rows that stand for itself, in one table (Zeitreihe)."""
    last = parts[-1].rows
    frames = [part.rows.only(period=str(part.quarter)).frame for part in parts]
    return sealed(pd.concat(frames, ignore_index=True), last.rules, last.synthetic)
