"""The console script, which is also `python -m soundpalette`."""

from soundpalette.garbage import garbage_left


def main() -> None:
    """Import the commands, then run the one that was typed."""
    with garbage_left():
        from soundpalette import cli
    cli.main()


if __name__ == "__main__":
    main()
