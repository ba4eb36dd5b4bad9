"""The joint choice on candidates whose best combination is known."""

import itertools

import numpy as np
import pytest

from soundpalette.core.palette import Candidate, Member, Slot, choose
from soundpalette.core.palette.build import _Problem
from tests.core.palette.values import HIGH, LOW, SUB, member, traits


def slot(role: str, *members: Member, locked: bool = False) -> Slot:
    """Scores fall by 0.01 a candidate, so that the first matches best."""
    candidates = (Candidate(m.name, m, 0.3 - i / 100) for i, m in enumerate(members))
    return Slot(role, tuple(candidates), 0.0, locked)


def names(picks: tuple[object, ...]) -> list[str]:
    return [pick.chosen.sample_id for pick in picks]  # type: ignore[attr-defined]


FILLERS = [member(f"filler {i}", traits(60 + 17 * i % 90, "F# major", bands=LOW), 150 + i, 3.0) for i in range(6)]


def test_a_slightly_worse_match_in_tempo_and_key_is_taken() -> None:
    off = member("off", traits(110, "B major", role="bass", bands=SUB), 10, 4.0)
    right = member("right", traits(126, "A minor", role="bass", bands=SUB), 15, 4.0)
    picks = choose([slot("bass", off, right, *FILLERS)], 126, "A minor")
    assert names(picks) == ["right"]
    assert picks[0].why.startswith("match 2 of 8; 126 BPM; A minor; ")
    assert "beats the best match in" in picks[0].why


def test_without_a_target_the_sounds_agree_among_themselves() -> None:
    loops = slot("drum loop", member("loop 140", traits(140, role="drum loop", bands=HIGH), 0, 2.0))
    bass = slot(
        "bass",
        member("bass 126", traits(126, role="bass", bands=SUB), 5, 4.0),
        member("bass 70", traits(70, role="bass", bands=SUB), 6, 4.0),
        *FILLERS,
    )
    assert names(choose([loops, bass])) == ["loop 140", "bass 70"]


def test_the_best_match_is_taken_where_all_fit() -> None:
    kicks = [member(f"kick {i}", traits(role="kick", bands=SUB), i, 0.3 * 2**i) for i in range(4)]
    hats = [member(f"hat {i}", traits(role="hi-hat", bands=HIGH), i, 0.1 * 2**i) for i in range(4)]
    picks = choose([slot("kick", *kicks), slot("hi-hat", *hats)])
    assert names(picks) == ["kick 0", "hat 0"]
    assert picks[0].why == "match 1 of 4; alone in the sub band"
    assert [c.sample_id for c in picks[0].alternatives] == ["kick 1", "kick 2"]


def test_a_locked_sample_stays_and_the_others_follow_it() -> None:
    kept = slot("chord", member("kept", traits(126, "F# major", role="chord"), 40, 4.0), locked=True)
    bass = slot(
        "bass",
        member("A minor bass", traits(126, "A minor", role="bass", bands=SUB), 10, 4.0),
        member("F# bass", traits(126, "F# major", role="bass", bands=SUB), 12, 4.0),
        *FILLERS,
    )
    picks = choose([kept, bass], 126)
    assert names(picks) == ["kept", "F# bass"]
    assert (picks[0].why, picks[0].alternatives) == ("locked", ())


def test_near_duplicates_never_stand_together_nor_as_alternatives() -> None:
    same = [member(f"same {i}", traits(role="percussion"), 0.1 * i, 1.0) for i in range(3)]
    other = [member(f"other {i}", traits(role="percussion"), 40 + 15 * i, 1.0) for i in range(3)]
    picks = choose([slot("percussion", *same, *other), slot("percussion", *same, *other)])
    taken = names(picks)
    assert sum(name.startswith("same") for name in taken) <= 1
    for pick in picks:
        shown = [pick.chosen.sample_id, *(c.sample_id for c in pick.alternatives)]
        assert sum(name.startswith("same") for name in shown) <= 1


def random_slots(rng: np.random.Generator, count: int, size: int) -> list[Slot]:
    keys = ["A minor", "C major", "B major", ""]
    slots = []
    for s in range(count):
        members = []
        for i in range(size):
            vector = rng.standard_normal(8).astype(np.float32)
            sound = traits(
                float(rng.choice([0, 100, 126, 140])), str(rng.choice(keys)), bands=tuple(rng.dirichlet(np.ones(4)))
            )
            members.append(Member(f"{s}.{i}", vector / np.linalg.norm(vector), float(rng.uniform(0.2, 4)), sound))
        scores = sorted(rng.normal(0.1, 0.05, size).tolist(), reverse=True)
        slots.append(Slot("", tuple(Candidate(m.name, m, x) for m, x in zip(members, scores, strict=True)), 0.0))
    return slots


@pytest.mark.parametrize("seed", range(12))
def test_the_search_finds_the_best_of_all_combinations(seed: int) -> None:
    slots = random_slots(np.random.default_rng(seed), 4, 5)
    problem = _Problem(slots, 126, "A minor", (), 0.6)

    def worth(taken: tuple[int, ...]) -> float:
        pairs = sum(problem.pair[a, b] for a, b in itertools.combinations(taken, 2))
        return float(problem.own[list(taken)].sum() + pairs)

    best = max(itertools.product(*problem.ranges), key=worth)
    assert worth(tuple(problem.settle(problem.beam()))) == pytest.approx(worth(best))


def test_the_same_slots_give_the_same_palette() -> None:
    slots = random_slots(np.random.default_rng(99), 8, 24)
    assert names(choose(slots, 126, "A minor")) == names(choose(slots, 126, "A minor"))


def test_no_slots_make_no_palette() -> None:
    assert choose([]) == ()
