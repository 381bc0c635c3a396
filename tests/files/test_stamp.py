import os
from pathlib import Path

from tf_tryon.files.stamp import cache_key, stamp


def test_a_file_in_anothers_place_is_another(tmp_path: Path) -> None:
    """Even of the same length and time."""
    first, second = tmp_path / "a", tmp_path / "b"
    for path in (first, second):
        path.write_text("same")
    times = (first.stat().st_atime_ns, first.stat().st_mtime_ns)
    before = stamp(first), cache_key(first)
    second.replace(first)
    os.utime(first, ns=times)
    assert stamp(first) == before[0]
    assert cache_key(first) != before[1]
