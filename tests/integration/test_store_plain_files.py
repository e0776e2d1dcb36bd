"""Plain files beside the store are whole at any moment, whoever writes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gridclient.store.file_faults import write_durably


def test_a_file_that_desk_and_worker_write_at_once_is_always_whole(tmp_path: Path) -> None:
    file, contents = tmp_path / "profile.json", [sign * 100_000 for sign in (b"a", b"b")]

    def write(content: bytes) -> set[bytes]:
        seen = set()
        for _ in range(20):
            write_durably(file, content)
            seen.add(file.read_bytes())
        return seen

    with ThreadPoolExecutor() as threads:
        seen = set[bytes]().union(*threads.map(write, contents))
    assert seen <= set(contents)
    assert list(tmp_path.iterdir()) == [file]
