"""Floor 5: pages and sentences a reader sees (Bericht)."""

from kimeval.report.sentences import reach_in_words

__all__ = ["reach_in_words"]
