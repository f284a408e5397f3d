"""What a delivery can carry, as German sentences (Lieferung in Worten)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kimeval.protect.gate import Protected, require_protected
from kimeval.protect.methods.words import method_words
from kimeval.quality import ActiveOnly
from kimeval.quality.contradictions import Place
from kimeval.tables.html import Html
from kimeval.tables.numbers import german, percent
from kimeval.tables.templates import render

PIECES = Path(__file__).with_name("pieces")
FATES = ["rows_kept", "rows_merged", "rows_set_aside"]
BIAS = (
    "Jede Dauer, die daraus gemessen wird, ist verzerrt: Beendete Fälle fehlen, lange laufende "
    "sind zu häufig, und für vergangene Stichtage sind die Zahlen der Fälle zu klein."
)
AS_NOTHING = "Die Zahlen sind {}; was dabei 0 wird, gilt hier als nicht gefunden."


def balance_in_words(protected: Protected) -> Html:
    """Whether rows in = rows kept + merged + set aside, per file and in total (Probe).

    Parameters
    ----------
    protected : Protected
        From `rows_by_file`.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A sentence").frame
    wide = frame.pivot_table("value", "group", "indicator", "sum", sort=False)
    total, files = wide.loc[""], wide.drop(index="")
    parts = " + ".join(german(total[name]) for name in FATES)
    text = "Eingang = übernommen + zusammengeführt + zurückgestellt: "
    text += f"{german(total['rows_in'])} = {parts}."
    wrong = files.index[files[FATES].sum(axis=1) != files["rows_in"]]
    if len(wrong):
        text += f" Die Rechnung geht nicht auf in {_listed(wrong)}; das ist ein Fehler von kimeval."
    elif len(files):
        text += " Die Rechnung geht in jeder Datei auf."
    return _sentence(text)


def contradictions_in_words(protected: Protected) -> Html:
    """How many kinds of contradictions were found, and the largest share (Befund).

    Parameters
    ----------
    protected : Protected
        From `contradictions`.

    Returns
    -------
    Html
    """
    frame = require_protected(protected, "A sentence").frame
    asked = {Place.of(str(group)).rule for group in frame["group"]}
    found = frame[frame["value"] != 0]
    altered = method_words(protected.rules)
    if found.empty:
        text = f"Gefunden wurde keiner; geprüft: {_kinds(len(asked))}."
        return _sentence(f"{text} {AS_NOTHING.format(altered)}" if altered else text)
    places = [Place.of(str(group)) for group in found["group"]]
    kinds = {place.rule for place in places}
    providers = sorted({place.provider for place in places}, key=str.casefold)
    text = f"Gefunden: {len(kinds)} von {len(asked)} geprüften Arten von Widersprüchen, "
    text += f"bei {_listed(providers)}."
    shares = found[(found["indicator"] == "share_contradicting") & ~found["suppressed"]]
    if len(shares):
        most = shares.loc[shares["value"].idxmax()]
        place = Place.of(str(most["group"]))
        text += f" Den größten Anteil hat in der Tabelle „{place.table}“ bei {place.provider}: "
        text += f"{place.rule} ({german(most['numerator'])} von {german(most['denominator'])} "
        text += f"Zeilen, {percent(most['value'])})."
    return _sentence(f"{text} {AS_NOTHING.format(altered)}" if altered else text)


def active_only_in_words(exports: Sequence[ActiveOnly]) -> Html:
    """A warning that durations are biased, and by which exports (Warnung).

    Parameters
    ----------
    exports : sequence of ActiveOnly
        From `active_only`.

    Returns
    -------
    Html
    """
    declared = [export.provider for export in exports if export.declared]
    seen = [export.provider for export in exports if not export.declared]
    if not exports:
        return _sentence(
            "Kein Export ist als Auszug nur laufender Fälle angegeben, und keiner sieht danach "
            "aus. Dauern sind aus diesem Grund nicht verzerrt."
        )
    parts = [f"{_exports(declared)} nach Angabe nur laufende Fälle."] if declared else []
    if seen:
        parts.append(
            f"{_exports(seen)} wohl nur laufende Fälle, ohne dass es angegeben ist: Kein einziger "
            f"Fall ist dort beendet. Bitte beim Träger nachfragen."
        )
    return _sentence(" ".join([*parts, BIAS]), "warning")


def shared_in_words(protected: Protected) -> Html:
    """How many persons several providers know (Befund).

    Parameters
    ----------
    protected : Protected
        From `persons_shared`.

    Returns
    -------
    Html
    """
    row = require_protected(protected, "A sentence").only(dimension="").frame.iloc[0]
    if row["status"] == "refused":
        return _sentence(f"Nicht bestimmbar: {row['reason']}.")
    if row["suppressed"]:
        number = "Eine gesperrte Zahl von Personen ist"
    else:
        number = f"{german(row['value'])} Personen sind"
        if not row["value"] and not method_words(protected.rules):
            number = "Keine Person ist"
    return _sentence(
        f"{number} bei mehr als einem Träger bekannt. Wo Personen gezählt werden, zählt jede "
        f"einmal."
    )


def doubtful_in_words(protected: Protected) -> Html:
    """How many pairs of records wait for a decision (Zweifelsfälle).

    Parameters
    ----------
    protected : Protected
        From `pairs_doubtful`.

    Returns
    -------
    Html
    """
    pairs = require_protected(protected, "A sentence").frame["value"].iloc[0]
    if not pairs:
        return _sentence("Kein zweifelhaftes Paar wartet auf eine Entscheidung.")
    many = (
        "1 zweifelhaftes Paar wartet"
        if pairs == 1
        else f"{german(pairs)} zweifelhafte Paare warten"
    )
    return _sentence(
        f"{many} auf eine Entscheidung: review.csv beim Datenstand. Bis dahin gilt jedes Paar als "
        f"zwei Personen."
    )


def _kinds(number: int) -> str:
    return "1 Art von Widersprüchen" if number == 1 else f"{number} Arten von Widersprüchen"


def _exports(providers: Sequence[str]) -> str:
    verb = "Der Export von {} enthält" if len(providers) == 1 else "Die Exporte von {} enthalten"
    return verb.format(_listed(providers))


def _listed(names: Sequence[str]) -> str:
    names = [str(name) for name in names]
    return " und ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _sentence(text: str, piece: str = "sentence") -> Html:
    said = f"Achtung: {text}" if piece == "warning" else text
    return Html(render(PIECES / f"{piece}.html.jinja", text=text), said)
