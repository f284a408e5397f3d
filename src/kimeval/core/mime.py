"""MIME types under which results stand in an executed notebook (Ausgabeformate)."""

RESULTS = "application/vnd.kimeval.results+json"
PICTURE = "application/vnd.kimeval.picture+json"
GATE = "application/vnd.kimeval.gate+json"
