"""The commands `kimeval profile new` and `kimeval profile check` (Profile)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kimeval.data.drafting import Draft
    from kimeval.data.drafting.trial import Trial

profiles = typer.Typer(rich_markup_mode=None, help="Profiles of exports (Profile).")

FILES = typer.Argument(help="Exports of one system.", metavar="FILE...")


@profiles.command(
    "new",
    epilog="\b\nExamples:\n"
    "  kimeval profile new faelle.csv kontakte.csv --name traeger --provider tr\n"
    "  kimeval profile new export.xlsx --out -",
)
def new(
    files: Annotated[list[Path], FILES],
    name: Annotated[
        str, typer.Option(help="Of the profile; from the files' names by default.")
    ] = "",
    provider: Annotated[str, typer.Option(help="Short name of who delivers (Träger).")] = "",
    out: Annotated[
        str, typer.Option(help="File, or - for standard output; profiles/NAME.toml by default.")
    ] = "",
    database: Annotated[
        str, typer.Option(help="For a query (.sql): environment variable with the address.")
    ] = "",
) -> None:
    """Draft a profile for exports not seen before; nothing is overwritten."""
    from kimeval.cli.texts import from_here
    from kimeval.core.project import Project
    from kimeval.data.drafting import draft_profile

    draft = draft_profile(files, name, provider, database)
    for line in draft_lines(draft):
        typer.echo(line, err=True)
    if out == "-":
        typer.echo(draft.text, nl=False)
        return
    path = Path(out) if out else Project.find().profiles / f"{draft.name}.toml"
    write_new(path, draft.text)
    typer.echo(from_here(path.resolve()))


@profiles.command(
    "check", epilog="\b\nExample:\n  kimeval profile check traeger faelle.csv kontakte.csv"
)
def check(
    name: Annotated[str, typer.Argument(help="Profile in profiles/, or path of a .toml file.")],
    files: Annotated[list[Path], FILES],
) -> None:
    """Try a profile on files and account for every row; nothing is stored."""
    from kimeval.core.project import Project
    from kimeval.core.quarter import today_in_berlin
    from kimeval.data.drafting.trial import try_profile
    from kimeval.data.profiles import load_profile

    path = Path(name)
    folder = path.parent if path.suffix == ".toml" else Project.find().profiles
    profile = load_profile(folder, path.stem if path.suffix == ".toml" else name)
    for line in trial_lines(try_profile(profile, files, today_in_berlin())):
        typer.echo(line)


def write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet.

    Raises
    ------
    ProfileError
        If it exists, or its folder does not.
    """
    from kimeval.core.errors import ProfileError

    try:
        with path.open("x", encoding="utf-8", newline="\n") as written:
            written.write(text)
    except FileExistsError:
        raise ProfileError(
            f"A profile is never overwritten, '{path.name}' exists. Choose another --name or --out."
        ) from None
    except OSError as found:
        raise ProfileError(f"'{path.name}' cannot be written: {found.strerror}.") from None


def draft_lines(draft: Draft) -> Iterator[str]:
    """What was found, a line per kind of file: tables and counts."""
    for plan in draft.files:
        levels = Counter(line.level for line in plan.lines)
        tables = ", ".join(plan.tables) or "no table fits"
        yield (
            f"{plan.look.name}: {tables}; {levels['sicher']} sure, "
            f"{levels['wahrscheinlich']} likely, {levels['unsicher']} unsure, "
            f"{levels['fehlt']} required missing; {len(plan.ignore)} ignored, "
            f"{len(plan.unmapped)} not mapped"
        )


def trial_lines(trial: Trial) -> Iterator[str]:
    """The account of a trial: counts and names of columns."""
    yield f"{'file':<40} {'in':>8} {'kept':>8} {'merged':>8} {'aside':>8}"
    for row in trial.ledger.accounts.to_dict("records"):
        counts = [row[f"rows_{kind}"] for kind in ("in", "kept", "merged", "set_aside")]
        yield f"{row['file']:<40} " + " ".join(f"{count:>8}" for count in counts)
    for row in trial.ledger.reasons.to_dict("records"):
        column = f" ({row['column']})" if row["column"] else ""
        yield f"set aside: {row['file']}: {row['reason']}{column}: {row['rows']} rows"
    for pattern, columns in trial.unmapped.items():
        if columns:
            yield f"not mapped: {pattern}: {', '.join(columns)}"
    for pattern, unknown in trial.unknown.items():
        for code in unknown:
            yield (
                f"codes not understood: {pattern}: {code.table}.{code.column}: "
                f"{code.texts} texts in {code.rows} rows"
            )
    yield "tables: " + ", ".join(f"{name} {rows}" for name, rows in trial.tables.items())
