"""Paths by kimeval: graph, variants, loops, returns and hand-over times of an event log."""

import json
import sys

import numpy as np
from paths_clock import timed

from kimeval.referrals import (
    EventLog,
    Visits,
    directly_follows,
    ping_pong,
    read_events,
    variant_of_cases,
    variants,
    visits,
)
from kimeval.referrals.loops import handover_days

DAY_SECONDS = 86_400


def find(path: str) -> dict:
    """Counts and medians, to be compared with the other sides."""
    log = read_events(path)
    graph, number, stays = directly_follows(log), variant_of_cases(log), visits(log)
    edges, back = graph.edges, ping_pong(stays)
    seconds = (edges["median_days"] * DAY_SECONDS).round(1)
    return {
        "edges": sorted(map(list, edges[["source", "target", "count"]].values.tolist())),
        "seconds": sorted(map(list, zip(edges["source"], edges["target"], seconds, strict=True))),
        "starts": dict(sorted(graph.starts.items())),
        "ends": dict(sorted(graph.ends.items())),
        "variants": [int(number.max()) + 1, *variants(log, 10, number)["cases"].tolist()],
        "loops": _loops(log),
        "returns": sorted(map(list, back[["place", "between", "count"]].values.tolist())),
        "handover_days": round(float(np.median(handover_days(stays))), 6),
    }


def _loops(log: EventLog) -> list[list]:
    """A, B, A of three events one after the other, whatever the time between."""
    found = ping_pong(Visits(log, log.time), np.inf)
    found = found[found["place"] != found["between"]]
    return sorted(map(list, found[["place", "between", "count"]].values.tolist()))


if __name__ == "__main__":
    print(json.dumps(timed(find, *sys.argv[1:]), default=int))
