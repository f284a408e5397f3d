"""How counts were altered, in German (Verfahren in Worten)."""

from __future__ import annotations

from kimeval.protect.methods.rounding import base_for
from kimeval.protect.rules import Rules


def method_words(rules: Rules) -> str:
    """Such as `auf Vielfache von 5 gerundet`; empty for suppression, which alters nothing."""
    return {
        "suppression": "",
        "rounding": f"auf Vielfache von {base_for(rules.threshold)} gerundet",
        "cellkey": "mit der Cell-Key-Methode überlagert",
    }[rules.method]
