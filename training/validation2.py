"""The second validation split, for choosing between runs; nothing of it trains. `python -m training.validation2`"""

import argparse

from training.places import DATA
from training.splits import HERE, build, report


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = DATA / "validation2"
    if folder.exists():
        print(f"{folder} is there; remove it to build it again")
        return
    build(HERE / "validation2.toml", folder)
    report(folder)


if __name__ == "__main__":
    main()
