"""How many are sent on, where to, and how many are sent back (Weiterleitungen, Pingpong)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.errors import DataError, suggestion
from kimeval.core.persons import families, with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import family_share, refusal, share_in_families
from kimeval.referrals.classes import CROSS, MANY
from kimeval.referrals.events import KIM, known_at, moves_of_rows
from kimeval.referrals.loops import WINDOW
from kimeval.referrals.moves import returned
from kimeval.referrals.span import Span

DIMENSIONS = {
    "topic": "Anliegen",
    "from_agency": "von",
    "to_agency": "an",
    "way": "Weg",
    "pair": "Stellen",
}
ARROW, BOTH = " → ", " ↔ "
OTHER_WAYS, OTHER_PAIRS = "übrige Wege", "übrige Stellen"
UNKNOWN = "unbekannt"
SHORT = "KIM"
NOBODY = "keine Weiterleitung im Zeitraum"


@dataclass(frozen=True, repr=False)
class Sent:
    """Referrals of a span with what became of the way (Weiterleitungen eines Zeitraums).

    Attributes
    ----------
    dataset : Dataset
    quarter : Quarter
        At whose end they are looked at.
    span : Span
    rows : DataFrame, shape (referrals, any)
        As `referral_rows`, with `back`: whether the referral sends back, `family`: that
        of the person, and German names in the columns of `DIMENSIONS`.
    """

    dataset: Dataset
    quarter: Quarter
    span: Span
    rows: pd.DataFrame

    def row(self, name: str, dimension: str = "", group: str = "") -> Row:
        """A row of results for this span, without numbers yet."""
        status, reason = self.span.status(self.dataset)
        area = self.dataset.area.code
        return Row(name, self.span.period, area, dimension=dimension, group=group,
                   status=status, reason=reason)  # fmt: skip

    def share(self, place: Row, part: pd.DataFrame, hit: pd.Series, level: float) -> Row:
        """Complete a row with a share of referrals, the family as a cluster.

        Parameters
        ----------
        place : Row
            From `row`.
        part : DataFrame, shape (referrals, any)
            Of `rows`; the denominator.
        hit : Series of bool, shape (referrals,)
            Which of them are in the numerator.
        level : float
            Coverage of the interval.
        """
        chosen = part[hit]
        found = family_share(hit, part["family"], level)
        return replace(
            place,
            value=len(chosen) / len(part),
            numerator=len(chosen),
            denominator=len(part),
            lower=float(found.lower[0]),
            upper=float(found.upper[0]),
            confidence=level,
            method=found.method,
            contributors=chosen["person_id"].nunique(),
            record_key=key_of("referral_id", chosen["referral_id"]),
            base_key=key_of("referral_id", part["referral_id"]),
        )


def referrals(
    dataset: Dataset, quarter: Quarter, by: Sequence[str] = (), span: Span | None = None
) -> Results:
    """Referrals and persons referred in a span (Weiterleitungen).

    Parameters
    ----------
    dataset : Dataset
        With tables referrals and clients.
    quarter : Quarter
        What was known at its end.
    by : sequence of str
        Of `DIMENSIONS`, two of them joined by " × " for a cross table. Ways and pairs
        of few persons are one group (`ways`, `pairs`).
    span : Span, optional
        The quarter by default.

    Returns
    -------
    Results
        Both in total, and referrals for each group that occurs; refused where nothing
        was delivered.
    """
    return _measured(("referrals", "persons_referred"), dataset, quarter, by, span, _counts)


def sent_back(
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str] = (),
    span: Span | None = None,
    level: float = 0.95,
) -> Results:
    """Share of referrals that send back, and of persons sent back (Ämter-Pingpong).

    Parameters
    ----------
    dataset, quarter, by, span
        As for `referrals`.
    level : float
        Coverage of the intervals: of referrals with the person as a cluster, of
        persons Wilson's.

    Returns
    -------
    Results
        As of `referrals`: persons in total only.
    """

    def rows(sent: Sent, part: pd.DataFrame, dimension: str, group: str) -> Iterator[Row]:
        yield from _shares(sent, part, dimension, group, level)

    return _measured(("referrals_returned", "persons_sent_back"), dataset, quarter, by, span, rows)


def look_at(dataset: Dataset, quarter: Quarter, span: Span) -> Sent:
    """Referrals of a span, each with whether it sends back.

    Raises
    ------
    MissingTable
        If the delivery holds no referrals.
    """
    rows = dataset.once("referrals sent", lambda: _told(dataset))
    time = rows["referred_on"].to_numpy("datetime64[us]").astype(np.int64)
    inside = span.holds(time) & (rows["from_agency"] != rows["to_agency"]).to_numpy()
    return Sent(dataset, quarter, span, known_at(rows[inside], quarter))


def ways(rows: pd.DataFrame, many: int = MANY) -> pd.Series:
    """From where to where each referral goes, ways of few persons together (Wege).

    Parameters
    ----------
    rows : DataFrame, shape (referrals, any)
        With person_id and the German names of both ends.
    many : int
        Least number of persons on a way with a name of its own.

    Returns
    -------
    Series of str, shape (referrals,)
        Such as `Jobcenter → Sozialamt`.
    """
    return _few_together(rows, rows["from_agency"] + ARROW + rows["to_agency"], many, OTHER_WAYS)


def pairs(rows: pd.DataFrame, many: int = MANY) -> pd.Series:
    """Between which two places each referral goes, whatever the direction (Stellen).

    Parameters and result as of `ways`; such as `Jobcenter ↔ Sozialamt`.
    """
    ends = rows[["from_agency", "to_agency"]]
    pair = ends.min(axis=1) + BOTH + ends.max(axis=1)
    return _few_together(rows, pair, many, OTHER_PAIRS)


def _told(dataset: Dataset) -> pd.DataFrame:
    """All referrals as in `Sent`; sorted once, since what sends back lies before."""
    rows = with_person(dataset, "referrals")
    rows = rows[rows["referred_on"].notna()].reset_index(drop=True)
    moves = moves_of_rows(rows)
    back = np.zeros(len(rows), bool)
    back[moves.order[returned(moves, WINDOW)]] = True
    family = families(dataset, rows["person_id"])
    rows = rows.assign(back=back, family=family, topic=_german(rows, "topic", "topic"))
    for end in ("from_agency", "to_agency"):
        rows[end] = _german(rows, end, "agency").replace(codes("agency")[KIM], SHORT)
    return rows


def _few_together(rows: pd.DataFrame, names: pd.Series, many: int, others: str) -> pd.Series:
    persons = rows["person_id"].groupby(names).nunique()
    return names.where(names.map(persons) >= many, others)


def _measured(
    names: Sequence[str],
    dataset: Dataset,
    quarter: Quarter,
    by: Sequence[str],
    span: Span | None,
    rows_of: Callable[[Sent, pd.DataFrame, str, str], Iterator[Row]],
) -> Results:
    for dimension in by:
        _require_known(dimension)
    try:
        sent = look_at(dataset, quarter, span or Span.quarter(quarter))
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found) for name in names])
    if sent.rows.empty:
        blank = [refusal(name, dataset, quarter, NOBODY) for name in names]
        return Results.of([replace(row, period=sent.span.period) for row in blank])
    rows = list(rows_of(sent, sent.rows, "", ""))
    sent = replace(sent, rows=sent.rows.assign(way=ways(sent.rows), pair=pairs(sent.rows)))
    for dimension in by:
        columns = dimension.split(CROSS)
        for group, part in sent.rows.groupby(columns, sort=True):
            rows += rows_of(sent, part, dimension, CROSS.join(group))
    return Results.of(rows)


def _counts(sent: Sent, part: pd.DataFrame, dimension: str, group: str) -> Iterator[Row]:
    persons = part["person_id"].nunique()
    told = [("referrals", "referral_id", len(part)), ("persons_referred", "person_id", persons)]
    for name, unit, number in told if not dimension else told[:1]:
        yield replace(
            sent.row(name, dimension, group),
            value=number,
            numerator=number,
            method="Auszählung",
            contributors=persons,
            record_key=key_of(unit, part[unit]),
        )


def _shares(
    sent: Sent, part: pd.DataFrame, dimension: str, group: str, level: float
) -> Iterator[Row]:
    back = part[part["back"]]
    place = sent.row("referrals_returned", dimension, group)
    yield sent.share(place, part, part["back"], level)
    if dimension:
        return
    place = replace(
        sent.row("persons_sent_back"),
        record_key=key_of("person_id", back["person_id"]),
        base_key=key_of("person_id", part["person_id"]),
    )
    persons = part.groupby("person_id")[["back", "family"]].agg({"back": "any", "family": "first"})
    yield share_in_families(place, persons["back"].to_numpy(), persons["family"], level)


def _german(rows: pd.DataFrame, column: str, list_: str) -> pd.Series:
    return rows[column].map(codes(list_)).fillna(UNKNOWN)


def _require_known(dimension: str) -> None:
    for part in dimension.split(CROSS):
        if part not in DIMENSIONS:
            raise DataError(
                f"Referrals are told apart by a known dimension, got '{part}'. "
                f"{suggestion(part, DIMENSIONS)}"
            )
