"""The canonical tables: columns, types, units, German names (kanonische Tabellen).

Declared once in `tables.toml`; cleaning, checking, empty tables and the
generated documentation all read this declaration.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kimeval.core.codes import codes
from kimeval.core.errors import DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

FILE = Path(__file__).with_name("tables.toml")
DTYPES = {
    "text": "str",
    "id": "str",
    "ags": "str",
    "code": "str",
    "date": "datetime64[us]",
    "time": "datetime64[us]",
    "int": "Int64",
    "decimal": "Float64",
    "fte": "Float64",
    "bool": "boolean",
}
ADDED = ("provider", "source")


@dataclass(frozen=True)
class Column:
    """A column of a canonical table (Spalte).

    Attributes
    ----------
    name, german : str
        Name in code and in reports.
    type : str
        One of text, id, ags, code, date, time, int, decimal, fte, eur, bool.
    required : bool
        A row without it is set aside.
    codes : str or None
        Code list of a column of type code.
    unit : str or None
        Of a number.
    least, most : int or None
        Bounds of a number, both allowed.
    """

    name: str
    german: str
    type: str
    required: bool = False
    codes: str | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None

    @property
    def dtype(self) -> Any:
        """Type in pandas; EUR are exact decimals with two places."""
        if self.type != "eur":
            return DTYPES[self.type]
        import pandas as pd
        import pyarrow as pa

        return pd.ArrowDtype(pa.decimal128(14, 2))

    @property
    def arrow(self) -> Any:
        """Type in Arrow and Parquet."""
        import pyarrow as pa

        types = {
            "date": pa.timestamp("us"),
            "time": pa.timestamp("us"),
            "int": pa.int64(),
            "decimal": pa.float64(),
            "fte": pa.float64(),
            "eur": pa.decimal128(14, 2),
            "bool": pa.bool_(),
        }
        return types.get(self.type, pa.string())

    @property
    def allowed(self) -> frozenset[str] | None:
        """Allowed codes, None where any value goes."""
        return frozenset(codes(self.codes)) if self.codes else None


@dataclass(frozen=True)
class Table:
    """A canonical table (kanonische Tabelle).

    Attributes
    ----------
    name, german : str
        Name in code and in reports.
    key : tuple of str
        Columns that identify a row within a provider.
    columns : mapping of str to Column
        In declared order.
    ordered : tuple of (str, str)
        Dates of which the second must not lie before the first.
    """

    name: str
    german: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    ordered: tuple[tuple[str, str], ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which a row cannot be used."""
        return tuple(c.name for c in self.columns.values() if c.required)

    def column(self, name: str) -> Column:
        """One column.

        Raises
        ------
        DataError
            If the table has no column of that name.
        """
        if name not in self.columns:
            raise DataError(
                f"Table '{self.name}' has no column '{name}'. {suggestion(name, self.columns)}"
            )
        return self.columns[name]


@cache
def tables() -> Mapping[str, Table]:
    """All canonical tables by name, in declared order."""
    declared = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({name: _table(name, entry) for name, entry in declared.items()})


def table(name: str) -> Table:
    """One canonical table.

    Raises
    ------
    DataError
        If there is no table of that name.
    """
    if name not in tables():
        raise DataError(f"There is no canonical table '{name}'. {suggestion(name, tables())}")
    return tables()[name]


@cache
def identifiers() -> frozenset[str]:
    """Columns of any table that hold identifiers; cleaning makes pseudonyms of them."""
    columns = [column for held in tables().values() for column in held.columns.values()]
    return frozenset(column.name for column in columns if column.type == "id")


def empty(name: str) -> pd.DataFrame:
    """The table without rows, every column with its type."""
    return conform(name, None)


def conform(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Bring a frame into the table's shape: all columns, their order and types.

    Parameters
    ----------
    name : str
        Canonical table.
    frame : DataFrame, shape (rows, any), or None
        Columns that the table does not declare are refused; declared ones that
        are absent are added as missing.

    Returns
    -------
    DataFrame, shape (rows, declared columns + provider + source)

    Raises
    ------
    DataError
        If a column is not declared, or cannot take its type. The message
        names the column and never a value.
    """
    import pandas as pd

    frame = pd.DataFrame() if frame is None else frame
    declared: dict[str, Any] = {c.name: c.dtype for c in table(name).columns.values()}
    declared |= dict.fromkeys(ADDED, "str")
    for unknown in frame.columns.difference(list(declared)):
        table(name).column(unknown)
    shaped = {}
    for column, dtype in declared.items():
        values = frame[column] if column in frame else pd.Series(index=frame.index, dtype=dtype)
        try:
            if dtype == DTYPES["date"]:
                values = pd.to_datetime(values, format="ISO8601")
            shaped[column] = values.astype(dtype)
        except (TypeError, ValueError, ArithmeticError, NotImplementedError):
            raise DataError(
                f"Column '{column}' of table '{name}' must hold {dtype}; some values do not. "
                f"Clean it first."
            ) from None
    return pd.DataFrame(shaped, index=frame.index).reset_index(drop=True)


def check(name: str, frame: pd.DataFrame, counted: str = "rows") -> pd.DataFrame:
    """Return the frame if it keeps every declared rule.

    Parameters
    ----------
    name : str
        Canonical table.
    frame : DataFrame, shape (rows, declared columns + provider + source)
        In the table's shape.
    counted : str
        What an error counts: `rows`, or `values` that differ.

    Raises
    ------
    DataError
        Names table, columns and rules that are broken, with the number of rows or
        values; never a value itself.
    """
    from pandera.errors import SchemaErrors

    try:
        return pandera_schema(name).validate(frame, lazy=True)
    except SchemaErrors as found:
        cases = found.failure_cases
        if counted == "values":
            cases = cases.drop_duplicates(["column", "check", "failure_case"])
        numbers = cases.groupby(["column", "check"], dropna=False).size()
        broken = "; ".join(f"{c}: {rule} ({n} {counted})" for (c, rule), n in numbers.items())
    raise DataError(f"Table '{name}' breaks its declaration. {broken}.")


def pandera_schema(name: str) -> pa.DataFrameSchema:
    """The declaration as a pandera schema."""
    import pandera.pandas as pa

    columns = {}
    for column in table(name).columns.values():
        checks = []
        if column.codes:
            checks.append(pa.Check.isin(sorted(column.allowed or ()), error="code list"))
        if column.least is not None and column.most is not None:
            checks.append(pa.Check.in_range(column.least, column.most, error="range"))
        if column.type == "ags":
            checks.append(pa.Check.str_matches(r"^[0-9]{8}\Z", error="AGS of 8 digits"))
        columns[column.name] = pa.Column(column.dtype, checks, nullable=not column.required)
    columns |= {name: pa.Column("str", nullable=True) for name in ADDED}
    return pa.DataFrameSchema(columns, strict=True)


def _table(name: str, entry: dict) -> Table:
    columns = {
        column: Column(name=column, german=fields.pop("name"), **fields)
        for column, fields in entry["columns"].items()
    }
    ordered = tuple((first, second) for first, second in entry.get("ordered", []))
    return Table(name, entry["name"], tuple(entry["key"]), MappingProxyType(columns), ordered)
