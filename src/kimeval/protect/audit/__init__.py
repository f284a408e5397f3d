"""The attacker: what follows from all that is published (Prüfung durch Angriff)."""

from kimeval.protect.audit.attacker import Attack, View, attack

__all__ = ["Attack", "View", "attack"]
