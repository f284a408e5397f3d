"""A run over all areas on many machines, through dask.distributed (viele Rechner).

Needs the extra `kimeval[dask]`. The one who starts the run gives out areas, holds the
lock of outputs/ and writes summary and list of areas; workers run and publish one area
at a time each. All see the project's folder under a shared path.
"""
