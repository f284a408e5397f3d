"""Write environment.yml from pyproject.toml and requirements.lock.

Direct dependencies come from the first, their versions from the second, so that
conda and pip make the same environment.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def locked(lock: str) -> dict[str, str]:
    """Version of each package for the lowest supported Python, by normalised name."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", lock, re.MULTILINE):
        found.setdefault(normal(name), version)
    return found


def normal(requirement: str) -> str:
    """Normalised name of a requirement, without its bounds."""
    name = re.split(r"[\s<>=!~;\[]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def environment(project: dict, lock: str) -> str:
    """Text of environment.yml."""
    versions = locked(lock)
    direct = sorted(normal(r) for r in project["dependencies"])
    extras = project["optional-dependencies"].values()
    optional = sorted(normal(r) for extra in extras for r in extra)
    python = re.sub(r"[^\d.]", "", project["requires-python"])
    lines = [
        "# Made from pyproject.toml and requirements.lock by .ci/environment.py; do not edit.",
        f"name: {project['name']}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python={python}",
        "  - pip",
        "  - pip:",
        *(f"      - {name}=={versions[name]}" for name in direct + optional),
        "      - --editable .",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(environment(project, lock), encoding="utf-8")


if __name__ == "__main__":
    main()
