"""Floor 2: the ways people take through offices and services (Verweisungspfade)."""

from kimeval.referrals.answers import answers, waiting
from kimeval.referrals.around import contact_around
from kimeval.referrals.events import area_log, read_events, referral_moves
from kimeval.referrals.gap_classes import sphere_before
from kimeval.referrals.gaps import needs_without_offer, offers_and_waiting, steering_list
from kimeval.referrals.graph import Graph, directly_follows
from kimeval.referrals.labels import Labels
from kimeval.referrals.log import EventLog, event_log
from kimeval.referrals.log_results import log_overview
from kimeval.referrals.loops import Visits, ping_pong, returns, visits
from kimeval.referrals.moves import Moves, moves_of_log, moves_of_referrals, returned
from kimeval.referrals.network_compared import network_compared
from kimeval.referrals.network_derived import network
from kimeval.referrals.network_results import referrals_between, ways_by_quarter
from kimeval.referrals.sent import referrals, sent_back
from kimeval.referrals.shortage import waiting_against_places
from kimeval.referrals.span import Span
from kimeval.referrals.sphere_results import path_types, sphere_entropy, spheres_by_month
from kimeval.referrals.spheres import CHANGES, contact_again, sphere_changes
from kimeval.referrals.stations import station_log, stations
from kimeval.referrals.target_results import target_path_followed
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
    "contact_around",
    "directly_follows",
    "event_log",
    "log_overview",
    "moves_of_log",
    "moves_of_referrals",
    "needs_without_offer",
    "network",
    "network_compared",
    "offers_and_waiting",
    "path_types",
    "ping_pong",
    "read_events",
    "referral_moves",
    "referrals",
    "referrals_between",
    "returned",
    "returns",
    "sent_back",
    "sphere_before",
    "sphere_changes",
    "sphere_entropy",
    "spheres_by_month",
    "station_log",
    "stations",
    "steering_list",
    "target_path_followed",
    "variant_of_cases",
    "variants",
    "visits",
    "waiting",
    "waiting_against_places",
    "ways_by_quarter",
]
