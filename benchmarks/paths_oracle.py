"""Paths by pm4py, an outside oracle: graph, start, end and variants."""

import json
import sys
from collections import Counter

import pandas as pd
import pm4py
from paths_clock import timed

NAMES = {"case_id": "case:concept:name", "activity": "concept:name", "started_at": "time:timestamp"}


def find(path: str) -> dict:
    """The counts that pm4py knows as well."""
    log = pd.read_parquet(path, columns=list(NAMES)).rename(columns=NAMES)
    log = pm4py.format_dataframe(log)
    graph, starts, ends = pm4py.discover_dfg(log)
    ways = Counter(pm4py.get_variants(log))
    return {
        "edges": sorted([*pair, int(n)] for pair, n in graph.items()),
        "starts": dict(sorted(starts.items())),
        "ends": dict(sorted(ends.items())),
        "variants": [len(ways), *(int(n) for _, n in ways.most_common(10))],
    }


if __name__ == "__main__":
    print(json.dumps(timed(find, *sys.argv[1:]), default=int))
