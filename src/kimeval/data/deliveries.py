"""Deliveries: the folders in which exports arrive (Lieferung).

`data/raw/<area>/<name>/` holds the files as delivered and a `delivery.toml`
that names the day, the area and the profiles. Nothing in it is ever changed.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kimeval.core.area import Area
from kimeval.core.codes import NATIONALITIES
from kimeval.core.digests import combined, file_hash
from kimeval.core.errors import FormatError, MissingFileError, QuarterError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter, today_in_berlin
from kimeval.core.reference import reference_file
from kimeval.data.pseudonyms import load_key, pseudonym

SHEET = "delivery.toml"
REVIEW = "review.csv"
FROZEN = ".sql.parquet"
EXAMPLE = 'area = "05370", as_of = 2024-10-15, profiles = ["ki"], synthetic = false'
FIELDS = {"area": str, "as_of": dt.date, "profiles": list, "synthetic": bool}


@dataclass(frozen=True)
class Delivery:
    """A delivery (Lieferung).

    Attributes
    ----------
    folder : Path
        Where its files lie.
    area : str
        Code of the area.
    as_of : date
        Day of the export.
    profiles : tuple of str
        Profiles that its files follow.
    synthetic : bool
        Whether the persons in it were generated.
    """

    folder: Path
    area: str
    as_of: dt.date
    profiles: tuple[str, ...]
    synthetic: bool = False

    @property
    def files(self) -> list[Path]:
        """Delivered files, by name."""
        found = (path for path in self.folder.iterdir() if path.is_file())
        return sorted(
            path
            for path in found
            if path.name not in (SHEET, REVIEW)
            and path.name[0] != "."
            and not path.name.endswith(FROZEN)
        )


def read_delivery(folder: Path) -> Delivery:
    """Read and check the sheet of a delivery.

    Raises
    ------
    MissingFileError
        If the folder or its `delivery.toml` is missing.
    FormatError
        If the sheet lacks a field or holds one of another type.
    """
    sheet = folder / SHEET
    if not sheet.is_file():
        raise MissingFileError(
            f"The delivery '{folder.name}' needs a {SHEET} beside its files. Write: {EXAMPLE}."
        )
    try:
        fields = tomllib.loads(sheet.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as found:
        raise FormatError(f"{SHEET} of '{folder.name}' is not TOML: {found}.") from None
    fields = {"synthetic": False} | fields
    for name, kind in FIELDS.items():
        if type(fields.get(name)) is not kind:
            raise FormatError(
                f"{SHEET} of '{folder.name}' needs {name} as {kind.__name__}. Write: {EXAMPLE}."
            )
    if not all(isinstance(name, str) for name in fields["profiles"]):
        raise FormatError(
            f"{SHEET} of '{folder.name}' needs profiles as list of text. Write: {EXAMPLE}."
        )
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise FormatError(
            f"{SHEET} of '{folder.name}' has unknown fields {', '.join(unknown)}. "
            f"Known are {', '.join(FIELDS)}."
        )
    if fields["as_of"] > (today := today_in_berlin()):
        raise FormatError(
            f"The day of the delivery '{folder.name}' must not lie in the future, got "
            f"{fields['as_of']}; today is {today}. Correct as_of in its {SHEET}."
        )
    return Delivery(
        folder, fields["area"], fields["as_of"], tuple(fields["profiles"]), fields["synthetic"]
    )


def newest_delivery(project: Project, area: Area) -> Delivery:
    """The delivery with the newest day in data/raw, or else in data/sample.

    Raises
    ------
    MissingFileError
        If neither holds one for the area.
    FormatError
        If its sheet names another area.
    """
    for place in (project.raw, project.sample):
        folders = sorted(path for path in (place / area.code).glob("*/") if path.name[0] != ".")
        found = [read_delivery(folder) for folder in folders]
        if not found:
            continue
        newest = max(found, key=lambda found: (found.as_of, _counting(found.folder.name)))
        if newest.area != area.code:
            raise FormatError(
                f"The delivery '{newest.folder.name}' lies under {area.code} and says area "
                f"'{newest.area}'. Move it, or correct its {SHEET}."
            )
        return newest
    raise MissingFileError(
        f"There is no delivery for {area}. Put one into data/raw/{area.code}/<date>/, or make "
        f"synthetic data: kimeval sample --areas {area.code}."
    )


def has_delivery(project: Project, area: Area) -> bool:
    """Whether anything was delivered for an area, good or not, in data/raw or data/sample."""
    homes = (place / area.code for place in (project.raw, project.sample))
    return any(folder.name[0] != "." for home in homes for folder in home.glob("*/"))


def _counting(name: str) -> list[tuple[bool, int, str]]:
    """Key in which `.10` follows `.9`."""
    parts = re.split(r"([0-9]+)", name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def inputs_digest(project: Project, delivery: Delivery) -> str:
    """Hash of all that a vintage follows from: files, profiles, known codes, key and code."""
    package = Path(__file__).resolve().parents[1]
    code = sorted(
        path
        for floor in ("core", "data")
        for path in (package / floor).rglob("*.*")
        if path.suffix in (".py", ".toml") and "sample" not in path.parts
    )
    profiles = [project.profiles / f"{name}.toml" for name in sorted(delivery.profiles)]
    known = [reference_file("geography/municipalities.csv"), reference_file(NATIONALITIES)]
    key = pseudonym(load_key(delivery.synthetic), "inputs")
    beside = [delivery.folder / SHEET, *sorted(delivery.folder.glob(f"*{FROZEN}"))]
    decided = [path for path in [delivery.folder / REVIEW] if path.is_file()]
    return digest_of([*delivery.files, *beside, *decided, *profiles, *known, *code], key)


def delivery_digest(project: Project, area: Area, quarter: Quarter) -> str:
    """`inputs_digest` of an area's newest delivery, which must reach into a quarter.

    Raises
    ------
    MissingFileError
        If there is no delivery.
    QuarterError
        If it was made before the quarter began.
    """
    delivery = newest_delivery(project, area)
    require_reached(quarter, area, delivery.as_of)
    return inputs_digest(project, delivery)


def require_reached(quarter: Quarter, area: Area, as_of: dt.date) -> None:
    """Refuse a quarter that began after the day of the data.

    Raises
    ------
    QuarterError
        Names the newest quarter that the data can hold.
    """
    if quarter.start > as_of:
        raise QuarterError(
            f"The newest delivery of {area} is of {as_of} and holds nothing of {quarter}. "
            f"The newest possible is {Quarter.of(as_of)}."
        )


def digest_of(paths: list[Path], start: str = "") -> str:
    """SHA-256 over a text and names and contents of files; a missing one counts as missing."""
    hashes = ((path.name, file_hash(path) if path.is_file() else "missing") for path in paths)
    return combined(hashes, start)
