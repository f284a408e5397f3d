"""Floor 2: the ways people take through offices and services (Verweisungspfade)."""

from kimeval.referrals.graph import Graph, directly_follows
from kimeval.referrals.log import EventLog, Labels, event_log
from kimeval.referrals.loops import Visits, ping_pong, returns, visits
from kimeval.referrals.moves import Moves, moves_of_log, moves_of_referrals, returned
from kimeval.referrals.variants import variant_of_cases, variants

__all__ = [
    "EventLog",
    "Graph",
    "Labels",
    "Moves",
    "Visits",
    "directly_follows",
    "event_log",
    "moves_of_log",
    "moves_of_referrals",
    "ping_pong",
    "returned",
    "returns",
    "variant_of_cases",
    "variants",
    "visits",
]
