"""Floor 2: what the programme changed, and how sure that is (Wirkungen)."""

from kimeval.effects.effect import Assumption, Effect, Estimated, attempted, effect, refused
from kimeval.effects.plan import Plan, judge_together, plan, tried
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.verdicts import NOT_IDENTIFIED, SUGGESTIVE, SUPPORTED

__all__ = [
    "NOT_IDENTIFIED",
    "SUGGESTIVE",
    "SUPPORTED",
    "Assumption",
    "DesignRefused",
    "Effect",
    "Estimated",
    "Plan",
    "attempted",
    "effect",
    "judge_together",
    "plan",
    "refused",
    "tried",
]
