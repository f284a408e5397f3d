"""`python -m kimeval`, the same as the command `kimeval`."""

from kimeval.cli import main

main()
