"""The last look at what is about to leave: nothing of a person is in it (Kanarienprüfung)."""

from kimeval.protect.canary.needles import Needles, needles_of
from kimeval.protect.canary.search import Searched, require_clean

__all__ = ["Needles", "Searched", "needles_of", "require_clean"]
