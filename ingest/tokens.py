"""The token vectors of each briefing, in one file each beside the store: derived, and made again where missing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int8]


class TokenFiles:
    """Token matrices, one file a stored briefing, named folder/key; files are mapped into memory, not read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mapped: dict[str, list[Tokens]] = {}

    def write(self, name: str, matrices: Sequence[Tokens]) -> None:
        """Keep one matrix (tokens, dimension) for each sentence."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.save(file, np.cumsum([len(matrix) for matrix in matrices]))
            np.save(file, np.concatenate(matrices))
        unfinished.replace(path)

    def read(self, name: str, sentences: int) -> list[Tokens] | None:
        """The matrices of all sentences; None where the file is missing, damaged or of another number of sentences."""
        if name not in self._mapped:
            try:
                self._mapped[name] = _map(self._path(name))
            except (EOFError, OSError, ValueError):
                return None
        return self._mapped[name] if len(self._mapped[name]) == sentences else None

    def delete(self, name: str) -> None:
        """Forget a briefing."""
        self._mapped.pop(name, None)
        self._path(name).unlink(missing_ok=True)

    def keep_only(self, folder: str, keys: set[str]) -> None:
        """Delete all files but those of these briefings in this folder."""
        for path in self._folder.glob("*/*"):
            if path.parent.name != folder or path.suffix != ".npy" or path.stem not in keys:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"


def _map(path: Path) -> list[Tokens]:
    with path.open("rb") as file:
        ends = np.load(file)
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("not written by np.save")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        matrix: Tokens = np.memmap(path, dtype=dtype, mode="r", offset=file.tell(), shape=shape)
    if ends[-1] != len(matrix):
        raise ValueError("token vectors are missing")
    return np.split(matrix, ends[:-1])
