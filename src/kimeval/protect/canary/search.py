"""The search, and the refusal where it finds something (Suche)."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kimeval.core.errors import ProtectionError
from kimeval.protect.canary.files import pieces
from kimeval.protect.canary.needles import KINDS, Needles, phrases_of
from kimeval.protect.canary.pieces import Piece, Unreadable
from kimeval.protect.canary.texts import layers, parted
from kimeval.protect.canary.words import hashes, unwrapped, words

LEAST_IN_NOISE = 6
PSEUDONYM = re.compile(r"(?=.*[a-f])(?=.*[0-9])[0-9a-f]{20}")
WAY_OUT = (
    "Nothing was published. Look for what wrote it: numbers and labels pass through protect(), "
    "rows of persons do not leave."
)


@dataclass(frozen=True)
class Searched:
    """What a search came to (Ergebnis der Suche); no needle is in it.

    Attributes
    ----------
    files : int
        Searched.
    needles : dict of str to int
        Looked for, by kind.
    short, common : int
        Not looked for: too short to mean anything, or words of the fixed text.
    hits : tuple of tuple of str
        File and kind of each find; the file is "" where its own name is one.
    """

    files: int
    needles: dict[str, int]
    short: int
    common: int
    hits: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """For the terminal."""
        about = f"{_about(sum(self.needles.values())):,}"
        return (
            f"searched {self.files} files for up to {about} identifiers, names and texts, "
            f"found {len(self.hits)}"
        )

    def told(self, and_files: int = 0) -> dict[str, Any]:
        """For the manifest; it counts itself with `and_files`, for it is searched after.

        Numbers of needles are rounded up to hundreds, since they come near numbers of persons.
        """
        unsearched = {"too_short": _about(self.short), "too_common": _about(self.common)}
        return {
            "files": self.files + and_files,
            "needles": {kind.replace(" ", "_"): _about(n) for kind, n in self.needles.items()},
            "not_searched": unsearched,
            "hits": len(self.hits),
        }


def _about(number: int) -> int:
    return -(-number // 100) * 100


@dataclass(frozen=True, repr=False)
class Stream:
    """Words of a piece of a file."""

    file: str
    words: list[str]
    noise: bool


@dataclass(repr=False)
class Haystack:
    """What was read of a stage (Heuhaufen).

    Attributes
    ----------
    streams : list of Stream
        One per piece and layer.
    known : dict
        Each word to itself, so that it is held once.
    seen : set of bytes
        Contents that need no second look.
    """

    streams: list[Stream] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)

    def add(self, file: str, data: bytes, name: str) -> None:
        """Read a file, or one that stands inside another."""
        digest = hashlib.blake2b(name.encode() + b"\0" + data, digest_size=16).digest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        for piece in pieces(data, name):
            self.add_piece(file, piece)

    def add_piece(self, file: str, piece: Piece) -> None:
        """Read a piece of text, layer by layer."""
        if piece.noise:
            self._take(file, piece.text, noise=True)
            return
        for layer in layers(piece.text):
            text, held = parted(layer)
            self._take(file, text)
            if piece.wrapped and "\n" in text:
                self._take(file, unwrapped(text))
            for data in held:
                self.add(file, data, "")

    def _take(self, file: str, text: str, noise: bool = False) -> None:
        intern = self.known.setdefault
        found = [intern(word, word) for word in words(text)]
        if found:
            self.streams.append(Stream(file, found, noise))

    def files_with(self, known: Iterable[str]) -> set[str]:
        """Files in which one of these words stands."""
        wanted = set(known)
        return {stream.file for stream in self.streams if not wanted.isdisjoint(stream.words)}


def require_clean(stage: Path, needles: Needles, files: Iterable[Path] | None = None) -> Searched:
    """Refuse a stage in which anything of a single person stands (Prüfung vor dem Weggang).

    Parameters
    ----------
    stage : Path
        Folder that is about to leave.
    needles : Needles
        What must not be found.
    files : iterable of Path, optional
        Of the stage; all by default.

    Returns
    -------
    Searched
        Without hits.

    Raises
    ------
    ProtectionError
        Names the file, the kind of needle and the way out; never the needle.
        Also if a file is encrypted or cannot be read.
    """
    done = search(stage, needles, files)
    if not done.hits:
        return done
    file, kind = done.hits[0]
    place = f"'{file}' holds" if file else "the name of a file holds"
    raise ProtectionError(
        f"Nothing published tells of a single person, {place} {KINDS[kind]} of the data. {WAY_OUT}"
    )


def search(stage: Path, needles: Needles, files: Iterable[Path] | None = None) -> Searched:
    """Search a folder for needles, in its files and in their names.

    Raises
    ------
    ProtectionError
        If nothing is found, but a file is encrypted, a link, or cannot be read.
    """
    paths = sorted(stage.rglob("*") if files is None else files)
    held, closed = Haystack(), {}
    for path in paths:
        name = path.relative_to(stage).as_posix()
        held.add_piece("", Piece(name))
        try:
            if path.is_symlink():
                raise Unreadable("it is a link")
            if not path.is_dir():
                held.add(name, path.read_bytes(), path.name)
        except Unreadable as found:
            closed[name] = str(found)
        except OSError:
            closed[name] = "it cannot be opened"
    hits = sorted(set(_hits(held, needles)))
    if closed and not hits:
        name, why = next(iter(closed.items()))
        raise ProtectionError(
            f"Each published file is searched for data of persons, '{name}' cannot be: {why}. "
            f"Leave it out, or write it in another format. Nothing was published."
        )
    count = sum(not path.is_dir() for path in paths)
    return Searched(count, needles.numbers, needles.short, needles.common, tuple(hits))


def _hits(held: Haystack, needles: Needles) -> Iterator[tuple[str, str]]:
    runs = {run: word for word in held.known for run in hashes(word)}
    hashed = [runs[run] for run in _among(runs, needles.pseudonyms)]
    if needles.any_pseudonym:
        hashed += [word for word in held.known if PSEUDONYM.fullmatch(word)]
    yield from ((file, "pseudonym") for file in held.files_with(hashed))
    free = {phrase: None for text in needles.texts for phrase in phrases_of(text, held.known)}
    several = needles.identifiers.filter(pc.match_substring(needles.identifiers, " "))
    phrases = [*needles.names, *free, *several.to_pylist()]
    near = _near(held, phrases)
    wanted = [
        ("name", near.keys() & needles.names),
        ("free text", near.keys() & free.keys()),
        ("identifier", _among(near, needles.identifiers)),
    ]
    for kind, found in wanted:
        for phrase in found:
            if not needles.ordinary.says(phrase):
                yield from ((file, kind) for file in near[phrase])
    numbers = _among(held.known, needles.identifiers)
    yield from ((file, "identifier") for file in held.files_with(numbers))


def _near(held: Haystack, phrases: Iterable[str]) -> dict[str, set[str]]:
    """Runs of words that begin and are as long as a phrase, with the files they stand in."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        first, *rest = phrase.split(" ")
        if first in held.known:
            lengths[first].add(1 + len(rest))
    near: dict[str, set[str]] = defaultdict(set)
    for stream in held.streams:
        every = stream.words
        for at, word in enumerate(every):
            if word in lengths:
                for length in lengths[word]:
                    if length > 1 or not stream.noise or len(word) >= LEAST_IN_NOISE:
                        near[" ".join(every[at : at + length])].add(stream.file)
    return near


def _among(candidates: Iterable[str], held: pa.Array) -> list[str]:
    asked = pa.array(list(candidates), pa.string())
    return asked.filter(pc.is_in(asked, held)).to_pylist() if len(asked) and len(held) else []
