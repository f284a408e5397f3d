"""Rows with known persons behind them, and tables made of them."""

import pytest

from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row

SECRET = b"a secret of the test, long enough"


class Made:
    """Makes rows for the same place; who is counted is told by names."""

    secret = SECRET

    def count(self, persons, group="", name="persons_reached", period="2024Q3", dimension="ags"):
        persons = (
            [f"{group or 'x'}{n}" for n in range(persons)] if isinstance(persons, int) else persons
        )
        return Row(
            name,
            period,
            "05370",
            value=len(persons),
            numerator=len(persons),
            dimension=dimension if group else "",
            group=group,
            method="Auszählung",
            contributors=len(persons),
            record_key=key_of("person_id", persons),
        )

    def share(self, hits, total, group="", name="first_contact_without_appointment"):
        everyone = [f"{group}{n}" for n in range(total)]
        return Row(
            name,
            "2024Q3",
            "05370",
            value=hits / total,
            numerator=hits,
            denominator=total,
            lower=0.0,
            upper=1.0,
            confidence=0.95,
            dimension="ags" if group else "",
            group=group,
            contributors=total,
            record_key=key_of("person_id", everyone[:hits]),
            base_key=key_of("person_id", everyone),
        )

    def days(self, persons, period="2024Q3"):
        return Row(
            "days_to_first_contact",
            period,
            "05370",
            value=30.0,
            denominator=persons,
            lower=2.0,
            upper=90.0,
            confidence=0.95,
            contributors=persons,
            base_key=key_of("person_id", [f"d{n}" for n in range(persons)]),
        )

    def table(self, *counts, **changed):
        """A total and its groups, with different persons in each."""
        groups = [self.count(n, f"Ort {at}", **changed) for at, n in enumerate(counts)]
        persons = [f"Ort {at}{n}" for at, count in enumerate(counts) for n in range(count)]
        return Results.of([self.count(persons, **changed), *groups])


@pytest.fixture(scope="session")
def made():
    return Made()
