"""Areas published by hand: rows through the gate, files as a run writes them, a manifest."""

import json
import math

from markupsafe import Markup

from kimeval.core.area import areas
from kimeval.core.digests import file_hash
from kimeval.core.results import Results, Row
from kimeval.protect import Rules, protect
from kimeval.report.notebooks import Chapter
from kimeval.report.pages import _write_results
from kimeval.tables.html import RESULTS_MIME, results_data

CODES = list(areas())
QUARTER = "2024Q3"
TABLE = "Die Lieferung enthält keine Tabelle „Personen“ (clients)"


def count(value, area, name="persons_reached", period=QUARTER, **changed):
    """A total that counts persons, households or cases."""
    fields = {"numerator": value, "contributors": value, "method": "Auszählung"}
    return Row(name, period, area, value=value, **{**fields, **changed})


def share(hits, total, area, period=QUARTER, **changed):
    """The coverage of an area, or of one of its groups."""
    fields = {"numerator": hits, "denominator": total, "contributors": hits, "method": "Wilson"}
    return Row("coverage_newly_arrived", period, area, value=hits / total, **{**fields, **changed})


def lacking(area, name="coverage_newly_arrived", period=QUARTER):
    """A number that an area's data do not carry."""
    return Row(name, period, area, status="refused", reason=TABLE)


def load(cases, posts, area, **changed):
    """Open cases over filled posts."""
    value = cases / posts if posts else math.nan
    fields = {"numerator": cases, "denominator": posts, "contributors": cases}
    return Row("cases_per_fte", QUARTER, area, value=value, **{**fields, **changed})


def frame(*rows, rules=None):
    """Rows as they leave through the gate of their areas."""
    return protect(Results.of(rows), rules or Rules()).frame


def publish(outputs, area, rows, quarter=QUARTER, rules=None, synthetic=True, **changed):
    """Write outputs/<quarter>/<area> as a run of the area would; gives the folder."""
    rules = rules or Rules()
    protected = protect(Results.of(rows), rules, synthetic)
    folder = outputs / quarter / "versions" / area / changed.pop("version", "v1")
    folder.mkdir(parents=True)
    told = results_data(protected)[RESULTS_MIME]
    chapter = Chapter("02_reach", "Frage?", "", Markup(""), told, {}, synthetic)
    _write_results(folder / "results.csv", [chapter])
    manifest = {
        "format": 1,
        "quarter": quarter,
        "area": area,
        "catalogue": "a" * 12,
        "data": {"vintage": "2025-01-15", "as_of": "2025-01-15", "synthetic": synthetic},
        "protection": {"rules": vars(rules) | {"reason": ""}},
        "finished": "2025-02-01T10:00:00+01:00",
        "outputs": {"results.csv": file_hash(folder / "results.csv")},
    }
    written = json.dumps(manifest | changed, ensure_ascii=False)
    (folder / "manifest.json").write_text(written, encoding="utf-8")
    link = outputs / quarter / area
    link.unlink(missing_ok=True)
    link.symlink_to(f"versions/{area}/{folder.name}", target_is_directory=True)
    return folder
