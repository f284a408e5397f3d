"""One German sentence about an effect, no stronger than its interval (Wirkungssatz)."""

from __future__ import annotations

from kimeval.effects.verdicts import NOT_IDENTIFIED, SUPPORTED

AS_POINTS = ("share", "points")
WORDS = {
    "share": "Prozentpunkte",
    "points": "Prozentpunkte",
    "persons": "Personen",
    "contacts": "Kontakte",
    "cases": "Fälle",
    "days": "Tage",
    "ratio": "",
    "index": "",
}


def sentence(
    outcome: str,
    unit: str,
    found: tuple[float, float, float],
    verdict: str,
    cause: str = "das Programm",
) -> str:
    """What an effect says in one German sentence (Wirkungssatz).

    Parameters
    ----------
    outcome : str
        German name with article, such as `der Anteil mit Kurseintritt`.
    unit : str
        Shares are told in percentage points.
    found : tuple of float
        Value, lower and upper bound; zero is no effect.
    verdict : str
        A key of `verdicts.VERDICTS`.
    cause : str
        German name with article, neuter or feminine, of what may have an effect.
    """
    value, lower, upper = found
    name = f"{outcome[:1].upper()}{outcome[1:]}"
    span = f"{_number(lower, unit)} bis {amount(upper, unit)}"
    if verdict == NOT_IDENTIFIED:
        if lower <= 0 <= upper:
            return (
                f"{name}: Ob und in welche Richtung {cause} wirkt, ist nicht bestimmbar; mit den "
                f"Daten vereinbar ist der Bereich {span}."
            )
        return (
            f"{name}: Der Unterschied ({amount(value, unit)}; {span}) lässt sich nicht auf "
            f"{cause} zurückführen, weil eine Annahme verletzt ist."
        )
    way = "höher" if value > 0 else "niedriger"
    size = amount(abs(value), unit)
    if verdict == SUPPORTED:
        return (
            f"{name} liegt durch {cause} schätzungsweise {size} {way}, als ohne zu erwarten "
            f"wäre (Intervall: {span})."
        )
    return (
        f"{name} liegt {size} {way}, als ohne {cause} zu erwarten wäre (Intervall: {span}); "
        f"das deutet auf eine Wirkung hin, belegt sie aber nicht."
    )


def amount(value: float, unit: str) -> str:
    """A size with its German unit, such as `3,2 Prozentpunkte`."""
    return f"{_number(value, unit)} {WORDS.get(unit, unit)}".strip()


def decimal(value: float, places: int = 2) -> str:
    """A number without unit as German text, such as `1,4`."""
    return f"{value:.{places}f}".replace(".", ",")


def _number(value: float, unit: str) -> str:
    shown = 100 * value if unit in AS_POINTS else value
    places = 1 if unit in AS_POINTS or abs(shown) >= 10 else 2
    text = f"{abs(shown):,.{places}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"−{text}" if shown < 0 and any(sign in text for sign in "123456789") else text
