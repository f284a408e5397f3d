"""Who is sent on and on: with one need again, or through many places (Kettenverweisungen)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.recordkeys import key_of
from kimeval.core.results import Row
from kimeval.core.rows import share_in_families
from kimeval.referrals.log import event_log
from kimeval.referrals.loops import chains, visits
from kimeval.referrals.sent import UNKNOWN, Sent

AGAIN = 2
LONG = 4
NAMES = ("persons_sent_on_again", "persons_in_long_chains")


def sent_on(sent: Sent) -> Iterator[Row]:
    """Shares of persons sent on with one need twice or more, and through many places.

    Parameters
    ----------
    sent : Sent
        Referrals of a span, at least one.

    Yields
    ------
    Row
        Of each of `NAMES`, with the family as a cluster.
    """
    everyone = sent.rows["person_id"].unique()
    family = sent.rows.groupby("person_id")["family"].first().reindex(everyone)
    for name, found in zip(NAMES, (_again(sent.rows), in_long_chains(sent.rows)), strict=True):
        told = np.isin(everyone, found)
        keys = key_of("person_id", everyone[told]), key_of("person_id", everyone)
        place = replace(sent.row(name), record_key=keys[0], base_key=keys[1])
        yield share_in_families(place, told, family)


def in_long_chains(rows: pd.DataFrame, longer_than: int = LONG) -> NDArray[np.object_]:
    """Persons whose referrals lead through more than so many places (lange Ketten).

    Parameters
    ----------
    rows : DataFrame, shape (referrals, any)
        person_id, referred_on, from_agency, to_agency; equal days in the order of rows.
    longer_than : int
        Places, one after another; a place that comes again counts again, one that
        follows itself does not.

    Returns
    -------
    ndarray of str, shape (persons found,)
    """
    rows = rows.sort_values("referred_on", kind="stable")
    ends = rows[["from_agency", "to_agency"]].to_numpy(object).ravel()
    log = event_log(
        pd.Series(np.repeat(rows["person_id"].to_numpy(object), 2)),
        pd.Series(ends),
        np.repeat(rows["referred_on"].to_numpy("datetime64[us]"), 2),
        rank=np.arange(len(ends)),
    )
    stays = visits(log)
    first = stays.log.order[stays.log.starts[chains(stays, longer_than)]]
    return rows["person_id"].to_numpy(object)[first // 2]


def _again(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Persons sent on with one need twice or more, none of which was accepted before."""
    told = rows[rows["topic"] != UNKNOWN].sort_values("referred_on", kind="stable")
    accepted = (told["outcome"] == "accepted").astype(int)
    before = accepted.groupby([told["person_id"], told["topic"]]).cumsum() - accepted
    tries = told[before == 0].groupby(["person_id", "topic"]).size()
    return tries[tries >= AGAIN].index.get_level_values("person_id").unique().to_numpy(object)
