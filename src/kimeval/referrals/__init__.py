"""Floor 2: the ways people take through offices and services (Verweisungspfade)."""

from kimeval.referrals.answers import answers, waiting
from kimeval.referrals.events import area_log, read_events, referral_moves
from kimeval.referrals.gaps import needs_without_offer, offers_and_waiting, steering_list
from kimeval.referrals.graph import Graph, directly_follows
from kimeval.referrals.log import EventLog, Labels, event_log
from kimeval.referrals.log_results import log_overview
from kimeval.referrals.loops import Visits, ping_pong, returns, visits
from kimeval.referrals.moves import Moves, moves_of_log, moves_of_referrals, returned
from kimeval.referrals.sent import referrals, sent_back
from kimeval.referrals.span import Span
from kimeval.referrals.spheres import CHANGES, contact_again, sphere_changes
from kimeval.referrals.variants import variant_of_cases, variants

__all__ = [
    "CHANGES",
    "EventLog",
    "Graph",
    "Labels",
    "Moves",
    "Span",
    "Visits",
    "answers",
    "area_log",
    "contact_again",
    "directly_follows",
    "event_log",
    "log_overview",
    "moves_of_log",
    "moves_of_referrals",
    "needs_without_offer",
    "offers_and_waiting",
    "ping_pong",
    "read_events",
    "referral_moves",
    "referrals",
    "returned",
    "returns",
    "sent_back",
    "sphere_changes",
    "steering_list",
    "variant_of_cases",
    "variants",
    "visits",
    "waiting",
]
