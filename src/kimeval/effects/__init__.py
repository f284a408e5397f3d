"""Floor 2: what the programme changed, and how sure that is (Wirkungen)."""

from kimeval.effects.course_entry import (
    course_entry_by_quarter,
    programme_running,
    programme_start,
)
from kimeval.effects.effect import Assumption, Effect, Estimated, attempted, effect, refused
from kimeval.effects.open_hours import open_hours
from kimeval.effects.own_series import own_series
from kimeval.effects.plan import Plan, judge_together, plan, tried
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.state import programme_effect
from kimeval.effects.told import questions_tried
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
    "course_entry_by_quarter",
    "effect",
    "judge_together",
    "open_hours",
    "own_series",
    "plan",
    "programme_effect",
    "programme_running",
    "programme_start",
    "questions_tried",
    "refused",
    "tried",
]
