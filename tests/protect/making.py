"""What tests of protection make: rows, releases, tables with margins, and their attacks."""

import itertools
import math

import numpy as np
from scipy import sparse

from kimeval.core.results import Results, Row
from kimeval.protect import Release, Rules, protect_together
from kimeval.protect.audit import View, attack
from kimeval.protect.audit.releases import audit
from kimeval.protect.cubes import counted
from kimeval.protect.facts import HIDDEN, KEY, SHOWN, stacked
from kimeval.protect.solve import choose

AREA, QUARTER = "05370", "2024Q3"


def count(value, group="", dimension="ags", name="persons_reached", **changed):
    """A row that counts persons, households or cases."""
    place = {"dimension": dimension, "group": group} if group else {}
    fields = {"period": QUARTER, "area": AREA, "numerator": value, "contributors": value}
    return Row(name, value=value, **{**fields, **place, **changed})


def share(hits, total, group="", dimension="ags", name="coverage_newly_arrived", **changed):
    """A row that tells a share with its numerator and denominator."""
    place = {"dimension": dimension, "group": group} if group else {}
    fields = {"period": QUARTER, "area": AREA, "numerator": hits, "denominator": total}
    fields |= {"contributors": hits, "value": hits / total if total else math.nan}
    return Row(name, **{**fields, **place, **changed})


def line(values, total=None, **changed):
    """A total and its groups a, b, c, ..."""
    whole = sum(values) if total is None else total
    return [
        count(whole, **changed),
        *(count(v, chr(97 + n), **changed) for n, v in enumerate(values)),
    ]


def publish(*parts, after=None, rules=None):
    """The release of some rows after an earlier one; all parts are protected together."""
    release = Release(rules or Rules(), everything(after)) if after else Release(rules or Rules())
    protected = protect_together([Results.of(rows) for rows in parts], release)
    return release, protected


def everything(release):
    """What a register would hold once a release is out."""
    return stacked(release.history, release.rows)


def report(release):
    """What the attack on a release and all before it comes to."""
    return audit(release.history, release.rows, release.rules)


def hidden(protected):
    """Groups whose row is hidden, '' for the total."""
    return protected.frame.loc[protected.frame["suppressed"], "group"].tolist()


def as_shown(rows, secret=(), release=0):
    """Rows as if published as they are, except hidden ones; nobody has protected them."""
    frame = Results.of(rows).frame.assign(release=release, state=SHOWN)
    keys = frame[KEY].apply(tuple, axis=1)
    frame.loc[keys.isin([tuple(getattr(row, k) for k in KEY) for row in secret]), "state"] = HIDDEN
    return frame


class Grid:
    """A table of two dimensions with margins, its cells named by row and column letter."""

    def __init__(self, rows, names, columns, rules=None):
        inner = np.array(rows, dtype=float)
        full = np.vstack([inner, inner.sum(axis=0)])
        self.value = np.hstack([full, full.sum(axis=1, keepdims=True)]).ravel()
        self.names = ["".join(pair) for pair in itertools.product([*names, "t"], [*columns, "t"])]
        self.sums = sparse.csr_array(margins(*inner.shape))
        self.rules = rules or Rules()

    def at(self, cells):
        return [self.names.index(cell) for cell in cells]

    def system(self, forced=()):
        """The solver's system, with further cells hidden in any case."""
        made = counted(self.value, self.sums, self.rules)
        made.forced[self.at(forced)] = True
        return made

    def attack(self, hidden_cells, least=0.0, most=np.inf, known=()):
        """Smallest and largest value of each hidden cell; known ones are the attacker's own."""
        shown = self.value.copy()
        shown[self.at(set(hidden_cells) - set(known))] = np.nan
        many = len(shown)
        found = attack(View(shown, self.sums, np.full(many, least), np.full(many, most)))
        ends = zip(found.lowest.tolist(), found.highest.tolist(), strict=True)
        return dict(zip(self.names, ends, strict=True))

    def chosen(self, forced=(), seconds=5.0):
        """Names of all cells that the solver hides."""
        pattern = choose(self.system(forced), seconds)
        return {name for name, secret in zip(self.names, pattern.hidden, strict=True) if secret}


def margins(rows, columns):
    """Sums of a table of so many rows and columns, each with its margin last."""
    lines = []
    for row in range(rows + 1):
        matrix = np.zeros((rows + 1, columns + 1))
        matrix[row] = [*[1] * columns, -1]
        lines.append(matrix.ravel())
    for column in range(columns + 1):
        matrix = np.zeros((rows + 1, columns + 1))
        matrix[:, column] = [*[1] * rows, -1]
        lines.append(matrix.ravel())
    return np.array(lines)
