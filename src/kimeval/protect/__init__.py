"""Floor 3: the only gate to the outside (Geheimhaltung)."""

from kimeval.protect.derive import derive
from kimeval.protect.gate import Protected, protect, protect_together, require_protected
from kimeval.protect.release import Release
from kimeval.protect.rules import Rules

__all__ = [
    "Protected",
    "Release",
    "Rules",
    "derive",
    "protect",
    "protect_together",
    "require_protected",
]
