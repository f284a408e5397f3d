"""A frozen vintage, opened and read (Datenstand)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kimeval.core.area import Area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError
from kimeval.core.tabular import to_frame
from kimeval.data.deliveries import REVIEW, digest_of
from kimeval.data.ledger import Ledger

ABOUT = "vintage.json"
LEDGER = "ledger.json"
ASIDE = "set_aside"


@dataclass(frozen=True)
class Vintage:
    """Frozen tables of an area (Datenstand).

    Attributes
    ----------
    path : Path
        Its folder.
    area : Area
        Whose data these are.
    as_of : date
        Day of the delivery.
    synthetic : bool
        Whether the persons in it were generated.
    inputs : str
        Hash of the delivery, its profiles and the cleaning code.
    digest : str
        Hash of all tables and the ledger.
    tables : tuple of str
        Canonical tables it holds.
    providers : dict of str to str
        Name of each provider in a report.
    """

    path: Path
    area: Area
    as_of: dt.date
    synthetic: bool
    inputs: str
    digest: str
    tables: tuple[str, ...] = ()
    providers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of its folder: the day, and a number where it was cleaned again."""
        return self.path.name

    @property
    def set_aside(self) -> list[Path]:
        """Files of rows to send back, by name; personal."""
        return sorted((self.path / ASIDE).glob("*.csv"))

    @property
    def review(self) -> Path | None:
        """Doubtful pairs of persons, where there are any."""
        path = self.path / REVIEW
        return path if path.is_file() else None

    @property
    def ledger(self) -> Ledger:
        """What became of each row."""
        text = (self.path / LEDGER).read_text(encoding="utf-8")
        return Ledger.from_records(json.loads(text))

    def load(self) -> Dataset:
        """Read all tables.

        Raises
        ------
        DataError
            If a file was changed after the vintage was frozen.
        """
        if digest_of_tables(self.path, self.tables) != self.digest:
            raise DataError(
                f"The vintage {self.name} of {self.area.code} was changed after it was frozen. "
                f"Remove its folder; it is made again from the delivery."
            )
        frames = {name: _load(self.path / f"{name}.parquet", name) for name in self.tables}
        version = f"{self.name}, {self.digest[:8]}"
        only_active = _only_active(self.ledger)
        return Dataset(
            self.area, self.as_of, frames, self.synthetic, version, only_active, self.providers
        )


def open_vintage(folder: Path, area: Area) -> Vintage:
    """A vintage by its folder.

    Raises
    ------
    DataError
        If its sheet is damaged.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return Vintage(
            folder,
            area,
            dt.date.fromisoformat(about["as_of"]),
            about["synthetic"],
            about["inputs"],
            about["digest"],
            tuple(about["tables"]),
            about["providers"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{ABOUT} of the vintage {folder.name} cannot be read. Remove its folder; it is made "
            f"again from the delivery."
        ) from None


def digest_of_tables(folder: Path, names: tuple[str, ...]) -> str:
    """Hash of a vintage: its ledger and tables."""
    return digest_of([folder / LEDGER, *(folder / f"{name}.parquet" for name in sorted(names))])


def column_of(path: Path, column: str) -> pa.ChunkedArray:
    """One column of a frozen table, as it lies on the disk (Spalte).

    Parameters
    ----------
    path : Path
        A table's file in a vintage.
    column : str
        Its canonical name.

    Returns
    -------
    ChunkedArray, shape (rows,)
        One chunk for each group of rows; text is a dictionary and not made for each row.
    """
    with pq.ParquetFile(path, read_dictionary=[column]) as file:
        kind = file.schema_arrow.field(column).type
        groups = range(file.num_row_groups)
        parts = [part.column(0) for group in groups for part in file.iter_batches(
            max(1, file.metadata.row_group(group).num_rows), [group], [column], use_threads=False
        )]  # fmt: skip
    return pa.chunked_array(parts, kind)


def _only_active(ledger: Ledger) -> tuple[str, ...]:
    """Providers whose export drops closed cases, as their profile says or as was seen."""
    from kimeval.data.contradictions import ONLY_ACTIVE

    declared = ledger.accounts.loc[ledger.accounts["only_active"], "provider"]
    seen = ledger.findings.loc[ledger.findings["rule"] == ONLY_ACTIVE, "provider"]
    return tuple(sorted({*declared, *seen}))


def _load(path: Path, name: str) -> pd.DataFrame:
    return to_frame(name, pq.read_table(path))
