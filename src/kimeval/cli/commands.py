"""The commands of `kimeval` (Befehle). Heavy parts are imported when one is called."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kimeval.cli.profile import profiles
from kimeval.cli.schedule import EXAMPLES as SCHEDULES
from kimeval.cli.schedule import schedule
from kimeval.cli.versions import EXAMPLES as VERSIONS
from kimeval.cli.versions import versions
from kimeval.run.plan import TIMEOUT

app = typer.Typer(
    name="kimeval",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(rich_markup_mode=None, help="Keys for pseudonyms (Schlüssel).")
app.add_typer(keys, name="key")
app.add_typer(profiles, name="profile")

DAYS = ["%Y-%m-%d", "%d.%m.%Y"]
QUARTER = typer.Option(help="Quarter (Quartal): 2024Q3, 3/2024, III/2024, or last (finished).")
AREA = typer.Option(help="KIM area as text, such as 05370 (KIM-Gebiet; see `kimeval areas`).")


@app.callback(
    invoke_without_command=True,
    epilog="\b\nExamples:\n"
    "  kimeval ingest exports --area 05370 --as-of 2024-10-15\n"
    "  kimeval run --quarter 2024Q3 --area 05370\n"
    "  kimeval run --quarter 3/2024 --area 05370 --notebooks 02_reach -p threshold=3\n"
    "  kimeval run --quarter 2024Q3 --all\n"
    "  kimeval explain persons_reached",
)
def kimeval(context: typer.Context) -> None:
    """Evaluate Kommunales Integrationsmanagement (KIM) in North Rhine-Westphalia."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(
    epilog="\b\nExamples:\n"
    "  kimeval run --quarter 2024Q3 --area 05370\n"
    "  kimeval run --quarter III/2024 --area 05370 --notebooks 01_data_quality,02_reach\n"
    "  kimeval run --quarter 2024Q3 --area 05370 -p threshold=3 --force\n"
    "  kimeval run --quarter 2024Q3 --all\n"
    "  kimeval run --quarter last --all --catch-up\n"
    "  kimeval run --quarter 2024Q3 --all --dask tcp://scheduler:8786",
)
def run(
    quarter: Annotated[str, QUARTER],
    area: Annotated[str, AREA] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Every area that has a delivery (alle Gebiete).")
    ] = False,
    notebooks: Annotated[str, typer.Option(help="Names with commas; all by default.")] = "",
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Of a notebook; repeatable."),
    ] = None,
    legal_basis: Annotated[
        str | None, typer.Option(help="Legal basis (Rechtsgrundlage), noted in the manifest.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run even if nothing changed.")] = False,
    timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="For each notebook (Zeitgrenze).")
    ] = TIMEOUT,
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Run a notebook that was changed; repeatable, or all."),
    ] = None,
    memory_limit: Annotated[
        int, typer.Option(min=0, metavar="MIB", help="For each notebook; by default a share.")
    ] = 0,
    catch_up: Annotated[
        bool, typer.Option("--catch-up", help="With --all: missed quarters first (Nachholen).")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=0, help="Areas side by side; as many as cores by default.")
    ] = 0,
    dask: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="With --all: scheduler of many machines (Rechner)."),
    ] = "",
) -> None:
    """Run notebooks and publish the report (Bericht)."""
    if bool(area) == every:
        raise typer.BadParameter("a run is for one area with --area CODE, or for all with --all.")
    if catch_up and not every:
        raise typer.BadParameter("--catch-up looks for quarters that areas lack; add --all.")
    if dask and not every:
        raise typer.BadParameter("--dask shares out areas; it goes with --all.")
    from kimeval.cli.run import run_area, run_areas
    from kimeval.cli.schedule import run_missed
    from kimeval.core.quarter import named_quarter
    from kimeval.run.plan import Request

    names = tuple(notebooks.split(",")) if notebooks else ()
    given, trusted = tuple(parameter or ()), tuple(trust or ())
    name = str(named_quarter(quarter))
    request = Request(name, area, names, given, legal_basis, force, timeout, trusted)
    request = replace(request, memory_mib=memory_limit)
    run_one = partial(run_areas, scheduler=dask, jobs=jobs) if every else run_area
    for line in run_missed(request, run_one) if catch_up else run_one(request):
        typer.echo(line)


app.command(epilog=SCHEDULES)(schedule)


@app.command(epilog="\b\nExample:\n  kimeval status --quarter 2024Q3")
def status(quarter: Annotated[str, QUARTER]) -> None:
    """Show what became of each area of a quarter (Stand der Gebiete)."""
    from kimeval.cli.run import status_lines
    from kimeval.core.quarter import named_quarter

    for line in status_lines(str(named_quarter(quarter))):
        typer.echo(line)


app.command(epilog=VERSIONS)(versions)


@app.command(
    epilog="\b\nExamples:\n"
    "  kimeval ingest exports --area 05370 --as-of 2024-10-15\n"
    "  kimeval ingest exports --area 05370 --as-of 15.10.2024 --profiles ki,posts\n"
    "  kimeval ingest --area 05370",
)
def ingest(
    area: Annotated[str, AREA],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="Exports as delivered; the newest delivery by default."
        ),
    ] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=DAYS, metavar="DAY", help="Of the export (Stichtag); or in its delivery.toml."
        ),
    ] = None,
    profiles: Annotated[
        str, typer.Option(help="Names with commas; found by the files' names by default.")
    ] = "",
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The persons in it were generated.")
    ] = False,
) -> None:
    """Take in a delivery, clean it and account for it (Kontenbuch)."""
    from kimeval.cli.ingest import ingest

    day = as_of.date() if as_of else None
    for line in ingest(area, folder, day, profiles, synthetic):
        typer.echo(line)


@app.command(
    epilog="\b\nExamples:\n"
    "  kimeval vintages --area 05370\n"
    "  kimeval vintages --area 05370 --from 2024-10-15 --to 2025-01-15",
)
def vintages(
    area: Annotated[str, AREA],
    old: Annotated[str, typer.Option("--from", help="Name of an earlier vintage.")] = "",
    new: Annotated[str, typer.Option("--to", help="Name of a later one.")] = "",
) -> None:
    """List vintages (Datenstände), or what was revised between two."""
    from kimeval.cli.vintages import named_vintage, revision_lines, vintage_lines
    from kimeval.core.area import area as look_up
    from kimeval.core.errors import ParameterError
    from kimeval.core.project import Project

    place, project = look_up(area), Project.find()
    if bool(old) != bool(new):
        raise ParameterError("Two vintages are compared, one is named. Give --from and --to.")
    if old:
        lines = revision_lines(*(named_vintage(project, place, name) for name in (old, new)))
    else:
        lines = vintage_lines(project, place)
    for line in lines:
        typer.echo(line)


@app.command(
    epilog="\b\nExamples:\n"
    "  kimeval sample --areas 05370,05334\n"
    "  kimeval sample --areas all --as-of 2025-01-15 --out data/sample\n"
    "  kimeval sample --areas 54 --scale 10 --out scratch",
)
def sample(
    areas: Annotated[str, typer.Option(help="Codes with commas, how many, or all.")] = "all",
    as_of: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the delivery.")
    ] = dt.datetime(2025, 1, 15),
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same files.")] = 2024,
    scale: Annotated[float, typer.Option(min=0.01, max=1000, help="Size; 1 is realistic.")] = 1.0,
    out: Annotated[Path | None, typer.Option(help="Folder; data/sample by default.")] = None,
) -> None:
    """Write synthetic deliveries with a known truth."""
    from kimeval.cli.progress import Terminal
    from kimeval.core.project import Project
    from kimeval.data.sample import write_sample
    from kimeval.data.sample.choice import chosen_areas

    chosen = chosen_areas(areas)
    target = out or Project.find().sample

    with Terminal() as progress:
        written = write_sample(target, chosen, as_of.date(), seed, scale, progress.line)
    typer.echo(f"deliveries written: {len(written)}; all persons in them are synthetic")


@app.command()
def areas() -> None:
    """List the 54 KIM areas (KIM-Gebiete)."""
    from kimeval.cli.texts import area_lines

    for line in area_lines():
        typer.echo(line)


@app.command(epilog="\b\nExample:\n  kimeval explain coverage_newly_arrived")
def explain(
    indicator: Annotated[str, typer.Argument(help="Id; without one, all are listed.")] = "",
) -> None:
    """Print the catalogue's entry of an indicator (Kennzahl)."""
    from kimeval.cli.texts import entry_lines, indicator_lines
    from kimeval.core.catalogue import indicator as look_up

    for line in entry_lines(look_up(indicator)) if indicator else indicator_lines():
        typer.echo(line)


@app.command()
def version() -> None:
    """Print the versions of kimeval and of its catalogue."""
    from kimeval import __version__
    from kimeval.core.catalogue import catalogue_version

    typer.echo(f"kimeval {__version__}, catalogue {catalogue_version()}")


@keys.command("new", epilog="\b\nExample:\n  kimeval key new ~/kimeval.key")
def new_key(
    file: Annotated[Path, typer.Argument(help="Outside the data; never overwritten.")],
) -> None:
    """Write a random key for pseudonyms that only you can read."""
    from kimeval.data.pseudonyms import new_key

    new_key(file.expanduser())
    typer.echo(f"wrote {file.name}; keep it safe, pseudonyms depend on it")
