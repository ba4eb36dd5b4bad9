"""Balance, thin bands, and who fights for a band."""

import pytest

from soundpalette.core.palette import spectrum
from tests.core.palette.values import HIGH, LOW, MID, SUB, member, traits


def test_balance_is_weighed_by_loudness() -> None:
    loud, quiet = traits(bands=SUB, loudness_lufs=-10.0), traits(bands=HIGH, loudness_lufs=-20.0)
    assert spectrum.balance([loud, quiet]) == pytest.approx((10 / 11, 0, 0, 1 / 11))


def test_silence_has_no_balance() -> None:
    assert spectrum.balance([traits(bands=(0.0, 0.0, 0.0, 0.0), loudness_lufs=-120.0)]) == (0, 0, 0, 0)


def test_bands_that_hold_next_to_nothing_are_thin() -> None:
    assert spectrum.thin_bands((0.6, 0.4, 0.0, 0.001)) == ("mid", "high")
    assert spectrum.thin_bands((0.4, 0.3, 0.29, 0.01)) == ()


def test_a_kick_and_a_sub_bass_of_one_level_fight_for_the_sub() -> None:
    kick = member("kick", traits(bands=(0.8, 0.15, 0.05, 0.0)))
    bass = member("bass", traits(bands=(0.7, 0.3, 0.0, 0.0)))
    hat = member("hat", traits(bands=HIGH))
    (fight,) = spectrum.fights([kick, hat, bass])
    assert (fight.first, fight.second, fight.band) == (0, 2, "sub")
    assert fight.overlap == pytest.approx(0.85)


def test_a_much_quieter_sound_and_a_spread_one_fight_nobody() -> None:
    pad = member("pad", traits(bands=MID))
    behind = member("behind", traits(bands=MID, loudness_lufs=-30.0))
    spread = member("spread", traits(bands=(0.25, 0.25, 0.25, 0.25)))
    assert spectrum.fights([pad, behind, spread, member("low", traits(bands=LOW))]) == ()


def test_the_closest_fight_comes_first() -> None:
    sounds = [member(str(share), traits(bands=(0.0, 1 - share, share, 0.0))) for share in (0.6, 1.0, 0.9)]
    assert [(f.first, f.second) for f in spectrum.fights(sounds)] == [(1, 2), (0, 2)]
