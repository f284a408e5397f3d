"""Tables on a delivery: the account of its rows, and what it held (Lieferung)."""

from __future__ import annotations

from collections.abc import Mapping

from kimeval.core import schema
from kimeval.core.dataset import Dataset
from kimeval.protect.gate import Protected, require_protected
from kimeval.tables.html import Html, results_data
from kimeval.tables.numbers import MINUS, NO_BREAK, german
from kimeval.tables.overview import Line, page

FATES = {
    "rows_in": "geliefert",
    "rows_kept": "übernommen",
    "rows_merged": "zusammengeführt",
    "rows_set_aside": "zurückgestellt",
}
BALANCE = {
    "rows_in": "Eingang",
    "rows_kept": f"={NO_BREAK}übernommen",
    "rows_merged": f"+{NO_BREAK}zusammengeführt",
    "rows_set_aside": f"+{NO_BREAK}zurückgestellt",
}
LINES = {
    "lines_read": "Zeilen der Datei",
    "lines_around": f"{MINUS}{NO_BREAK}Kopf, Kommentar, Fuß, leer",
    "lines_of_totals": f"{MINUS}{NO_BREAK}Summenzeilen",
    "lines_hidden": f"{MINUS}{NO_BREAK}ausgeblendet",
    "rows_in": f"={NO_BREAK}Eingang",
}
ONLY_SOME = {
    "members": "wo ein Träger eine Zeile je Person eines Falls liefert",
    "totals": "wo ein Träger Quartalssummen meldet",
    "events": "wo ein Ereignisprotokoll geliefert wird",
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
    return _by_file(protected, caption, BALANCE)


def lines_of_files(protected: Protected, caption: str) -> Html:
    """Lines of each file, of which some are no rows, with the sum last (Zeilen ohne Daten).

    Parameters
    ----------
    protected : Protected
        From `lines_by_file`.
    caption : str
        German title.

    Returns
    -------
    Html
    """
    return _by_file(protected, caption, LINES)


def coverage_of_tables(dataset: Dataset, caption: str) -> Html:
    """Which canonical tables a delivery held (gelieferte Tabellen).

    A table that only some systems have is listed where it was delivered, and
    never as missing.

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
    missing = dataset.missing_tables
    absent = [name for name in missing if name in ONLY_SOME]
    body = [
        Line(table.german, ("fehlt" if name in missing else "geliefert",))
        for name, table in schema.tables().items()
        if name not in absent
    ]
    notes = [
        f"„{schema.table(name).german}“ gibt es nur, {ONLY_SOME[name]}; hier nicht geliefert."
        for name in absent
    ]
    return page(caption, ("Tabelle", "Stand"), body, notes)


def _by_file(protected: Protected, caption: str, columns: Mapping[str, str]) -> Html:
    frame = require_protected(protected, "A table").frame
    wide = frame.pivot_table("value", "group", "indicator", "sum", sort=False)[list(columns)]
    ordered = wide.loc[[*(name for name in wide.index if name), ""]]
    body = [
        Line(str(name) or "insgesamt", tuple(german(n) for n in row), total=not name)
        for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]
    return page(caption, ("Datei", *columns.values()), body, data=results_data(protected))
