"""Paths by straightforward pandas: sort, groupby and shift."""

import json
import sys

import pandas as pd
from paths_clock import timed

WINDOW = pd.Timedelta(days=90)


def find(path: str) -> dict:
    """The same counts and medians as `paths_kimeval.find`."""
    events = pd.read_parquet(path, columns=["case_id", "activity", "started_at"])
    events = events.sort_values(["case_id", "started_at"], kind="stable", ignore_index=True)
    cases = events.groupby("case_id", sort=False)
    after = cases["activity"].shift(-1)
    wait = cases["started_at"].shift(-1) - events["started_at"]
    pairs = events.assign(target=after, wait=wait).dropna(subset="target")
    edges = pairs.groupby(["activity", "target"])["wait"].agg(["size", "median"])
    seconds = edges["median"].dt.total_seconds().round(1)
    loop = (events["activity"] == cases["activity"].shift(-2)) & (events["activity"] != after)
    loops = events.assign(between=after)[loop].groupby(["activity", "between"]).size()
    ways = cases["activity"].agg("\x1f".join).value_counts()
    stays = events[events["activity"] != cases["activity"].shift()]
    last = events.groupby((events["activity"] != cases["activity"].shift()).cumsum())["started_at"]
    stays = stays.assign(last=last.max().to_numpy())
    held = stays.groupby("case_id", sort=False)
    before, twice = held["activity"].shift(1), held["activity"].shift(2)
    back = (stays["activity"] == twice) & (stays["started_at"] - held["last"].shift(2) <= WINDOW)
    returns = stays.assign(between=before)[back].groupby(["activity", "between"]).size()
    days = (stays["started_at"] - held["last"].shift(1)).dropna() / pd.Timedelta(days=1)
    return {
        "edges": sorted([*key, int(n)] for key, n in edges["size"].items()),
        "seconds": sorted([*key, s] for key, s in seconds.items()),
        "starts": dict(sorted(cases["activity"].first().value_counts().items())),
        "ends": dict(sorted(cases["activity"].last().value_counts().items())),
        "variants": [len(ways), *ways.head(10).tolist()],
        "loops": sorted([*key, int(n)] for key, n in loops.items()),
        "returns": sorted([*key, int(n)] for key, n in returns.items()),
        "handover_days": round(float(days.median()), 6),
    }


if __name__ == "__main__":
    print(json.dumps(timed(find, *sys.argv[1:]), default=int))
