"""Most are rejected: said once, early; missing photos don't count."""

import logging

import pytest

from tf_tryon.data.parts import Parts
from tf_tryon.data.sources.first_hundred import FirstHundred
from tf_tryon.data.sources.outcome import MISSING, Outcome


@pytest.fixture
def warnings_of(tmp_path, caplog):
    """What is said of outcomes, K: kept, r: rejected, s: for another reason, m: missing, in parts of 10."""

    def tell(outcomes):
        caplog.clear()
        parts = Parts(tmp_path / str(len(list(tmp_path.iterdir()))), {}, len(outcomes), 10)
        first = FirstHundred(parts)
        entries = {"K": Outcome(b"record"), "r": Outcome(reason="fewer than 3 garments"), "s": Outcome(reason="small"),
                   "m": Outcome(reason=MISSING)}  # fmt: skip
        with caplog.at_level(logging.WARNING, "tf_tryon"):
            for number in reversed(range(len(parts))):
                parts.write(number, (entries[outcomes[i]].to_bytes() for i in parts.entries(number)))
                first.look()
                first.look()
        return [record.getMessage() for record in caplog.records]

    return tell


def test_it_is_said_once(warnings_of):
    (text,) = warnings_of("K" * 200 + "rrs" * 20 + "K" * 40)
    assert text.startswith(
        "of the first 100 photos only 40 would be kept (rejected: 40 fewer than 3 garments, 20 small)"
    )


@pytest.mark.parametrize(
    "outcomes", ["K" * 100 + "Kr" * 50, "r" * 90, "m" * 300 + "K" * 10, "m" * 90 + "K" * 60 + "r" * 50]
)
def test_half_or_few_or_missing_is_no_news(warnings_of, outcomes):
    assert warnings_of(outcomes) == []
