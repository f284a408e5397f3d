"""Keyed hashes in place of identifiers and names (Pseudonymisierung).

Names and birth dates are used once, to recognise a person known to several
providers, and do not pass cleaning. The key lies in a file outside the data.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
import pickle
import re
import secrets
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval.core.errors import KeyFileError
from kimeval.core.text import transliterate

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

VARIABLE = "KIMEVAL_KEY_FILE"
SAMPLE_KEY = b"kimeval: synthetic persons need no secret"
LEAST_BYTES = 32
DIGEST = 10
WORTH_A_PROCESS = 200_000
AT_ONCE = 100_000


def load_key(synthetic: bool) -> bytes:
    """The key of this machine; a public one for synthetic data.

    Raises
    ------
    KeyFileError
        If real data come and KIMEVAL_KEY_FILE names no usable key file.
    """
    if synthetic:
        return SAMPLE_KEY
    name = os.environ.get(VARIABLE, "")
    way_out = f"Make one outside the data with `kimeval key new FILE` and set {VARIABLE} to it."
    if not name:
        raise KeyFileError(f"Data of people need a key for pseudonyms, none is named. {way_out}")
    if not Path(name).is_file():
        raise KeyFileError(f"{VARIABLE} must name a key file, there is no such file. {way_out}")
    try:
        key = Path(name).read_bytes().strip()
    except OSError as found:
        raise KeyFileError(f"The key file cannot be read: {found.strerror}. {way_out}") from None
    if len(key) < LEAST_BYTES:
        raise KeyFileError(
            f"A key has at least {LEAST_BYTES} bytes, this one has {len(key)}. {way_out}"
        )
    return key


def new_key(path: Path) -> None:
    """Write a random key that only its owner may read.

    Raises
    ------
    KeyFileError
        If the file exists: a lost key makes pseudonyms incomparable for ever.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"'{path.name}' exists and is kept. Choose another name.") from None
    except OSError as found:
        raise KeyFileError(f"'{path.name}' cannot be written: {found.strerror}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(secrets.token_hex(LEAST_BYTES) + "\n")


def pseudonym(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 of some parts, the first 20 hexadecimal digits.

    Parts cannot run into each other: each is preceded by its length.
    """
    return hmac.digest(key, _framed(parts), "sha256")[:DIGEST].hex()


def pseudonyms(key: bytes, parts: Sequence[str], texts: pa.Array) -> pa.Array:
    """Pseudonyms of many texts: `pseudonym(key, *parts, text)` for each.

    Parameters
    ----------
    key : bytes
        As loaded.
    parts : sequence of str
        What they have in common, such as provider and column.
    texts : array of string, shape (n,)
        Null stays null.

    Returns
    -------
    array of string, shape (n,)
        20 hexadecimal digits each. Large arrays are shared with a second process.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(texts)
    digits = binascii.hexlify(_shared(key, _framed(parts), texts.fill_null("")).data)
    large = len(digits) > np.iinfo(np.int32).max
    ends = np.arange(count + 1, dtype=np.int64 if large else np.int32) * (2 * DIGEST)
    kind = pa.LargeStringArray if large else pa.StringArray
    hashed = kind.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(digits))
    if not texts.null_count:
        return hashed
    return pc.if_else(texts.is_null(), pa.scalar(None, hashed.type), hashed)


def _framed(parts: Sequence[str]) -> bytes:
    return b"".join(b"%d:%b" % (len(p.encode()), p.encode()) for p in parts)


def _shared(key: bytes, prefix: bytes, texts: pa.Array) -> np.ndarray:
    """Digests of all texts, shape (n, DIGEST); a second process takes its share of slices."""
    import numpy as np

    digests = np.empty((len(texts), DIGEST), dtype=np.uint8)
    starts: deque[int] = deque(range(0, len(texts), AT_ONCE))

    def work(digest: Callable[[pa.Array], np.ndarray | None]) -> None:
        while starts:
            with suppress(IndexError):
                start = starts.popleft()
                done = digest(texts.slice(start, AT_ONCE))
                if done is None:
                    starts.append(start)
                    return
                digests[start : start + AT_ONCE] = done

    ours = partial(_digests, key, prefix)
    if len(texts) < WORTH_A_PROCESS or (os.cpu_count() or 1) < 2 or not sys.executable:
        work(ours)
        return digests
    with _helper(key, prefix) as theirs, ThreadPoolExecutor(1) as pool:
        beside = pool.submit(work, theirs)
        work(ours)
        beside.result()
    work(ours)
    return digests


@contextmanager
def _helper(key: bytes, prefix: bytes) -> Iterator[Callable[[pa.Array], np.ndarray | None]]:
    """A second process that digests a slice at a time; None once it has gone."""
    import numpy as np
    import pyarrow as pa

    try:
        started = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        yield lambda texts: None
        return
    with started as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None and answers is not None

        def digest(texts: pa.Array) -> np.ndarray | None:
            # A slice would be pickled with the whole array behind it; joined, it is copied.
            alone = pa.concat_arrays([texts])
            try:
                pickle.dump((key, prefix, alone), asked)
                asked.flush()
            except OSError:
                return None
            answer = answers.read(len(texts) * DIGEST)
            if len(answer) < len(texts) * DIGEST:
                return None
            return np.frombuffer(answer, np.uint8).reshape(-1, DIGEST)

        yield digest
        with suppress(OSError):
            asked.close()


def serve() -> None:
    """Work of the second process: slices from its input, digests to its output."""
    with suppress(EOFError):
        while True:
            sys.stdout.buffer.write(_digests(*pickle.load(sys.stdin.buffer)).tobytes())
            sys.stdout.buffer.flush()


def _digests(key: bytes, prefix: bytes, texts: pa.Array) -> np.ndarray:
    """HMAC by its definition (RFC 2104), with the key's two blocks hashed once."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + prefix).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block)).copy
    held = texts.cast(pa.binary())
    lengths = pc.binary_length(held).cast(pa.string()).cast(pa.binary())
    digests = []
    for message in pc.binary_join_element_wise(lengths, held, b":").to_pylist():
        first, second = inner(), outer()
        first.update(message)
        second.update(first.digest())
        digests.append(second.digest())
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 32)[:, :DIGEST]


def plain_name(names: Sequence[str]) -> str:
    """Names without regard to spelling habits: case, umlauts, accents, hyphens, order.

    `Müller-Weiß` and `Weiss Mueller` give the same text. Typing errors do not;
    they need probabilistic linkage.
    """
    return " ".join(sorted(re.findall(r"[^\W\d_]+", transliterate(" ".join(names)))))
