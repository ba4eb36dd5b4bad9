"""The compact encoder on real audio made here and on the demo crate (which never trained it)."""

import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundpalette.core.encoders import compact as module
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Vectors
from soundpalette.errors import AudioError, EncoderError, WeightsError
from tests.conftest import CRATE
from tests.sounds import RATE, Audio, kick, noise, tone

ALONE_OR_IN_A_BATCH = 1e-5
"""A window's features may differ by this much between batches: float32 sums in another order."""
ANOTHER_SOUND = 0.6
"""What two sounds of other kinds stay below, so that a likeness above 0.9 tells something."""
SNARES = "the model card's list of what it is bad at: a bright, generic snare comes 0.01 after a noisy hat"
GUITARS = "the model card's list of what it is bad at: guitar chords far back in reverb; a bass drop comes first"
SHORT_ARITHMETIC = 0.999
"""The least cosine between vectors made in bfloat16 and in float32."""


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(name: str, audio: Audio, rate: int = RATE) -> Path:
        path = tmp_path / name
        soundfile.write(path, audio, rate, subtype="FLOAT")
        return path

    return write


def pad(seconds: float = 2.5) -> Audio:
    """A minor chord that swells and fades."""
    chord = sum(tone(hz, seconds) for hz in (220.0, 261.6, 329.6))
    return (chord / 3 * np.sin(np.pi * np.linspace(0, 1, round(seconds * RATE)))).astype(np.float32)


def test_vectors_have_unit_length_and_are_the_same_each_time(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    paths = [write("kick.wav", kick()), write("pad.wav", pad())]
    first, second = compact.embed_audio_files(paths), compact.embed_audio_files(paths)
    assert first.shape == (2, 256)
    assert first.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(first, second)
    texts = compact.embed_text(["kick drum", "warm pad"])
    assert texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-6)


def test_features_do_not_depend_on_the_batch(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    lengths = (0.005, 0.1, 0.4, 1.27, 1.29, 2.0, 3.0)
    files = [write(f"{s}.wav", noise(s, seed=k) * np.linspace(1, 0.1, round(s * RATE), dtype=np.float32))
             for k, s in enumerate(lengths)]  # fmt: skip
    windows = [w for f in files for w in compact.windows(f)]
    together = compact.embed_windows(windows)
    alone = np.concatenate([compact.embed_windows([w]) for w in windows])
    backwards = compact.embed_windows(windows[::-1])[::-1]
    np.testing.assert_allclose(together, alone, rtol=0, atol=ALONE_OR_IN_A_BATCH)
    np.testing.assert_allclose(together, backwards, rtol=0, atol=ALONE_OR_IN_A_BATCH)


def test_bfloat16_hears_what_float32_hears(write) -> None:  # type: ignore[no-untyped-def]
    files = [
        write("kick.wav", kick()),
        write("pad.wav", pad()),
        write("noise.wav", noise(0.3)),
        CRATE / "drums/hat_sci.flac",
    ]
    whole, short = (load_encoder("compact", dtype=d).embed_audio_files(files) for d in ("float32", "bfloat16"))
    assert (whole * short).sum(1).min() > SHORT_ARITHMETIC


def test_an_unknown_dtype_is_told() -> None:
    with pytest.raises(EncoderError, match=r"^dtype is 'int8'; auto, float32, bfloat16 are allowed$"):
        load_encoder("compact", dtype="int8")


def test_a_wide_image_is_heard(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    left, right = pad(), np.roll(pad(), 400)
    narrow = np.stack([left + right, left + right], 1) / 2
    wide = np.stack([left, right], 1)
    vectors = compact.embed_audio_files([write("narrow.wav", narrow), write("wide.wav", wide)])
    assert vectors[0] @ vectors[1] < 0.999


def test_silence_before_and_after_and_level_change_nothing_much(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    quiet = np.zeros(RATE // 2, np.float32)
    a = compact.embed_audio_files(
        [write("a.wav", kick()), write("b.wav", np.concatenate([quiet, 0.1 * kick(), quiet]))]
    )
    assert a[0] @ a[1] > 0.99


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param(noise(0.005), id="5 ms"),
        pytest.param(np.zeros(RATE, np.float32), id="silence"),
        pytest.param(np.full(RATE, 0.5, np.float32), id="nothing but DC"),
        pytest.param(np.clip(20 * tone(100), -1, 1), id="clipped"),
        pytest.param(np.concatenate([[1.0], np.zeros(RATE)]).astype(np.float32), id="one click"),
        pytest.param(np.full(RATE, 1e-9, np.float32), id="almost nothing"),
        pytest.param(1e6 * tone(300), id="far beyond full scale"),
    ],
)
def test_odd_sounds_get_a_finite_unit_vector(compact: Encoder, write, audio: Audio) -> None:  # type: ignore[no-untyped-def]
    vector = compact.embed_audio_files([write("odd.wav", audio)])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_dc_does_not_hide_a_sound(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    vectors = compact.embed_audio_files(
        [write("clean.wav", 0.5 * kick()), write("dc.wav", 0.5 * kick() + np.float32(0.3))]
    )
    assert vectors[0] @ vectors[1] > 0.95


def test_other_rates_and_channels_give_nearly_the_same_vector(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    sound = pad()
    stereo = write("stereo.wav", np.stack([sound, sound], 1))
    half = write("half.wav", sound[::2].copy(), RATE // 2)
    vectors = compact.embed_audio_files([write("mono.wav", sound), stereo, half, write("hiss.wav", noise(2.5))])
    assert vectors[0] @ vectors[1] > 0.9999
    assert vectors[0] @ vectors[2] > 0.95
    assert vectors[0] @ vectors[3] < ANOTHER_SOUND


@pytest.mark.parametrize("rate", [8_000, 22_050, 96_000, 192_000])
def test_a_struck_tone_is_heard_alike_at_any_rate(compact: Encoder, write, rate: int) -> None:  # type: ignore[no-untyped-def]
    usual, other = (tone(220, 1.0, r) * np.geomspace(1, 0.01, r, dtype=np.float32) for r in (RATE, rate))
    paths = [write("usual.wav", usual), write("other.wav", other, rate), write("hiss.wav", noise(1.0))]
    vectors = compact.embed_audio_files(paths)
    assert vectors[0] @ vectors[1] > 0.9
    assert vectors[0] @ vectors[2] < ANOTHER_SOUND


STEADY = "a steady level has its maximum anywhere: the resampler decides from where attack and decay are measured"


@pytest.mark.parametrize(
    "rate",
    [pytest.param(8_000, marks=pytest.mark.xfail(strict=True, reason=STEADY)), 22_050, 96_000, 192_000],
)
def test_any_rate_is_heard_alike(compact: Encoder, write, rate: int) -> None:  # type: ignore[no-untyped-def]
    usual, other = write("usual.wav", tone(220, 1.0)), write("other.wav", tone(220, 1.0, rate), rate)
    vectors = compact.embed_audio_files([usual, other, write("hiss.wav", noise(1.0))])
    assert vectors[0] @ vectors[1] > 0.9
    assert vectors[0] @ vectors[2] < ANOTHER_SOUND


def test_eight_channels_are_heard_as_their_mean(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    eight = np.stack([kick()] * 8, 1)
    vectors = compact.embed_audio_files([write("mono.wav", kick()), write("eight.wav", eight), write("pad.wav", pad())])
    assert vectors[0] @ vectors[1] > 0.999
    assert vectors[0] @ vectors[2] < ANOTHER_SOUND


def test_damaged_values_are_silence_or_a_clear_error(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    hurt = kick()
    hurt[100:120] = np.nan
    hurt[200] = np.inf
    assert np.isfinite(compact.embed_audio_files([write("hurt.wav", hurt)])).all()
    with pytest.raises(AudioError, match="holds no finite value"):
        compact.embed_audio_files([write("nothing.wav", np.full(RATE, np.nan, np.float32))])


def test_three_hours_cost_bounded_memory(compact: Encoder, tmp_path: Path) -> None:
    path, minute = tmp_path / "long.wav", noise(60, rate=8000)
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16") as file:
        for number in range(180):
            file.write(np.roll(minute, number * 1000))
    tracemalloc.start()
    windows = list(compact.windows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(windows) == module.MAX_WINDOWS
    assert peak < 40e6
    assert np.isfinite(compact.pool(compact.embed_windows(windows))).all()


def test_a_long_file_is_heard_to_its_end(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    start = np.concatenate([tone(100, 35.0), np.zeros(10, np.float32)])
    vectors = compact.embed_audio_files([write("a.wav", start), write("b.wav", np.concatenate([start, noise(35.0)]))])
    assert vectors[0] @ vectors[1] < 0.98


def test_case_and_punctuation_do_not_matter(compact: Encoder) -> None:
    vectors = compact.embed_text(["deep kick drum", "DEEP Kick-Drum!!", "  deep, kick; drum. "])
    np.testing.assert_allclose(vectors[1:], vectors[[0, 0]], atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!!",
        "🥁🔥",
        "\0\n\u202e",
        "bombo profundo",
        "キック",
        "x" * 10_000,
        "a " * 5_000,
        "def f(x): return x[0]",
    ],
)
def test_any_text_gets_a_finite_unit_vector(compact: Encoder, text: str) -> None:
    vector = compact.embed_text([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_no_text_gives_no_vector(compact: Encoder) -> None:
    assert compact.embed_text([]).shape == (0, 256)


def test_kick_drum_is_nearer_to_a_kick_than_to_a_pad(compact: Encoder, write) -> None:  # type: ignore[no-untyped-def]
    sounds = compact.embed_audio_files([write("kick.wav", kick()), write("pad.wav", pad())])
    for text, row in (("kick drum", 0), ("bass drum hit", 0), ("slow ambient pad", 1), ("long sustained chord", 1)):
        scores = sounds @ compact.embed_text([text])[0]
        assert scores.argmax() == row, (text, scores)


@pytest.fixture(scope="module")
def crate(compact: Encoder) -> tuple[list[str], Vectors]:
    drums = [f"drums/{n}.flac" for n in ("bd_fat", "bd_jazz", "sn_generic", "hat_sci")]
    hidden = ["untitled/audio 17.flac", "from phone/ZOOM0007.flac", "from phone/ZOOM0019.flac"]
    names = [*drums, "pads/tbd_pad_2.flac", "bass/bass_drop_c.flac", *hidden]
    return names, compact.embed_audio_files([CRATE / n for n in names])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("kick drum", "drums/bd"), ("closed hi-hat", "drums/hat_sci"),
        ("drum break loop", "from phone/ZOOM0019"), ("tabla", "from phone/ZOOM0007"), ("dark ambient pad", "pads/"),
        pytest.param("snare drum", "drums/sn", marks=pytest.mark.xfail(strict=True, reason=SNARES)),
        pytest.param("electric guitar", "untitled/audio 17", marks=pytest.mark.xfail(strict=True, reason=GUITARS)),
    ],
)  # fmt: skip
def test_words_find_recorded_sounds_of_the_crate(
    compact: Encoder, crate: tuple[list[str], Vectors], text: str, right: str
) -> None:
    names, vectors = crate
    best = names[int((vectors @ compact.embed_text([text])[0]).argmax())]
    assert best.startswith(right), best


def test_the_data_files_are_small() -> None:
    assert sum((module.FOLDER / name).stat().st_size for name in module.FILES) <= 20_000_000


def test_the_space_names_the_weights_and_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from soundpalette.core.encoders import load_encoder\n"
        "e = load_encoder('compact')\n"
        "print(e.space.key, 'torch' in sys.modules, 'transformers' in sys.modules)\n"
        "e.embed_text(['kick'])\n"
        "print('transformers' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    space = load_encoder("compact").space
    assert told == [space.key, "False", "False", "False"]
    assert space.encoder == "compact"
    assert len(space.revision) == 12


def test_released_towers_load_again() -> None:
    encoder = load_encoder("compact")
    before = encoder.embed_text(["snare"])
    encoder.release()
    np.testing.assert_array_equal(encoder.embed_text(["snare"]), before)


def test_threads_share_an_encoder_whose_towers_load_among_them(write) -> None:  # type: ignore[no-untyped-def]
    encoder = load_encoder("compact")
    windows = list(encoder.windows(write("kick.wav", kick())))
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: encoder.embed_windows(windows), range(4))
    for other in others:
        np.testing.assert_allclose(other, first, rtol=0, atol=ALONE_OR_IN_A_BATCH)


def test_missing_and_damaged_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="missing"):
        load_encoder("compact", folder=tmp_path)
    for name in module.FILES:
        (tmp_path / name).write_bytes(b"not what it should be")
    encoder = load_encoder("compact", folder=tmp_path)
    with pytest.raises(WeightsError, match="damaged"):
        encoder.load_audio()
    with pytest.raises(WeightsError, match="damaged"):
        encoder.load_text()


def test_weights_of_another_model_are_told_in_one_line(tmp_path: Path) -> None:
    for name in module.FILES:
        (tmp_path / name).write_bytes((module.FOLDER / module.FILES[1]).read_bytes())
    with pytest.raises(WeightsError, match=r"audio\.safetensors does not fit this version's model .{1,220}; install"):
        load_encoder("compact", folder=tmp_path).load_audio()


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(EncoderError, match="'tpu'"):
        load_encoder("compact", device="tpu")


def test_a_file_that_is_no_audio_is_named(compact: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "not.wav"
    path.write_text("hello")
    with pytest.raises(AudioError, match=r"not\.wav"):
        compact.embed_audio_files([path])
