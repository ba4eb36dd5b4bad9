"""Names as sample vendors write them, what they tell, and what they must not be taken to tell."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.music.clues import Clues
from soundpalette.core.music.lexicon import said_in
from soundpalette.core.music.names import from_name, from_text
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.music.words import load_vocabulary

ANY = "?"
Row = tuple[str, float | None, str | None, str | None, str | None, str | None]
"""The path, and its tempo, key, root, kind ("?": not looked at) and role ("?": not looked at)."""

VENDORS: list[Row] = [
    # one bpm, one key, set apart by underscores (Splice and its labels)
    ("NBL_124_bass_loop_deep_Am.wav", 124, "A minor", None, "loop", "bass"),
    ("OS_VLT_128_synth_loop_rise_F#min.wav", 128, "F# minor", None, "loop", ANY),
    ("KYO_140_vocal_hook_loop_Cmin.wav", 140, "C minor", None, "loop", "vocal"),
    ("SLK_85_melody_loop_dusty_keys_Gmaj.wav", 85, "G major", None, "loop", "keys"),
    ("DRV_174_drum_loop_full_roller.wav", 174, None, None, "loop", "drum loop"),
    ("PLM_100_guitar_loop_sunset_Dbmaj.wav", 100, "C# major", None, "loop", "guitar"),
    ("TKN_126_top_loop_shuffle.wav", 126, None, None, "loop", "drum loop"),
    ("VLV_95_keys_chords_loop_Ebmin.wav", 95, "D# minor", None, "loop", "chord"),
    ("MRK_120_perc_loop_conga.wav", 120, None, None, "loop", "percussion"),
    ("HZE_150_pluck_loop_icy_G#min.wav", 150, "G# minor", None, "loop", "pluck"),
    ("RST_kick_808_C.wav", None, None, "C", None, "kick"),
    ("RST_808_glide_F#.wav", None, None, "F#", None, ANY),
    ("RST_bass_one_shot_sub_G.wav", None, None, "G", "one-shot", "bass"),
    ("GLW_synth_one_shot_stab_Am.wav", None, "A minor", None, "one-shot", "chord"),
    ("GLW_pad_one_shot_warm_D#min.wav", None, "D# minor", None, "one-shot", "pad"),
    ("GLW_snare_one_shot_tight_A#.wav", None, None, "A#", "one-shot", "snare"),
    # bpm spelled out
    ("Shimmer_124bpm_Am.wav", 124, "A minor", None, None, None),
    ("Shimmer 124 BPM Am.wav", 124, "A minor", None, None, None),
    ("Shimmer - 124BPM - A Minor.wav", 124, "A minor", None, None, None),
    ("124bpm_Shimmer.wav", 124, None, None, None, None),
    ("BPM124 Shimmer.wav", 124, None, None, None, None),
    ("BPM_124_Shimmer.wav", 124, None, None, None, None),
    ("Shimmer (124 bpm).wav", 124, None, None, None, None),
    ("Shimmer [124bpm] [Gmin].wav", 124, "G minor", None, None, None),
    ("Shimmer 87.5 bpm.wav", 87.5, None, None, None, None),
    ("Shimmer 87,5bpm.wav", 87.5, None, None, None, None),
    ("Tempo 96 Shimmer.wav", 96, None, None, None, None),
    ("shimmer_tempo120.wav", 120, None, None, None, None),
    ("Shimmer@128bpm.wav", 128, None, None, None, None),
    ("Slow Breath 42 BPM.wav", 42, None, None, None, None),
    ("Speedcore 240bpm Kick Loop.wav", 240, None, None, "loop", "kick"),
    ("120bpmAm_Shimmer.wav", 120, "A minor", None, None, None),
    ("Am120bpm_Shimmer.wav", 120, "A minor", None, None, None),
    ("Shimmer_Fmin128.wav", 128, "F minor", None, None, None),
    ("Shimmer_128Fmin.wav", 128, "F minor", None, None, None),
    ("loop124bpm.wav", 124, None, None, "loop", None),
    # Loopmasters and the like: label, number, tempo, key
    ("DHP_124_A_Bass_Loop_01.wav", 124, None, "A", "loop", "bass"),
    ("TH2_125_Gm_Chord_Loop_03.wav", 125, "G minor", None, "loop", "chord"),
    ("LMT_Drum_Loop_01_128.wav", 128, None, None, "loop", "drum loop"),
    ("ZN_Full_Drum_Loop_124_BPM_07.wav", 124, None, None, "loop", "drum loop"),
    ("FNK_110_Em_Guitar_12.wav", 110, "E minor", None, None, "guitar"),
    ("FNK_110_E_Guitar_Riff_Loop.wav", 110, None, None, "loop", "guitar"),
    ("MIN_Synth_Loop_126_Cm.wav", 126, "C minor", None, "loop", None),
    ("MIN_SynthLoop_126_C#m_09.wav", 126, "C# minor", None, "loop", None),
    ("DnB Drums/170_Break_Rusty_02.wav", 170, None, None, "loop", "drum loop"),
    ("Jungle/170 Break Rusty.wav", 170, None, None, "loop", "drum loop"),
    ("RG_092_Dm_Skank_Guitar.wav", None, "D minor", None, None, "guitar"),
    ("RG_92_Dm_Skank_Guitar.wav", 92, "D minor", None, None, "guitar"),
    ("BassLoop_130_Bbm.wav", 130, "A# minor", None, "loop", "bass"),
    ("TechHouseBassLoop128Am.wav", 128, "A minor", None, "loop", "bass"),
    ("Loop_128_Fmin.wav", 128, "F minor", None, "loop", None),
    ("Loop_128_C.wav", 128, None, "C", "loop", None),
    ("Music Loop 01 - 122bpm - Emin.wav", 122, "E minor", None, "loop", None),
    # Cymatics and the like: dashes
    ("Vapor - Melody Loop 3 - 140 BPM C# Min.wav", 140, "C# minor", None, "loop", "lead"),
    ("Vapor - Melody Loop 12 - 160 BPM D Maj.wav", 160, "D major", None, "loop", "lead"),
    ("Vapor - Kick 4 - C.wav", None, None, "C", None, "kick"),
    ("Vapor - Kick 4 - D#.wav", None, None, "D#", None, "kick"),
    ("Vapor - Snare 9 (F#).wav", None, None, "F#", None, "snare"),
    ("Vapor - Snare 9 (D).wav", None, None, "D", None, "snare"),
    ("Vapor - 808 Boomer (G).wav", None, None, "G", None, None),
    ("Vapor - Clap 2 - Bb.wav", None, None, "A#", None, "clap"),
    ("Vapor - Hihat - Closed 5.wav", None, None, None, None, "hi-hat"),
    ("Vapor - Drum Loop 7 - 150 BPM.wav", 150, None, None, "loop", "drum loop"),
    ("Vapor - Hihat Loop 7 - 150 BPM.wav", 150, None, None, "loop", "hi-hat"),
    ("Vapor - Vocal Chop 3 - 140 BPM F Min.wav", 140, "F minor", None, None, "vocal"),
    ("Vapor - Reese Bass - C.wav", None, None, "C", None, "bass"),
    ("Vapor - Lead One Shot - Pierce - F.wav", None, None, "F", "one-shot", "lead"),
    ("Vapor - Top Loop 3 - 128 BPM.wav", 128, None, None, "loop", "drum loop"),
    ("Vapor - Riser 3 - 128 BPM.wav", 128, None, None, None, "fx"),
    ("Vapor - Crash 3.wav", None, None, None, None, "cymbal"),
    # Native Instruments: brackets and words
    ("Kick Astral 2.wav", None, None, None, None, "kick"),
    ("Bass Loop[124] Am Astral.wav", 124, "A minor", None, "loop", "bass"),
    ("Loops/Drums/Drums[126] Astral 1.wav", 126, None, None, "loop", "drum loop"),
    ("Loops/Synth[126] Dm Astral 1.wav", 126, "D minor", None, "loop", None),
    ("Snare Astral 1.wav", None, None, None, None, "snare"),
    ("ClosedHH Astral 1.wav", None, None, None, None, "hi-hat"),
    ("OpenHH Astral 1.wav", None, None, None, None, "hi-hat"),
    ("Shaker Astral.wav", None, None, None, None, "percussion"),
    ("Synth Stab Astral C.wav", None, None, "C", None, "chord"),
    ("Vocal Astral F#.wav", None, None, "F#", None, "vocal"),
    # Samples From Mars and other machine packs
    ("909 From Space/BD/BD 909 Clean 01.wav", None, None, None, None, "kick"),
    ("808 From Space/SD/SD 808 Color Snappy 7.wav", None, None, None, None, "snare"),
    ("606/CH 606 Sat.wav", None, None, None, None, "hi-hat"),
    ("606/OH 606 Sat.wav", None, None, None, None, "hi-hat"),
    ("707/CP 707.wav", None, None, None, None, "clap"),
    ("TR-606/LT_606_Clean.wav", None, None, None, None, "tom"),
    ("MPC60/Rim MPC60 03.wav", None, None, None, None, "percussion"),
    ("DMX/DMX_CYM_03.wav", None, None, None, None, "cymbal"),
    ("Juno/Juno 106 Pad C3.wav", None, None, "C3", None, "pad"),
    ("SH-101/SH101_Bass_F#1.wav", None, None, "F#1", None, "bass"),
    ("MS20/MS20 Lead A#2.wav", None, None, "A#2", None, "lead"),
    ("Prophet/Prophet 5 Strings Eb4.wav", None, None, "D#4", None, "strings"),
    # Vengeance and other numbered packs
    ("VEH1 Hard Kick 001.wav", None, None, None, None, "kick"),
    ("VEH1 Claps 054.wav", None, None, None, None, "clap"),
    ("VEH1 Closed Hihat 102.wav", None, None, None, None, "hi-hat"),
    ("VEC3 Bassdrums Hard 120.wav", None, None, None, None, "kick"),
    ("VEC3 Snares 128.wav", None, None, None, None, "snare"),
    ("VEC3 Cymbals Crash 12.wav", None, None, None, None, "cymbal"),
    ("VEE Loops/VEE Drumloop 128 BPM 031.wav", 128, None, None, "loop", "drum loop"),
    ("VES2 Bass Multi 045 C.wav", None, None, "C", None, "bass"),
    # Ableton and Apple
    ("Drum Loops/Breakbeat Dusty 98 bpm.wav", 98, None, None, "loop", "drum loop"),
    ("Ambient & Evolving/Guitar-Ambient-Em-92.wav", 92, "E minor", None, None, "guitar"),
    ("Kick-808-Long.aif", None, None, None, None, "kick"),
    ("Hihat-Closed-Vinyl.aif", None, None, None, None, "hi-hat"),
    ("Tom-Floor-Deep.aif", None, None, None, None, "tom"),
    ("Percussion/Cowbell 808.aif", None, None, None, None, "percussion"),
    ("Apple Loops/Deep Electric Piano 03.caf", None, None, None, "loop", "keys"),
    ("Apple Loops/80s Dance Bass Synth 08.aif", None, None, None, "loop", "bass"),
    # multisamples
    ("Grand Piano/Piano_C3_mf.wav", None, None, "C3", None, "keys"),
    ("Grand Piano/Piano_C#3_ff_rr2.wav", None, None, "C#3", None, "keys"),
    ("Grand Piano/Piano Ab4 v100.wav", None, None, "G#4", None, "keys"),
    ("Rhodes/rhodes_bb2_soft.wav", None, None, "A#2", None, "keys"),
    ("Rhodes/rhodes_c3.wav", None, None, "C3", None, "keys"),
    ("Marimba/Marimba-F5.wav", None, None, "F5", None, "keys"),
    ("Strings/Cello_Sus_G2.wav", None, None, "G2", None, "strings"),
    ("Choir/Choir Aah D4.wav", None, None, "D4", None, "vocal"),
    ("Bass/Upright_E1_pluck.wav", None, None, "E1", None, "pluck"),
    ("C3_Flute.wav", None, None, "C3", None, "wind"),
    # folders tell
    ("Drum Loops/120/Rolling.wav", 120, None, None, "loop", "drum loop"),
    ("Loops/128 BPM/Rolling.wav", 128, None, None, "loop", None),
    ("128 BPM/Kick.wav", 128, None, None, None, "kick"),
    ("120 Loops/Rolling.wav", 120, None, None, "loop", None),
    ("Melodies/Key of D minor/Rolling.wav", None, "D minor", None, None, "lead"),
    ("Bass/F# minor/Rolling 128bpm.wav", 128, "F# minor", None, None, "bass"),
    ("Am/124 BPM/Pads/Rolling.wav", 124, "A minor", None, None, "pad"),
    ("124 BPM/Rolling 90bpm.wav", 90, None, None, None, None),
    ("Am/Rolling_Cm.wav", None, "C minor", None, None, None),
    ("One Shots/Kicks/Round.wav", None, None, None, "one-shot", "kick"),
    ("Drum Hits/Snares/Round.wav", None, None, None, "one-shot", "snare"),
    ("Loops & One Shots/Bass/Round.wav", None, None, None, None, "bass"),
    ("Techno/Round.wav", None, None, None, None, None),
    ("Synths/Pads & Leads/Round.wav", None, None, None, None, None),
    ("FX/Risers/Round.wav", None, None, None, None, "fx"),
    ("Foley/Round.wav", None, None, None, None, "texture"),
    ("C:\\Samples\\Drum Loops\\126\\Round.wav", 126, None, None, "loop", "drum loop"),
    # Camelot codes
    ("Rolling_124bpm_8A.wav", 124, "A minor", None, None, None),
    ("8A - 124 - Rolling.wav", 124, "A minor", None, None, None),
    ("Bass_Loop_126_12B.wav", 126, "E major", None, "loop", "bass"),
    ("Rolling Key 5A.wav", None, "C minor", None, None, None),
    # keys in all their spellings
    ("Rolling_Aminor_Pad.wav", None, "A minor", None, None, "pad"),
    ("Rolling A_minor.wav", None, "A minor", None, None, None),
    ("Rolling A-Minor.wav", None, "A minor", None, None, None),
    ("rolling_a_minor_120bpm.wav", 120, "A minor", None, None, None),
    ("rolling_120bpm_am.wav", 120, "A minor", None, None, None),
    ("rolling_c#m_loop.wav", None, "C# minor", None, "loop", None),
    ("rolling_cmaj_loop.wav", None, "C major", None, "loop", None),
    ("Rolling F Sharp Minor.wav", None, "F# minor", None, None, None),
    ("Rolling B Flat Major.wav", None, "A# major", None, None, None),
    ("Rolling F♯ minor.wav", None, "F# minor", None, None, None),
    ("Rolling B♭maj.wav", None, "A# major", None, None, None),
    ("Rolling GMIN.wav", None, "G minor", None, None, None),
    ("Rolling Eb Minor 128.wav", 128, "D# minor", None, None, None),
    ("Rolling Fm Loop.wav", None, "F minor", None, "loop", None),
    ("128_Fm_Bass_Loop.wav", 128, "F minor", None, "loop", "bass"),
    ("Rolling Key of C.wav", None, None, "C", None, None),
    # chords
    ("Stab_Cmaj7.wav", None, "C major", "C", None, "chord"),
    ("Am9 chord.wav", None, "A minor", "A", None, "chord"),
    ("Rhodes Chord F#m7.wav", None, "F# minor", "F#", None, "chord"),
    ("Rhodes_Gsus4.wav", None, None, "G", None, "keys"),
    ("Chord Bdim.wav", None, None, "B", None, "chord"),
    ("Chord_Loop_120_Dm_Dm7.wav", 120, "D minor", "D", "loop", "chord"),
    # names of our own and of live coders
    ("bd_haus.flac", None, None, None, None, "kick"),
    ("sn_dolf.flac", None, None, None, None, "snare"),
    ("loop_amen_full.flac", None, None, None, "loop", "drum loop"),
    ("ambi_choir.flac", None, None, None, None, "vocal"),
    ("perc_snap2.flac", None, None, None, None, "percussion"),
    ("tbd_highkey_c4.flac", None, None, None, None, None),
    ("vinyl_hiss.flac", None, None, None, None, "texture"),
    ("Kick & Snare & Hat Loop 120bpm.wav", 120, None, None, "loop", "drum loop"),
    ("Reese Bass - House Loop 2.wav", None, None, None, "loop", "bass"),
    ("Bass House/Round.wav", None, None, None, None, None),
    ("Splice/SO_TR_140_bass_loop_Dmin.wav", 140, "D minor", None, "loop", "bass"),
    ("oh2_perc_loop_118_01.wav", 118, None, None, "loop", "percussion"),
    ("Sweep Down 16 Beats 126bpm.wav", 126, None, None, None, "fx"),
    ("Chords 5 [Bbmin 140].wav", 140, "A# minor", None, None, "chord"),
    ("PTL 125 A# Bass.wav", None, None, "A#", None, "bass"),
    ("Gtr_Em7_Strum_100bpm.wav", 100, "E minor", "E", None, "guitar"),
    ("TB303_Loop_130_A.wav", 130, None, "A", "loop", None),
    ("Timpani_Roll_D2.wav", None, None, "D2", None, "percussion"),
    ("Vocal Pad Airy.wav", None, None, None, None, "pad"),
    ("Pad Vocal Airy.wav", None, None, None, None, "vocal"),
    ("Bass Drum Soft.wav", None, None, None, None, "kick"),
    ("Drum Loop 120bpm No Kick.wav", 120, None, None, "loop", "drum loop"),
    ("Drum & Bass/Reece 174bpm F.wav", 174, None, "F", None, None),
    ("Future Bass/Chords 150bpm Gmaj.wav", 150, "G major", None, None, "chord"),
    ("Ka\u0301tka 120 BPM Gm\u202e.wav", 120, "G minor", None, None, None),
]

TRAPS: list[str] = [
    "808.wav",
    "x909.wav",
    "909.wav",
    "707 Kit.wav",
    "TR-606.wav",
    "TR-808 Kick.wav",
    "BD_027b.wav",
    "2020 riser.wav",
    "C4rbon.wav",
    "A440.wav",
    "A 440 Hz Tone.wav",
    "Am I.wav",
    "I Am Legend.wav",
    "Who Am I Vocal.wav",
    "Be mine.wav",
    "Add9.wav",
    "Badly Bent.wav",
    "Sine 100Hz.wav",
    "Sine 100 Hz Loop.wav",
    "SH-101 Loop.wav",
    "SH 101 Bass Loop.wav",
    "Juno 60 Loop.wav",
    "Juno-106 Pad Loop.wav",
    "MPC 60 Beat Loop.wav",
    "Hammond B3.wav",
    "Hammond C3 Loop.wav",
    "E-Piano Soft.wav",
    "E Bass Loop.wav",
    "G-Funk Lead.wav",
    "A Capella Hook.wav",
    "D&B Break.wav",
    "Side A.wav",
    "Loop B.wav",
    "Loop A1.wav",
    "Take 120.wav",
    "Kick 120.wav",
    "Snare 128.wav",
    "VEC1 Kick 100.wav",
    "Kick_2a.wav",
    "Kick 1A.wav",
    "Bass 2B.wav",
    "Vol 100 Loops.wav",
    "Loop Vol. 120.wav",
    "Drum Loop 007.wav",
    "Drum Loop 64 bars.wav",
    "Loop 120-125 BPM.wav",
    "Loop 90bpm 120bpm.wav",
    "Loop 9999bpm.wav",
    "Loop 0bpm.wav",
    "Loop 12 BPM.wav",
    "Track 99 Loop 2.wav",
    "80s Loop.wav",
    "1999 Loop.wav",
    "24bit 96 kHz Loop.wav",
    "3 Am Vibes.wav",
    "Wake Up 6 AM.wav",
    "FM Bass Loop.wav",
    "Fm Bell.wav",
    "fm_bass.wav",
    "In a minor way.wav",
    "Kick -6 Db.wav",
    "Snare B.wav",
    "Snare B2.wav",
    "Perc A1.wav",
    "snare_g.wav",
    "Level 42 Bass Loop.wav",
    "Fairlight/ARR1.wav",
    "Conga 2-3 120.wav",
    "Big Room/Kick 128.wav",
    "Clap A 2.wav",
    "A Kick.wav",
    "A New Day Pad.wav",
    "B-Boy Break.wav",
    "Gm7x.wav",
    "Cm Am Fm Gm.wav",
    "H minor.wav",
    "Dorian run.wav",
    "Mix 120 Studio.wav",
    "Studio 54 Loop.wav",
    "Route 66 Loop.wav",
    "Area 51 Loop.wav",
    "Loop 202.wav",
    "IMG_0128.wav",
    "2021-03-14 idea b.wav",
    "7f3a9c01.wav",
    "Untitled-6.wav",
    "120/kick.wav",
    "Vol 128/Kick.wav",
    "C/Kick.wav",
    "",
    ".wav",
    "///",
]


def test_there_are_as_many_patterns_as_promised() -> None:
    assert len({row[0] for row in VENDORS}) >= 150
    assert len(set(TRAPS)) >= 40


@pytest.mark.parametrize("row", VENDORS, ids=lambda row: str(row[0]))
def test_a_name_tells_what_its_maker_wrote(row: Row) -> None:
    path, bpm, key, root, kind, role = row
    clues = from_name(path)
    assert (clues.bpm, clues.key, clues.root) == (bpm, key, root)
    assert kind in (ANY, clues.kind)
    assert role in (ANY, clues.role)


@pytest.mark.parametrize("path", TRAPS)
def test_nothing_is_invented(path: str) -> None:
    clues = from_name(path)
    assert (clues.bpm, clues.key, clues.root, clues.beats) == (None, None, None, None)


@pytest.mark.parametrize(
    ("path", "genre"),
    [
        ("Techno/Kick.wav", "techno"),
        ("Deep House/Bass.wav", "deep house"),
        ("Tech House Essentials/Kick.wav", "tech house"),
        ("Trap Snare 3.wav", "trap"),
        ("Drum & Bass/Break.wav", "drum and bass"),
        ("DnB_Break.wav", "drum and bass"),
        ("Drum n Bass/x.wav", "drum and bass"),
        ("HipHop/x.wav", "hip hop"),
        ("Boom Bap Drums/x.wav", "hip hop"),
        ("Lo-Fi/x.wav", "lo-fi"),
        ("R&B Keys/x.wav", "r&b"),
        ("Future Bass/x.wav", "future bass"),
        ("Ambient/x.wav", "ambient"),
        ("Dubstep/House Stab.wav", "house"),
        ("Loopmasters/Garage Band/x.wav", None),
        ("Metal Hit.wav", None),
    ],
)
def test_genre_is_the_nearest_that_is_named(path: str, genre: str | None) -> None:
    assert from_name(path).genre == genre


def test_tags_are_words_of_the_vocabulary_in_the_names_order() -> None:
    assert from_name("Dark Techno/Warm Distorted Reese Bass 808 Long.wav").tags == (
        "warm", "distorted", "reese bass", "808", "long", "dark",
    )  # fmt: skip
    assert from_name("Deep House/Kick.wav").tags == ()


def test_at_most_eight_tags_are_told() -> None:
    assert len(from_name("dark bright warm mellow crisp muffled dull thin airy noisy.wav").tags) == 8


def test_only_three_folders_are_read() -> None:
    assert from_name("128 BPM/a/b/x.wav").bpm == 128
    assert from_name("128 BPM/a/b/c/x.wav").bpm is None


def test_a_path_object_is_as_good_as_text() -> None:
    assert from_name(Path("Techno") / "Kick_124bpm.wav") == from_name("Techno/Kick_124bpm.wav")


def test_a_makers_name_is_no_loop() -> None:
    assert from_name("Loopmasters/Kick 100.wav") == Clues(role="kick")


def test_text_beyond_400_characters_is_not_looked_at() -> None:
    assert from_name("Shimmer 124bpm " + "x" * 10_000).bpm == 124
    assert from_name("x" * 10_000 + " 124bpm.wav").bpm is None


@pytest.mark.parametrize(
    "word", ["a", "Am", "1", "120", "bpm", "C#", "8A", "loop ", "Am ", "_", "-", "#", ".", "drum ", "ﷺ", "120 "]
)
def test_ten_thousand_of_anything_are_read(word: str) -> None:
    sane(from_name(word * 10_000))
    sane(from_name(f"{word}/" * 10_000))


@settings(deadline=None)
@given(st.text(max_size=600) | st.text("ABCDEFGabm#0123456789 _-./bpmloopkey", max_size=600))
def test_any_name_gives_clues_that_make_sense(name: str) -> None:
    sane(from_name(name))
    sane(from_text(name))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=200).map(lambda text: (text * 10_000)[:10_000]))
def test_a_name_of_10_000_characters_gives_clues_that_make_sense(name: str) -> None:
    sane(from_name(name))


def test_a_comment_tells_tempo_and_key() -> None:
    assert from_text("Recorded live, 128 BPM, key: A minor") == Clues(bpm=128, key="A minor")
    assert from_text("Copyright 2020, take 120, loop") == Clues()


def test_a_tag_names_a_genre_of_the_vocabulary() -> None:
    assert [said_in(text).genres for text in ("Drum & Bass", "Hip-Hop", "Other", "")] == [
        ("drum and bass",),
        ("hip hop",),
        (),
        (),
    ]


def sane(clues: Clues) -> None:
    """Whatever came, the clues are of the forms that they promise."""
    assert clues.bpm is None or 30 <= clues.bpm <= 300
    assert clues.key is None or clues.key.split()[0] in PITCH_CLASSES
    assert clues.root is None or clues.root.rstrip("0123456789-") in PITCH_CLASSES
    assert clues.kind in (None, "loop", "one-shot")
    assert clues.role is None or clues.role in load_vocabulary().roles
    assert all(tag in load_vocabulary().words for tag in clues.tags)
    assert len(clues.tags) <= 8
