"""Sequences from words: a letter is a month, a dot a month in which nothing is known."""

import numpy as np

from kimeval.referrals.sequences import Sequences

FIRST = np.datetime64("2023-01", "M")


def sequences_of(*words, states=None):
    """A row per word; words of any length, the rest is unknown."""
    states = tuple(states or sorted({s for word in words for s in word} - {"."}))
    width = max(map(len, words), default=0)
    codes = np.full((len(words), width), -1, np.int16)
    for row, word in enumerate(words):
        codes[row, : len(word)] = [states.index(s) if s != "." else -1 for s in word]
    months = FIRST + np.arange(width)
    return Sequences(codes, states, months, tuple(f"person {n}" for n in range(len(words))))


def stretched(*stays):
    """(EM,4)-(TR,2) as a list of months."""
    return [state for state, months in stays for _ in range(months)]
