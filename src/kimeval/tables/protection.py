"""What a reader is told about protection, method by method (Geheimhaltung in Worten)."""

from __future__ import annotations

from kimeval.protect.methods.words import method_words
from kimeval.protect.rules import Rules
from kimeval.tables.numbers import SIGN

GUARD = "zu ihrem Schutz"
NOT_ADDITIVE = "Summen gehen nicht auf"


def method_note(rules: Rules) -> str:
    """Note below a table or figure of altered counts; empty for suppression."""
    if not (words := method_words(rules)):
        return ""
    return (
        f"Zahlen, hinter denen Personen stehen, sind {words}; {NOT_ADDITIVE}. Eine Gruppe, "
        f"deren Zahl dabei 0 wird, ist nicht aufgeführt."
    )


def why_hidden(rules: Rules) -> str:
    """Why a value is hidden, as it stands behind `gesperrt`."""
    if rules.method == "suppression":
        return f"weniger als {rules.threshold} Personen, oder zum Schutz eines solchen Werts"
    return (
        f"es können weniger als {rules.threshold} Personen sein, oder zum Schutz eines solchen "
        f"Werts"
    )


def header_words(rules: Rules) -> str:
    """Protection in one line, for the head of a page."""
    if not (words := method_words(rules)):
        return f"Werte unter {rules.threshold} Personen und weitere {GUARD} sind gesperrt ({SIGN})"
    return (
        f"Zahlen, hinter denen Personen stehen, sind {words}; {NOT_ADDITIVE}. Anteile und "
        f"Dauern, hinter denen weniger als {rules.threshold} Personen stehen können, sind "
        f"gesperrt ({SIGN})"
    )


def footer_words(rules: Rules) -> str:
    """Protection in one sentence, for the foot of a page."""
    hidden = (
        f"Werte, hinter denen zu wenige Personen stehen, und weitere {GUARD} sind mit „{SIGN}“ "
        f"gesperrt."
        if rules.method == "suppression"
        else f"Werte, hinter denen zu wenige Personen stehen können, sind mit „{SIGN}“ gesperrt."
    )
    words = method_words(rules)
    if not words:
        return hidden
    return f"Zahlen, hinter denen Personen stehen, sind {words}; {NOT_ADDITIVE}. {hidden}"
