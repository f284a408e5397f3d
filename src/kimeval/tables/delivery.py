"""Tables on a delivery: the account of its rows, and what it held (Lieferung)."""

from __future__ import annotations

from kimeval.core import schema
from kimeval.core.dataset import Dataset
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import Html, results_data
from kimeval.tables.numbers import german
from kimeval.tables.overview import Line, page

FATES = {
    "rows_in": "geliefert",
    "rows_kept": "übernommen",
    "rows_merged": "zusammengeführt",
    "rows_set_aside": "zurückgestellt",
}


def accounts(protected: Protected, caption: str) -> Html:
    """Rows of each file and what became of them, with the sum last (Kontenbuch).

    Parameters
    ----------
    protected : Protected
        From `rows_by_file`.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A table").frame
    wide = frame.pivot_table("value", "group", "indicator", "sum", sort=False)[list(FATES)]
    ordered = wide.loc[[*(name for name in wide.index if name), ""]]
    body = [
        Line(str(name) or "insgesamt", tuple(german(n) for n in row), total=not name)
        for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]
    return page(caption, ("Datei", *FATES.values()), body, data=results_data(protected))


def coverage_of_tables(dataset: Dataset, caption: str) -> Html:
    """Which canonical tables a delivery held (gelieferte Tabellen).

    Parameters
    ----------
    dataset : Dataset
        Its tables; no rows are shown or counted.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    body = [
        Line(table.german, ("fehlt" if name in dataset.missing_tables else "geliefert",))
        for name, table in schema.tables().items()
    ]
    return page(caption, ("Tabelle", "Stand"), body)
