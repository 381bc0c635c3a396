import pytest

from tf_tryon.data.sources.outcome import Outcome
from tf_tryon.errors import BadFileError


def test_outcomes_go_through_bytes():
    for outcome in (Outcome(record=b"record"), Outcome(reason="too small", detail="3x4")):
        assert Outcome.from_bytes(outcome.to_bytes()) == outcome
    for entry in (b'-["one"]', b"-{}", b"-[1, 2]", b"-"):
        with pytest.raises(BadFileError, match="an entry of an unfinished run"):
            Outcome.from_bytes(entry)
