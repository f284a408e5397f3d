"""Fill the computed parts of docs/running.md: exit codes, timer, cron line.

A part stands between `<!-- name ... -->` and `<!-- /name -->`; the text around it is
written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

from kimeval.core import errors
from kimeval.run.schedule.cron import line
from kimeval.run.schedule.plan import Schedule
from kimeval.run.schedule.units import TIMER, WAITING, timer

PAGE = Path(__file__).resolve().parents[1] / "docs" / "running.md"
EXAMPLE = Schedule(Path("/srv/kimeval"), Path("/srv/kimeval/.venv/bin/python"))
GERMAN = {
    "ParameterError": (
        "Ein Parameter hat einen unbekannten Namen oder einen unzulässigen Wert.",
        "Aufruf berichtigen; die Meldung nennt den nächsten bekannten Namen.",
    ),
    "QuarterError": (
        "Ein Quartal ist nicht lesbar, liegt in der Zukunft oder hat keine Daten.",
        "Aufruf berichtigen, oder die Lieferung abwarten.",
    ),
    "AreaError": (
        "Ein Gebiet, ein AGS oder eine Gemeinde ist nicht bekannt.",
        "`kimeval areas` zeigt die Gebiete.",
    ),
    "NotebookNameError": (
        "Ein Notebook dieses Namens gibt es nicht.",
        "Aufruf berichtigen.",
    ),
    "TrustError": (
        "Ein Notebook ist nicht so, wie es mit kimeval kam.",
        "Lesen, was es mit den Daten tut; dann wiederherstellen oder `--trust NAME`.",
    ),
    "MissingFileError": (
        "Eine Datei oder ein Ordner fehlt.",
        "Die Meldung sagt, was fehlt und welcher Befehl es anlegt.",
    ),
    "FormatError": (
        "Eine Datei lässt sich nicht so lesen, wie ihr Profil sagt.",
        "Profil oder Datei berichtigen; `kimeval profile check` probiert es.",
    ),
    "ProfileError": (
        "Ein Profil verletzt seine eigenen Regeln.",
        "Profil berichtigen.",
    ),
    "DataError": (
        "Daten widersprechen sich oder der Regel einer Kennzahl.",
        "Lieferung prüfen.",
    ),
    "KeyFileError": (
        "Der Schlüssel für Pseudonyme fehlt oder ist unbrauchbar.",
        "`KIMEVAL_KEY_FILE` setzen; ein verlorener Schlüssel ist nicht zu ersetzen.",
    ),
    "ProtectionError": (
        "Etwas Ungeschütztes wäre hinausgegangen, oder eine Einstellung schützt niemanden.",
        "Nichts wurde veröffentlicht. Gröber gliedern oder die Einstellung begründen.",
    ),
    "NotebookFailure": (
        "Ein Notebook ist gescheitert; nichts wurde veröffentlicht.",
        "Die Meldung nennt Zelle und Zeile; in JupyterLab nachsehen.",
    ),
    "PublishError": (
        "Der Ordner der Ausgaben, Lieferungen oder Datenstände nimmt nichts auf.",
        "Platz und Rechte prüfen, dann erneut starten.",
    ),
    "AreasFailed": (
        "Einzelne Gebiete sind gescheitert, die übrigen veröffentlicht.",
        "`kimeval status` nennt je Gebiet den Grund; beheben und erneut starten.",
    ),
    "LockedError": (
        "Ein anderer Lauf arbeitet in denselben Ausgaben.",
        "Warten.",
    ),
    "ClusterError": (
        "Die Rechner eines verteilten Laufs sind nicht erreichbar oder passen nicht zusammen.",
        "Rechner und Adresse prüfen.",
    ),
    "LedgerError": (
        "Ein Kontenbuch geht nicht auf: Zeilen gingen verloren. Ein Fehler von kimeval.",
        "Melden.",
    ),
}
OTHER = (
    ("0", "–", "Fertig, oder nichts zu tun.", "Nichts.", "–"),
    ("1", "–", "Ein Fehler von kimeval; die Meldung nennt die Stelle.", "Melden.", "nein"),
    ("2", "–", "Die Befehlszeile ist nicht lesbar.", "Aufruf berichtigen.", "nein"),
)
LAST = ("130", "–", "Von Hand abgebrochen.", "Erneut starten.", "nein")


def page() -> str:
    """Text of docs/running.md with each computed part made anew."""
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts().items():
        marks = re.compile(rf"(<!-- {name}\b[^>]*-->)(.*?)(<!-- /{name} -->)", re.DOTALL)
        text = marks.sub(lambda found, made=part: f"{found[1]}\n\n{made}\n\n{found[3]}", text)
    return text


def parts() -> dict[str, str]:
    """Computed parts by name."""
    return {
        "exit_codes": exit_codes(),
        "timer": f"```ini\n# {TIMER}\n{timer(EXAMPLE).rstrip()}\n```",
        "cron": f"```\n{line(EXAMPLE)}\n```",
    }


def exit_codes() -> str:
    """A row for each code that a scheduler may see."""
    kinds = sorted(errors.KimevalError.__subclasses__(), key=lambda kind: kind.exit_code)
    rows = [
        (
            str(kind.exit_code),
            f"`{kind.__name__}`",
            *GERMAN[kind.__name__],
            "ja" if issubclass(kind, WAITING) else "nein",
        )
        for kind in kinds
    ]
    head = ("Code", "Fehler", "Was geschehen ist", "Was zu tun ist", "Zeitgeber versucht es wieder")
    lines = [head, ("---",) * len(head), *OTHER, *rows, LAST]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"docs/{PAGE.name}")


if __name__ == "__main__":
    main()
