"""What a measure of paths says instead of a number that its data cannot carry."""

from kimeval.core.errors import DataError


class TooFew(DataError):
    """There are too few persons for what was asked; a result says so instead (verweigert)."""
