"""Needles of a run: what vintage and delivery say of single persons (Sammeln).

Which columns these are follows from the canonical tables and the profiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kimeval.core import schema
from kimeval.core.project import Project
from kimeval.data.deliveries import Delivery
from kimeval.data.frozen import Vintage
from kimeval.data.profiles import FileSpec, load_profile
from kimeval.data.read import read_parts
from kimeval.data.read.part import Part
from kimeval.protect.canary.needles import Needles, needles_of
from kimeval.protect.canary.ordinary import ordinary

PSEUDONYM = "^[0-9a-f]{20}$"
NAME = re.compile(r"\b(?:(?:vor|nach|familien|geburts|ruf|zu)?namen?|name)\b", re.IGNORECASE)
NUMBER = r"^\S*\d\S*(?: \S+)?$"
MOMENT = r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ].*)?$"
OF_PERSONS = ("client_id", "case_id", "request_id")
RARE = 5


@dataclass
class Found:
    """What was found so far, distinct as far as that is cheap (Fundstücke)."""

    identifiers: list[pa.Array] = field(default_factory=list)
    pseudonyms: list[pa.Array] = field(default_factory=list)
    names: set[tuple[str, ...]] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Roles:
    """What the columns of a file hold (Bedeutung der Spalten)."""

    identifiers: Sequence[str]
    names: Sequence[str]
    address: Sequence[str]
    labels: Sequence[str]
    texts: Sequence[str]


def gather(project: Project, vintage: Vintage, delivery: Delivery) -> Needles:
    """Collect the needles of a vintage and of the delivery behind it.

    Parameters
    ----------
    project : Project
        Where profiles and notebooks lie.
    vintage : Vintage
        Its columns of type id are identifiers or pseudonyms. Its texts in
        tables of persons are free text where fewer than five rows say them.
    delivery : Delivery
        Names, addresses, numbers and remarks as delivered. A column that the
        profile does not know is a remark, or a name if it is called so; what it says
        that is also a label of five rows or more, such as a second column of activities,
        is none.

    Returns
    -------
    Needles
    """
    found = Found()
    _from_vintage(vintage, found)
    for spec, part in _parts(project, delivery):
        _from_part(part, spec, found)
    return needles_of(
        pa.chunked_array(found.identifiers, pa.string()),
        sorted(found.names),
        found.texts,
        pa.chunked_array(found.pseudonyms, pa.string()),
        ordinary(project),
    )


def roles(spec: FileSpec, columns: Sequence[str]) -> Roles:
    """What each column of a file holds, as its profile says."""
    kinds: dict[str, set[str]] = {}
    for fed in spec.table:
        of_persons = any(name in OF_PERSONS for name in schema.table(fed.name).columns)
        for canonical in fed.columns:
            kind = schema.table(fed.name).column(canonical).type
            kind = "label" if kind == "text" and of_persons else kind
            kinds.setdefault(fed.file_column(canonical), set()).add(kind)
    names = spec.link.names if spec.link else []
    linked = spec.link.columns if spec.link else []
    also = {str(part): column for part, column in spec.link.also.items()} if spec.link else {}
    rest = [c for c in columns if c in spec.ignore or (c not in kinds and c not in linked)]
    called = [c for c in rest if NAME.search(c)]
    return Roles(
        [c for c in columns if "id" in kinds.get(c, ()) or c == also.get("number")],
        [c for c in columns if c in names or c in called],
        [also[part] for part in ("street", "house_number") if part in also],
        [c for c in columns if "label" in kinds.get(c, ())],
        [c for c in rest if c not in called],
    )


def _parts(project: Project, delivery: Delivery) -> Iterator[tuple[FileSpec, Part]]:
    profiles = [load_profile(project.profiles, name) for name in delivery.profiles]
    for path in delivery.files:
        specs = [spec for profile in profiles if (spec := profile.spec_for(path.name))]
        if specs:
            for part in read_parts(path, specs[0]):
                yield specs[0], part


def _from_vintage(vintage: Vintage, found: Found) -> None:
    for name in vintage.tables:
        table = schema.table(name)
        of_persons = any(column in OF_PERSONS for column in table.columns)
        kinds = {c: table.column(c).type for c in table.columns}
        wanted = [c for c, k in kinds.items() if k == "id" or (k == "text" and of_persons)]
        held = pq.read_table(vintage.path / f"{name}.parquet", columns=wanted)
        for column in wanted:
            cells = held.column(column)
            if kinds[column] == "id":
                _numbers(_distinct(cells), found)
            else:
                _rare(cells, found)


def _from_part(part: Part, spec: FileSpec, found: Found) -> None:
    cells = part.cells
    known = roles(spec, cells.column_names)
    for column in known.identifiers:
        _numbers(_distinct(cells.column(column)), found)
    for column in known.labels:
        _rare(cells.column(column), found)
    labels = pa.chunked_array([_often(cells.column(c)) for c in known.labels], pa.string())
    for column in known.texts:
        told = _distinct(cells.column(column))
        _remarks(told.filter(pc.invert(pc.is_in(told, labels.combine_chunks()))), found)
    if known.names:
        columns = [cells.column(column).to_pylist() for column in known.names]
        found.names.update(zip(*columns, strict=True))
    if len(known.address) == 2:
        columns = [cells.column(column).to_pylist() for column in known.address]
        found.texts.update(dict.fromkeys(f"{a} {b}" for a, b in zip(*columns, strict=True) if a))
    _from_uneven(part, spec, known, found)


def _from_uneven(part: Part, spec: FileSpec, known: Roles, found: Found) -> None:
    """Rows that do not fit the header: cells by their place, and the row as free text."""
    header = part.cells.column_names
    for text in part.uneven["text"].tolist():
        found.texts[text] = None
        row = dict(zip(header, text.split(spec.separator), strict=False))
        numbers = [row[column] for column in known.identifiers if column in row]
        _numbers(pa.array(numbers, pa.string()), found)
        if names := tuple(row[column] for column in known.names if column in row):
            found.names.add(names)


def _numbers(distinct: pa.Array, found: Found) -> None:
    hashed = pc.match_substring_regex(distinct, PSEUDONYM)
    found.pseudonyms.append(distinct.filter(hashed))
    found.identifiers.append(distinct.filter(pc.invert(hashed)))


def _remarks(distinct: pa.Array, found: Found) -> None:
    number = pc.match_substring_regex(distinct, NUMBER)
    number = pc.and_not(number, pc.match_substring_regex(distinct, MOMENT))
    found.identifiers.append(distinct.filter(number))
    found.texts.update(dict.fromkeys(distinct.to_pylist()))


def _rare(cells: pa.ChunkedArray, found: Found) -> None:
    counted = pc.value_counts(_plain(cells))
    rare = counted.field("values").filter(pc.less(counted.field("counts"), RARE))
    found.texts.update(dict.fromkeys(rare.drop_null().to_pylist()))


def _often(cells: pa.ChunkedArray) -> pa.Array:
    counted = pc.value_counts(_plain(cells))
    return counted.field("values").filter(pc.greater_equal(counted.field("counts"), RARE))


def _distinct(cells: pa.ChunkedArray) -> pa.Array:
    return pc.unique(_plain(cells)).drop_null()


def _plain(cells: pa.ChunkedArray) -> pa.Array:
    return cells.cast(pa.string()).combine_chunks()
