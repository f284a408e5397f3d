"""What tests of protection share: a line on the terminal that a long run ends with."""

import sys

import pytest


@pytest.fixture
def say(capfd):
    """Write a line to the terminal, past what pytest keeps of a passing test."""

    def write(line):
        with capfd.disabled():
            sys.stdout.write(f"\n{line}\n")

    return write
