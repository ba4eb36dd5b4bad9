"""`python -m soundpalette`."""

from soundpalette.cli import main

main()
