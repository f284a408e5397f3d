"""Paths by pm4py, an outside oracle: what it knows of the same job, by its own functions.

Graph, start and end, median time of each edge, variants, and loops A, B, A. It knows no
visits (repeats as one) and no window of days.
"""

import json
import sys
from collections import Counter

import pandas as pd
import pm4py
from paths_clock import timed
from pm4py.algo.discovery.dfg.adapters.pandas.freq_triples import get_freq_triples

NAMES = {"case_id": "case:concept:name", "activity": "concept:name", "started_at": "time:timestamp"}


def find(path: str) -> dict:
    """The counts and medians that pm4py knows as well."""
    log = pd.read_parquet(path, columns=list(NAMES)).rename(columns=NAMES)
    log = pm4py.format_dataframe(log)
    graph, starts, ends = pm4py.discover_dfg(log)
    waits, _, _ = pm4py.discover_performance_dfg(log, perf_aggregation_key="median")
    ways = Counter(pm4py.get_variants(log))
    triples = get_freq_triples(log)
    return {
        "edges": sorted([*pair, int(n)] for pair, n in graph.items()),
        "seconds": sorted([*pair, round(float(s), 1)] for pair, s in waits.items()),
        "starts": dict(sorted(starts.items())),
        "ends": dict(sorted(ends.items())),
        "variants": [len(ways), *(int(n) for _, n in ways.most_common(10))],
        "loops": sorted([a, b, int(n)] for (a, b, c), n in triples.items() if a == c != b),
    }


if __name__ == "__main__":
    print(json.dumps(timed(find, *sys.argv[1:]), default=int))
