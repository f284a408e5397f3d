"""Contradictions of the published figures as a table (Widersprüche)."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment

from kimeval.core.errors import DataError
from kimeval.published import Contradiction
from kimeval.tables.html import Html

PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<table class="ke-table"><caption>{{ caption }}</caption>
<thead><tr>{% for name in head %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for found in contradictions %}
<tr><th scope="row">{{ found.number }}. {{ found.title }}</th>
<td>{{ found.text }}</td>
<td>{{ found.advice }}</td>
<td>{% for name in found.documents %}{{ name }}{% if not loop.last %}<br>{% endif %}\
{% endfor %}</td></tr>
{% endfor %}
</tbody></table>
""")
HEAD = ("Widerspruch", "Was die Dokumente sagen", "Was beim Auswerten zu tun ist", "Quellen")


def contradiction_table(
    contradictions: Sequence[Contradiction],
    caption: str = "Widersprüche in den veröffentlichten Angaben",
) -> Html:
    """Contradictions with what to do about each (Tabelle der Widersprüche).

    Parameters
    ----------
    contradictions : sequence of Contradiction
        From `kimeval.published.contradictions()`.
    caption : str
        German title.

    Returns
    -------
    Html

    Raises
    ------
    DataError
        If anything but contradictions of published figures is handed in.
    """
    if strangers := {type(c).__name__ for c in contradictions if not isinstance(c, Contradiction)}:
        raise DataError(
            f"This table shows contradictions of published figures only, got "
            f"{', '.join(sorted(strangers))}. Call kimeval.published.contradictions()."
        )
    html = PAGE.render(caption=caption, head=HEAD, contradictions=contradictions)
    lines = [f"{found.number}. {found.title}: {found.text}" for found in contradictions]
    return Html(html, "\n".join([caption, *lines]))
