"""Floor 2: what the programme's documents say and imply (veröffentlichte Angaben).

figures.csv -> values with bounds -> derived values -> contradictions, results.
"""

from kimeval.published.contradictions import Contradiction, contradictions
from kimeval.published.rows import results
from kimeval.published.sources import Document, Figure, document, documents, figures
from kimeval.published.values import Value, values

__all__ = [
    "Contradiction",
    "Document",
    "Figure",
    "Value",
    "contradictions",
    "document",
    "documents",
    "figures",
    "results",
    "values",
]
