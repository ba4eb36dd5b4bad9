"""The open test split: whole packs that no training and no tuning touches. `python -m training.make_test_split`

It is for the figures of the model card, once; nothing is chosen by it.
"""

import argparse

from training.places import DATA
from training.splits import HERE, build, report


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    build(HERE / "test_split.toml", DATA / "test-split")
    report(DATA / "test-split")


if __name__ == "__main__":
    main()
