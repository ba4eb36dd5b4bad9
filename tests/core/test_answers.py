"""Answers that are kept: never those of another state, never more than the bound."""

from dataclasses import replace
from typing import Final

from soundpalette.core.answers import Answer, Answers, Hit, Question, Uses
from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Sample

ASKED: Final = Question("kick", None, 1.0, 5, NO_FILTERS, NO_PREFERENCES)
HIT: Final = Hit(Sample("0" * 12, "r", "kick.wav", 1, 1, "hash", 1.0, 44100, 1), 0.5, None, "fair", 0)


def answer(told: str, hits: int = 1) -> Answer:
    return Answer((HIT,) * hits, 0, told)


def question(number: int) -> Question:
    return replace(ASKED, query=str(number))


def test_a_question_asked_again_is_answered_without_work() -> None:
    answers = Answers()
    first = answers.of("now", ASKED, lambda: answer("first"))
    assert answers.of("now", replace(ASKED), lambda: answer("second")) is first
    assert answers.uses == Uses(hits=1, misses=1)


def test_every_part_of_a_question_tells_it_from_others() -> None:
    answers = Answers()
    for number, other in enumerate((ASKED, replace(ASKED, k=6), replace(ASKED, alpha=0.5), question(1))):
        assert answers.of("now", other, lambda told=str(number): answer(told)).note == str(number)  # type: ignore[misc]


def test_nothing_of_another_state_is_told() -> None:
    answers = Answers()
    answers.of("before", ASKED, lambda: answer("old"))
    assert answers.of("after", ASKED, lambda: answer("new")).note == "new"
    assert answers.of("before", ASKED, lambda: answer("again")).note == "again"


def test_an_answer_worked_out_while_the_state_changed_is_not_kept() -> None:
    answers = Answers()

    def slow() -> Answer:
        answers.of("after", ASKED, lambda: answer("new"))
        return answer("old")

    assert answers.of("before", ASKED, slow).note == "old"
    assert answers.of("after", ASKED, lambda: answer("third")).note == "new"


def test_those_asked_for_longest_ago_make_room() -> None:
    answers = Answers(most_hits=10)
    for number in range(4):  # 3 each, with the answer itself
        answers.of("now", question(number), lambda: answer("kept", hits=2))
    assert answers.of("now", question(3), lambda: answer("made anew")).note == "kept"
    assert answers.of("now", question(0), lambda: answer("made anew")).note == "made anew"


def test_an_answer_larger_than_all_room_is_told_and_not_kept() -> None:
    answers = Answers(most_hits=10)
    assert answers.of("now", ASKED, lambda: answer("large", hits=50)).note == "large"
    assert answers.of("now", ASKED, lambda: answer("again")).note == "again"
