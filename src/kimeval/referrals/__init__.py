"""Floor 2: the ways people take through offices and services (Verweisungspfade)."""

from kimeval.referrals.answers import answers, waiting
from kimeval.referrals.events import area_log, read_events, referral_moves
from kimeval.referrals.graph import Graph, directly_follows
from kimeval.referrals.log import EventLog, Labels, event_log
from kimeval.referrals.loops import Visits, ping_pong, returns, visits
from kimeval.referrals.moves import Moves, moves_of_log, moves_of_referrals, returned
from kimeval.referrals.sent import referrals, sent_back
from kimeval.referrals.span import Span
from kimeval.referrals.variants import variant_of_cases, variants

__all__ = [
    "EventLog",
    "Graph",
    "Labels",
    "Moves",
    "Span",
    "Visits",
    "answers",
    "area_log",
    "directly_follows",
    "event_log",
    "moves_of_log",
    "moves_of_referrals",
    "ping_pong",
    "read_events",
    "referral_moves",
    "referrals",
    "returned",
    "returns",
    "sent_back",
    "variant_of_cases",
    "variants",
    "visits",
    "waiting",
]
