"""The study's recipe, for comparison: seven minutes, plain. `python -m training.baseline [--minutes 7] [--split S...]`.

The same sources, captions and loss as the shipped run, but the study's smaller audio tower (24-48-96-192), of the
measured descriptors the durations alone, no teacher, AdamW alone, two captions a clip. Trains the run `study` where it
is missing and prints its figures beside those of the package's weights.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.encoders.compact_frontend import BANDS
from soundpalette.core.encoders.compact_model import WIDE, AudioTower, Block, Matrix
from soundpalette.core.evaluation import interval
from training.evaluate import evaluate, read_split, row_of
from training.export import export
from training.train import Plan, run_file, train

NAME = "study"
DURATIONS = 2
"""The first descriptors: seconds of the window and of the file."""


class StudyTower(AudioTower):
    """The audio tower of the feasibility study."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 24, 5, 2, 2, bias=False), nn.BatchNorm2d(24), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(24, 24, (1, 1)), Block(24, 48, (2, 2)), Block(48, 96, (2, 2)), Block(96, 192, (2, 1))
        )
        self.fold = nn.Sequential(Matrix(192 * BANDS // 8, WIDE, bias=False), nn.LayerNorm(WIDE), nn.ReLU())

    def heard(self, frames: Tensor, descriptors: Tensor, lengths: Tensor, alive: Tensor | None = None) -> Tensor:
        durations = torch.cat([descriptors[:, :DURATIONS], self.mean[DURATIONS:].expand(len(descriptors), -1)], 1)
        return super().heard(frames, durations, lengths, alive)


class StudyEncoder(CompactEncoder):
    """The compact encoder with the baseline's towers."""

    def __init__(self, folder: Path, audio: dict[str, Tensor]) -> None:
        super().__init__(folder)
        self._audio = StudyTower().eval()
        self._audio.load_state_dict(audio)
        self.load_text()


def study_encoder() -> StudyEncoder:
    with TemporaryDirectory() as scratch:
        export(NAME, Path(scratch))
        return StudyEncoder(Path(scratch), torch.load(run_file(NAME), weights_only=True)["audio"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=7.0)
    parser.add_argument("--split", nargs="*", default=["test-split"])
    given = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(2)
    train(NAME, Plan(given.minutes, 192, 2e-3, seed=0, thaw=1.0, lesson=0.0, texts=2, muon=0.0), StudyTower())
    for where in given.split:
        compare(where, study_encoder(), CompactEncoder())


def compare(where: str, study: CompactEncoder, ours: CompactEncoder) -> None:
    """Print both encoders' figures on a split, and the paired difference of their average precisions."""
    split = read_split(where)
    windows = [list(ours.windows(path)) for path in split.files]
    plain, shipped = (evaluate(encoder, split, windows) for encoder in (study, ours))
    print(f"{where} study:   {row_of(plain)}\n{where} shipped: {row_of(shipped)}")
    pairs = zip(shipped.queries.each, plain.queries.each, strict=True)
    gain = interval([a.average_precision - b.average_precision for a, b in pairs])
    print(f"{where} gain in mAP, paired: {gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")


if __name__ == "__main__":
    main()
