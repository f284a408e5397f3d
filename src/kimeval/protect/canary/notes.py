"""JSON: every key, text and number of a file, notebooks included (JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kimeval.protect.canary.pieces import Piece, text_pieces


def json_pieces(data: bytes) -> Iterator[Piece]:
    """Keys, and texts with numbers, in their order; as plain text where it is no JSON.

    A list of texts is also read as one text: notebooks keep lines like that. A
    key that stands twice counts twice.
    """
    texts: list[str] = []
    keys: list[str] = []

    def pairs(held: list[tuple[str, Any]]) -> None:
        for key, value in held:
            keys.append(key)
            take(value)

    def take(value: Any) -> None:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list):
            lines = [line for line in value if isinstance(line, str)]
            texts.append("\n".join(lines))
            if any("\n" in line for line in lines):
                texts.append("".join(lines))
            for held in value:
                if not isinstance(held, str):
                    take(held)

    try:
        decoded = data.decode(json.detect_encoding(data))
        read = json.loads(
            decoded.lstrip("\ufeff"), object_pairs_hook=pairs, parse_int=str, parse_float=str
        )
    except (ValueError, RecursionError):
        yield from text_pieces(data)
        return
    take(read)
    yield Piece("\n".join(keys))
    yield Piece("\n".join(texts))
