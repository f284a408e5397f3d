"""Rows that contradict other rows, in pandas (Widersprüche zwischen Zeilen)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from layout import PROVIDER

AS_OF = pd.Timestamp("2024-10-16")
Find = Callable[[pd.Series, pd.Series], np.ndarray]


def find(tables: dict[str, pd.DataFrame], place: Find) -> list[dict[str, object]]:
    """Count rows of the three tables that contradict others; `place` finds keys in a list."""
    clients, cases, contacts = (tables[name] for name in ("clients", "cases", "contacts"))
    found = _of_contacts(contacts, cases, clients, place)
    found |= _of_cases(cases)
    found["clients", "born_after_event"] = _born_late(clients, cases)
    return [
        {"provider": PROVIDER, "table": table, "rule": rule, "rows": int(rows)}
        for (table, rule), rows in found.items()
        if rows
    ]


def _of_contacts(
    contacts: pd.DataFrame, cases: pd.DataFrame, clients: pd.DataFrame, place: Find
) -> dict[tuple[str, str], int]:
    at = place(cases["case_id"], contacts["case_id"])
    known = at >= 0
    day = contacts["contact_on"].to_numpy()
    opened, closed = cases["opened_on"].to_numpy()[at], cases["closed_on"].to_numpy()[at]
    stranger = place(clients["client_id"], contacts["client_id"]) < 0
    named = contacts["case_id"].notna().to_numpy()
    return {
        ("contacts", "contact_before_case"): (known & (day < opened)).sum(),
        ("contacts", "contact_after_case"): (known & (day > closed)).sum(),
        ("contacts", "unknown_client"): stranger.sum(),
        ("contacts", "unknown_case"): (named & ~known).sum(),
        ("contacts", "future_event"): (contacts["contact_on"] >= AS_OF).sum(),
    }


def _of_cases(cases: pd.DataFrame) -> dict[tuple[str, str], int]:
    closed = cases["closed_on"]
    quarters = cases["opened_on"].dt.to_period("Q")
    none_closed = len(cases) >= 20 and not (closed < AS_OF).any()
    many_quarters = none_closed and (quarters.max() - quarters.min()).n >= 4
    again = cases[cases["client_id"].notna() & cases["client_id"].duplicated(keep=False)]
    again = again.sort_values(["client_id", "opened_on", "closed_on"])
    until = again["closed_on"].fillna(pd.Timestamp("9999-12-31"))
    open_to = until.groupby(again["client_id"]).cummax().groupby(again["client_id"]).shift()
    return {
        ("cases", "only_active_seen"): len(cases) if many_quarters else 0,
        ("cases", "future_event"): (cases["opened_on"] >= AS_OF).sum(),
        ("cases", "reason_without_end"): (cases["closing_reason"].notna() & closed.isna()).sum(),
        ("cases", "case_twice"): (again["opened_on"] < open_to).sum(),
    }


def _born_late(clients: pd.DataFrame, cases: pd.DataFrame) -> int:
    opened = cases.groupby("client_id")["opened_on"].min()
    first = clients["client_id"].map(opened)
    first = first.where(~(clients["arrived_on"] < first), clients["arrived_on"])
    first = first.fillna(clients["arrived_on"])
    return int((clients["birth_year"] > first.dt.year.astype("Int64")).sum())
