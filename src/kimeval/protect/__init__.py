"""Floor 3: the only gate to the outside (Geheimhaltung)."""

from kimeval.protect.gate import Protected, Rules, protect, require_protected

__all__ = ["Protected", "Rules", "protect", "require_protected"]
