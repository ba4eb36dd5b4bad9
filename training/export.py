# ruff: noqa: E501  (tables and formulas read better in one row)
"""Stage 5: a run's weights into the package, float16 and the text table int8. `python -m training.export NAME [--folder F]`."""

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from soundpalette.core.encoders.compact import COHORT, FILES, FOLDER
from training.places import DATA


def export(name: str, folder: Path) -> int:
    """Returns the bytes written."""
    run = torch.load(DATA / "runs" / f"{name}.pt", weights_only=True)
    folder.mkdir(parents=True, exist_ok=True)
    audio = {n: t.half().contiguous() for n, t in run["audio"].items() if not n.endswith("num_batches_tracked")}
    save_file(audio, folder / FILES[0])
    table = run["table"]
    scale = table.abs().amax(1, keepdim=True).clamp(min=1e-6) / 127
    text = {n: t.half().contiguous() for n, t in run["text"].items()}
    text |= {"table": (table / scale).round().to(torch.int8), "table_scale": scale.half()}
    save_file(text, folder / FILES[1])
    save_file({"sounds": run["cohort"]}, folder / COHORT)
    shutil.copy(DATA / "tokenizer.json", folder / FILES[2])
    return sum((folder / f).stat().st_size for f in (*FILES, COHORT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    print(f"{export(given.name, given.folder):,} bytes in {given.folder}")


if __name__ == "__main__":
    main()
