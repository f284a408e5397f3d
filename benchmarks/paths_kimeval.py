"""Paths by kimeval: graph, variants, returns and hand-over times of an event log."""

import json
import sys

import numpy as np
from paths_clock import timed

from kimeval.referrals import (
    directly_follows,
    ping_pong,
    read_events,
    variant_of_cases,
    variants,
    visits,
)
from kimeval.referrals.loops import handover_days


def find(path: str) -> dict:
    """Counts and medians, to be compared with the other sides."""
    log = read_events(path)
    graph, number, back = directly_follows(log), variant_of_cases(log), ping_pong(log)
    return {
        "edges": sorted(map(list, graph.edges[["source", "target", "count"]].values.tolist())),
        "starts": dict(sorted(graph.starts.items())),
        "ends": dict(sorted(graph.ends.items())),
        "variants": [int(number.max()) + 1, *variants(log, 10)["cases"].tolist()],
        "returns": sorted(map(list, back[["place", "between", "count"]].values.tolist())),
        "handover_days": round(float(np.median(handover_days(visits(log)))), 6),
    }


if __name__ == "__main__":
    print(json.dumps(timed(find, *sys.argv[1:]), default=int))
