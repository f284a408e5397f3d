"""What a run needs of the floors below, imported when it is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval import __version__
from kimeval.core.area import STATE, Area
from kimeval.core.area import area as find_area
from kimeval.core.digests import combined
from kimeval.core.manifests import published_digest
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.run import state
from kimeval.run.plan import Plan, fitting_notebooks

if TYPE_CHECKING:
    from kimeval.data.frozen import Vintage
    from kimeval.protect.audit.releases import Report
    from kimeval.protect.canary import Needles, Searched
    from kimeval.protect.methods import Audit
    from kimeval.protect.rules import Rules


def delivery_digest(project: Project, area: Area, quarter: Quarter) -> str:
    """Hash of an area's newest delivery, its profiles and what a user supplies beside it.

    A delivery made before the quarter is refused.

    For the state, of what its areas published.
    """
    if area.code == STATE:
        return published_digest(project.outputs, quarter)
    from kimeval.data.deliveries import delivery_digest
    from kimeval.data.supplied import supplied_hash

    delivered = delivery_digest(project, area, quarter)
    return combined([("supplied", supplied_hash(project, area))], delivered)


def has_delivery(project: Project, area: Area) -> bool:
    """Whether anything was delivered for an area."""
    from kimeval.data.deliveries import has_delivery

    return has_delivery(project, area)


def about_state(project: Project, names: Sequence[str] = ()) -> dict[str, bool]:
    """The state's code where a run over all areas has notebooks on it, to run last."""
    return {STATE: True} if notebooks_about_state(project, names) else {}


def notebooks_about_state(project: Project, names: Sequence[str] = ()) -> list[str]:
    """Notebooks on the state, of some names or of all."""
    there = fitting_notebooks(project, find_area(STATE))
    wanted = {name.strip().removesuffix(".ipynb") for name in names} or set(there)
    return [name for name in there if name in wanted]


def ensure_vintage(
    project: Project, area: Area, quarter: Quarter, progress: Callable[[str, float], None]
) -> Vintage | state.Standing:
    """The vintage of an area's newest delivery, made if it is not there.

    For the state, what its areas published of the quarter.
    """
    if area.code == STATE:
        return state.standing(project, quarter)
    from kimeval.data.vintages import ensure_vintage

    return ensure_vintage(project, area, progress)


def write_pages(
    stage: Path,
    executed: Sequence[Path],
    plan: Plan,
    vintage: Vintage | state.Standing,
    made_on: dt.date,
) -> None:
    """HTML pages, index, CSV and figures of executed notebooks."""
    from kimeval.report.pages import PageContext, write_pages
    from kimeval.run.versions.making import next_name

    context = PageContext(
        area=plan.area,
        quarter=plan.quarter,
        as_of=vintage.as_of,
        synthetic=vintage.synthetic,
        vintage=vintage.name,
        version=__version__,
        made_on=made_on,
        rules=vintage.rules if isinstance(vintage, state.Standing) else _rules(plan),
        edition=next_name(plan),
    )
    write_pages(stage, executed, context)


def write_versions(
    stage: Path,
    plan: Plan,
    inputs: Mapping[str, Any],
    vintage: Vintage | state.Standing,
    started: dt.datetime,
) -> None:
    """The page of all versions up to the one in the stage, and what changed in it."""
    from kimeval.run.versions.making import new_version
    from kimeval.run.versions.page import write_pages
    from kimeval.run.versions.read import read_versions

    earlier = read_versions(plan.project.outputs, str(plan.quarter), plan.area.code)
    rules = vintage.rules if isinstance(vintage, state.Standing) else _rules(plan)
    told = vars(rules) | {"reason": _reasons(plan)}
    new = new_version(stage, plan, inputs, vintage, started, told)
    write_pages(stage, plan.area, plan.quarter, earlier, new)


@dataclass(frozen=True)
class Attacked:
    """What the attack on a release came to (Ergebnis des Angriffs).

    Attributes
    ----------
    line : str
        For the terminal.
    told : dict
        For the manifest: rules and numbers, no count of persons.
    """

    line: str
    told: dict[str, Any]


def attack(
    plan: Plan, decided: Path, executed: Sequence[Path], synthetic: bool = False
) -> Attacked:
    """Attack what is to be published, with all that was published before.

    Parameters
    ----------
    plan : Plan
        Says by which rules and method.
    decided : Path
        What the notebooks have handed on.
    executed : sequence of Path
        The notebooks.
    synthetic : bool
        Whether the persons in the data are invented.

    Raises
    ------
    ProtectionError
        If a count is shown that was not decided on, or a small one can be found out.
    """
    if plan.area.code == STATE:
        return _compared(plan, decided, executed)
    from kimeval.protect.audit.releases import audit, require_safe
    from kimeval.protect.audit.shown import require_as_decided
    from kimeval.protect.methods.decide import attack_release
    from kimeval.protect.register import history
    from kimeval.protect.transfer import read_rows

    rules, rows = _rules(plan), read_rows(decided)
    before = history(plan.project, plan.area.code, synthetic)
    require_as_decided(executed, rows, before)
    report: Report | Audit
    if rules.method == "suppression":
        report, kind = audit(before, rows, rules), "hidden"
        require_safe(report)
    else:
        report, kind = attack_release(before, rows, rules, synthetic), "small"
    line = f"attacked {report.attacked} {kind} counts, recovered {report.recovered}"
    told = {"rules": vars(rules) | {"reason": _reasons(plan)}, "attack": vars(report)}
    return Attacked(line, told)


def _compared(plan: Plan, decided: Path, executed: Sequence[Path]) -> Attacked:
    """The state tells nothing new, which is seen to in place of an attack."""
    held = state.standing(plan.project, plan.quarter)
    rows = state.compare(plan.project, plan.quarter, decided, executed)
    told = {
        "rules": vars(held.rules) | {"reason": ""},
        "areas": held.name,
        "compared_rows": rows,
        "searched_for": state.SEARCHED_FOR,
    }
    return Attacked(f"compared with {rows:,} rows that areas published, all equal", told)


def needles(plan: Plan, vintage: Vintage | state.Standing) -> Needles:
    """What vintage and delivery say of single persons, which must not be published."""
    if isinstance(vintage, state.Standing):
        return state.needles(vintage.synthetic)
    from kimeval.data.deliveries import newest_delivery
    from kimeval.protect.canary.gather import gather

    return gather(plan.project, vintage, newest_delivery(plan.project, plan.area))


def require_clean(stage: Path, needles: Needles, files: Sequence[Path] | None = None) -> Searched:
    """Search a stage, or some files of it, for needles.

    Raises
    ------
    ProtectionError
        If one is found, or a file cannot be searched.
    """
    from kimeval.protect.canary import require_clean

    return require_clean(stage, needles, files)


def is_state_registered(project: Project) -> bool:
    """Whether anything was ever published of the state."""
    from kimeval.protect.register import entries

    return bool(entries(project, STATE))


def require_registered(plan: Plan) -> None:
    """See that the register knows all versions of the area that were published.

    Raises
    ------
    ProtectionError
        If it was lost or set back.
    """
    from kimeval.protect.register import require_complete

    require_complete(plan.project, plan.area.code)


def register(
    plan: Plan, decided: Path, vintage: str, made: dt.datetime, synthetic: bool = False
) -> None:
    """Note in the register what is about to be published."""
    from kimeval.protect.register import Entry, append
    from kimeval.protect.transfer import read_rows

    rows = read_rows(decided)
    if len(rows):
        when = made.isoformat(timespec="microseconds")
        rules = _rules(plan)
        about = (plan.area.code, str(plan.quarter), vintage, when, rules.threshold)
        append(plan.project, Entry(*about, rows, method=rules.method, synthetic=synthetic))


def check_rules(threshold: int, reason: str, method: str = "suppression") -> None:
    """Refuse rules that protect no one or lack their reason, before anything starts."""
    from kimeval.protect.rules import Rules
    from kimeval.protect.transfer import require_reason

    require_reason(Rules(threshold, method), reason)  # type: ignore[arg-type]


def _reasons(plan: Plan) -> str:
    """Why a smaller threshold was chosen, as the user wrote it."""
    return "; ".join(sorted({str(r) for job in plan.jobs if (r := job.values.get("reason"))}))


def _rules(plan: Plan) -> Rules:
    """The rules of all notebooks of a run, by which it is attacked.

    Raises
    ------
    ProtectionError
        If two notebooks go by different thresholds.
    """
    from kimeval.core.errors import ProtectionError
    from kimeval.protect.rules import Rules

    given = [job.values["threshold"] for job in plan.jobs if "threshold" in job.values]
    thresholds = sorted({number for number in given if isinstance(number, int)})
    if len(thresholds) > 1:
        raise ProtectionError(
            f"All notebooks of a run go by one threshold, found {thresholds[0]} and "
            f"{thresholds[-1]}. Write -p threshold={thresholds[-1]}."
        )
    methods = [job.values["method"] for job in plan.jobs if "method" in job.values]
    rules = Rules(thresholds[0]) if thresholds else Rules()
    return replace(rules, method=str(methods[0])) if methods else rules  # type: ignore[arg-type]
