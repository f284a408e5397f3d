"""Which profiles the files of a delivery follow, by their names (Zuordnung der Profile)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kimeval.core.errors import MissingFileError, ParameterError, ProfileError, suggestion
from kimeval.data.profiles import FileSpec, Profile, load_profile

ANY_NAME = re.compile(r"[*?]+")


def matching_profiles(files: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Find the profiles that files follow.

    A pattern that takes any name, such as `*.csv`, is no evidence: its profile is
    never found and must be named.

    Parameters
    ----------
    files : sequence of str
        Names of the delivered files.
    folder : Path
        Of the profiles.

    Returns
    -------
    tuple of str
        Names of profiles, in alphabetical order.

    Raises
    ------
    MissingFileError
        If a file fits no profile, or a file that a profile expects is not there.
    ParameterError
        If a file fits several profiles.
    """
    known, broken = _all_profiles(folder)
    fitting = {
        file: [name for name, profile in known.items() if _tells(profile.spec_for(file))]
        for file in files
    }
    if alien := [file for file, names in fitting.items() if not names]:
        raise MissingFileError(_no_profile(alien, known, broken))
    several = {file: names for file, names in fitting.items() if len(names) > 1}
    for file, names in several.items():
        raise ParameterError(
            f"A file follows one profile, '{file}' fits {', '.join(names)}. "
            f"Name the profiles of this delivery with --profiles."
        )
    found = tuple(sorted({names[0] for names in fitting.values()}))
    require_fit(files, [known[name] for name in found])
    return found


def named_profiles(names: Sequence[str], folder: Path) -> list[Profile]:
    """Profiles by their names.

    Raises
    ------
    MissingFileError
        If there is no profile of a name.
    ProfileError
        If it is not right.
    """
    known = sorted(path.stem for path in folder.glob("*.toml"))
    for name in names:
        if name not in known:
            raise MissingFileError(f"There is no profile '{name}'. {suggestion(name, known)}")
    return [load_profile(folder, name) for name in names]


def require_fit(files: Sequence[str], profiles: Sequence[Profile]) -> None:
    """Every file follows a profile, and every file that a profile expects is there.

    Raises
    ------
    MissingFileError
        Names the files, or the pattern.
    """
    alien = [file for file in files if not any(profile.spec_for(file) for profile in profiles)]
    if alien:
        raise MissingFileError(_no_profile(alien, {p.name: p for p in profiles}, []))
    for profile in profiles:
        met = {id(profile.spec_for(file)) for file in files}
        for spec in profile.file:
            if id(spec) not in met:
                raise MissingFileError(
                    f"Profile '{profile.name}' expects a file '{spec.pattern}', the delivery has "
                    f"none. Ask for it, or name other profiles with --profiles."
                )


def _tells(spec: FileSpec | None) -> bool:
    """Whether a pattern says more than that it takes any name."""
    return spec is not None and not ANY_NAME.fullmatch(spec.pattern.partition(".")[0])


def _all_profiles(folder: Path) -> tuple[dict[str, Profile], list[str]]:
    """Profiles that can be read, and names of those that cannot."""
    known, broken = {}, []
    for path in sorted(folder.glob("*.toml")):
        try:
            known[path.stem] = load_profile(folder, path.stem)
        except ProfileError:
            broken.append(path.stem)
    return known, broken


def _no_profile(alien: Sequence[str], known: dict[str, Profile], broken: list[str]) -> str:
    taking = [
        name
        for name, profile in known.items()
        if all(profile.spec_for(file) is not None for file in alien)
    ]
    text = f"Every file follows a profile, {', '.join(alien)} fits none"
    text += f" of {', '.join(known)}. " if known else ", for there is no profile yet. "
    text += f"Draft one: kimeval profile new {alien[0]}"
    if taking:
        text += f"; or name one that takes any file: --profiles {','.join(taking)}"
    if broken:
        text += f". Could not be read: {', '.join(broken)}"
    return f"{text}."
