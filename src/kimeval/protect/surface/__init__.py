"""A notebook that cannot show a person's row by accident (sichere Oberfläche)."""

from kimeval.protect.surface.guard import guard, unguard

__all__ = ["guard", "unguard"]
