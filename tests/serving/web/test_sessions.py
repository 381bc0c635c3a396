"""Memory is bounded: by visitors, bytes and time; the visitor being answered is never dropped."""

import numpy as np
import pytest

from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.serving.encoded_person import from_picture, to_png
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Sample, Sessions, Subject


def _subject(size: int = 0) -> Subject:
    labels = np.zeros((1, 1), np.uint8)
    return Subject(bytes(size), (1, 1), labels, labels > 0, np.zeros((18, 3), np.float32))


def test_what_is_painted_over_is_not_carried_any_more() -> None:
    """Of five pixels: background, carried, carried and corrected to a top, carried and erased, erased."""
    labels, ones = np.array([[0, 0, 5, 0, 0]], np.uint8), np.array([[0, 1, 1, 1, 0]], bool)
    erased = np.array([[0, 0, 0, 1, 1]], bool)
    photo = to_png(np.zeros((1, 5, 3), np.uint8))
    subject = Subject(photo, (1, 5), labels, erased, np.zeros((18, 3), np.float32), carried=ones)
    wanted = [False, True, False, False, False]
    assert subject.person("top").carried.tolist() == [wanted]
    sent = subject.encoded("top")
    assert CIHP20.carried(from_picture(sent.parsing)).tolist() == [wanted]
    np.testing.assert_array_equal(CIHP20.table()[from_picture(sent.parsing)], subject.labels_for("top"))
    assert subject.bytes == len(photo) + 3 * labels.size


def _alive(sessions: Sessions, keys: list[str]) -> list[bool]:
    return [key in sessions._kept for key in keys]


def test_the_longest_idle_goes_first() -> None:
    sessions = Sessions(number=2)
    keys = [sessions.open(None)[0] for _ in range(2)]
    sessions.open(keys[0])
    keys.append(sessions.open(None)[0])
    sessions.sweep()
    assert _alive(sessions, keys) == [True, False, True]


def test_bytes_are_bounded() -> None:
    sessions = Sessions(memory=250)
    keys = []
    for _ in range(3):
        key, session = sessions.open(None)
        session.add_person(_subject(100))
        keys.append(key)
    sessions.sweep()
    assert _alive(sessions, keys) == [False, True, True]
    sessions.find(keys[2]).add_person(_subject(1000))
    sessions.sweep()
    assert _alive(sessions, keys) == [False, False, True], "the one that is being answered stays"


def test_idle_visitors_are_forgotten() -> None:
    now = [0.0]
    sessions = Sessions(idle=10, clock=lambda: now[0])
    key, _ = sessions.open(None)
    now[0] = 9
    sessions.find(key)
    now[0] = 18
    sessions.find(key)
    now[0] = 29
    with pytest.raises(RefusedError, match="photo-gone"):
        sessions.find(key)
    assert len(sessions) == 0


def test_who_is_forgotten_is_told_apart_from_who_is_displaced() -> None:
    sessions = Sessions(number=1)
    key, displaced = sessions.open(None)
    other, forgotten = sessions.open(None)
    sessions.sweep()
    sessions.forget(other)
    assert sessions.known(key) is sessions.known(other) is sessions.known(None) is None
    assert (displaced.forgotten, forgotten.forgotten) == (False, True)


def test_no_visitor_chooses_a_key() -> None:
    sessions = Sessions()
    assert sessions.open("mine")[0] != "mine"


def test_people_and_results_are_bounded_by_last_use() -> None:
    _, session = Sessions(people=2, samples=2).open(None)
    first, second = session.add_person(_subject()), session.add_person(_subject())
    session.person(first)
    session.add_person(_subject())
    assert session.person(first)
    with pytest.raises(RefusedError, match="photo-gone"):
        session.person(second)
    keys = [session.add_sample(Sample("top", {}, b"", b"")) for _ in range(3)]
    with pytest.raises(RefusedError, match="result-gone"):
        session.sample(keys[0])
