"""Where a project's folders lie (Projektordner).

Paths never come from notebook parameters: they follow from the project's root.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kimeval.core.errors import MissingFileError

MARKS = ("notebooks", "profiles", "data")


@dataclass(frozen=True)
class Project:
    """The folders of a project.

    Attributes
    ----------
    root : Path
        Holds notebooks/, profiles/, data/ and outputs/.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The project of the environment variable KIMEVAL_HOME, or around a folder.

        Raises
        ------
        MissingFileError
            If neither leads to a folder with notebooks/, profiles/ and data/.
        """
        home = os.environ.get("KIMEVAL_HOME")
        start = Path(home) if home else (start or Path.cwd())
        for folder in (start, *start.resolve().parents):
            if all((folder / mark).is_dir() for mark in MARKS):
                return cls(folder.resolve())
            if home:
                break
        raise MissingFileError(
            f"A project holds {', '.join(MARKS)}, found none "
            f"{'where KIMEVAL_HOME points' if home else 'here or above'}. "
            f"Change into the project's folder, or set KIMEVAL_HOME to it."
        )

    @property
    def notebooks(self) -> Path:
        """Notebooks, one question each."""
        return self.root / "notebooks"

    @property
    def profiles(self) -> Path:
        """Mappings of known exports."""
        return self.root / "profiles"

    @property
    def raw(self) -> Path:
        """Deliveries as they came: <area>/<delivery>/."""
        return self.root / "data" / "raw"

    @property
    def sample(self) -> Path:
        """Synthetic deliveries: <area>/<delivery>/."""
        return self.root / "data" / "sample"

    @property
    def vintages(self) -> Path:
        """Cleaned, frozen tables: <area>/<date>/."""
        return self.root / "data" / "vintages"

    @property
    def register(self) -> Path:
        """What was published of each area, for the protection of later releases."""
        return self.root / "data" / "register"

    @property
    def outputs(self) -> Path:
        """What is published: <quarter>/<area>/."""
        return self.root / "outputs"
