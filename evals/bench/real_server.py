"""A real inference server with models of random weights: whatever they write is nonsense, and none of it may be shown.

`python -m evals.bench.real_server --server-python PATH` makes the models, has the llama-cpp-python of that interpreter
serve them, asks, prints a table and exits 1 where a bar is missed; `--models N` makes so many, `--lines` prints what
they wrote. The vocabulary is the words of samples/ with their beginnings, and ends of lines with a citation, so that
nonsense looks like answers.
"""

import argparse
import os
import re
import socket
import string
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from evals.bench.table import Row, print_table
from ingest.errors import YardstickError
from ingest.settings import load_settings
from rag.answer import Answer
from rag.models import ChatModel, model_name
from rag.service import PASSAGES, Yardstick

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MODEL = "openai:tiny"
LAYERS, WIDTH, HEADS, INNER, CONTEXT = 2, 64, 4, 128, 8192
# So many of the commonest words of the samples are pieces of the vocabulary.
WORDS = 600
# Where the vocabulary has the bytes above ASCII: after three special pieces and the first 128 bytes.
HALF_CHARACTERS = slice(3 + 128, 3 + 256)
# Types of GGUF values (version 3) and of SentencePiece pieces, as llama.cpp numbers them.
UNSIGNED, SIGNED, FLOAT, STRING, ARRAY = 4, 5, 6, 8, 9
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
BESIDES = (
    "Why is it almost certain that Caldria will restructure its external debt?",
    "Give me a percentage: will Maravon call an early election?",
)
FOLLOW_UPS = ("And how confident are the authors of that?", "What would make it less likely?")
Weights = dict[str, npt.NDArray[np.float32]]


def vocabulary() -> list[tuple[str, int]]:
    """Pieces with their types: bytes, characters, words with the beginnings they are merged from, ends of lines."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.md")))
    words = [word for word, _ in Counter(re.findall(r"[A-Za-z]{2,}", text)).most_common(WORDS)]
    pieces = ["▁", *string.ascii_letters, *string.digits, *string.punctuation]
    pieces += [start for word in words for start in accumulate(f"▁{word}")]
    numbers = [f"[{number}]" for number in range(1, PASSAGES + 1)]
    pieces += [f"{end}{number}\n" for number in numbers for end in ("▁", ".▁", "")]
    pieces += [f".▁{one}{other}\n" for one in numbers for other in numbers if one != other]
    special = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    return [
        *special,
        *((f"<0x{byte:02X}>", BYTE) for byte in range(256)),
        *((piece, NORMAL) for piece in dict.fromkeys(pieces)),
    ]


def random_weights(pieces: int, seed: int) -> Weights:
    """Weights of a small llama, drawn wide enough that what comes next depends on more than the piece before."""
    draw = np.random.default_rng(seed)

    def normal(out: int, inner: int, gain: float) -> npt.NDArray[np.float32]:
        return draw.standard_normal((out, inner), np.float32) * np.float32(gain / inner**0.5)

    ones = np.ones(WIDTH, np.float32)
    weights: Weights = {"token_embd.weight": normal(pieces, WIDTH, WIDTH**0.5), "output_norm.weight": ones}
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        weights |= {f"{block}.attn_norm.weight": ones, f"{block}.ffn_norm.weight": ones}
        weights |= {f"{block}.attn_{name}.weight": normal(WIDTH, WIDTH, 3.0) for name in ("q", "k", "v", "output")}
        weights |= {f"{block}.ffn_{name}.weight": normal(INNER, WIDTH, 3.0) for name in ("gate", "up")}
        weights[f"{block}.ffn_down.weight"] = normal(WIDTH, INNER, 3.0)
    output = normal(pieces, WIDTH, 1.0)
    # Never written: this server keeps back whatever follows a byte that makes no character, to the end of the reply.
    output[HALF_CHARACTERS] = 0.0
    return weights | {"output.weight": output}


def write_gguf(path: Path, seed: int) -> str:
    """Write the model, by the GGUF 3 layout; its size in words."""
    pieces = vocabulary()
    weights = random_weights(len(pieces), seed)
    fields = [
        _field("general.architecture", STRING, "llama"),
        _field("general.name", STRING, f"random-{seed}"),
        _field("llama.context_length", UNSIGNED, CONTEXT),
        _field("llama.embedding_length", UNSIGNED, WIDTH),
        _field("llama.block_count", UNSIGNED, LAYERS),
        _field("llama.feed_forward_length", UNSIGNED, INNER),
        _field("llama.attention.head_count", UNSIGNED, HEADS),
        _field("llama.attention.layer_norm_rms_epsilon", FLOAT, 1e-5),
        _field("tokenizer.ggml.model", STRING, "llama"),
        # The earlier piece is merged first, so a word is read whole: its beginnings are in order before it.
        _array("tokenizer.ggml.scores", FLOAT, [-float(place) for place in range(len(pieces))]),
        _array("tokenizer.ggml.tokens", STRING, [text for text, _ in pieces]),
        _array("tokenizer.ggml.token_type", SIGNED, [kind for _, kind in pieces]),
        _field("tokenizer.ggml.bos_token_id", UNSIGNED, 1),
        _field("tokenizer.ggml.eos_token_id", UNSIGNED, 2),
    ]
    head, data = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(fields)) + b"".join(fields), b""
    for name, tensor in weights.items():
        sizes = tensor.shape[::-1]
        head += _value(STRING, name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, len(data))
        data += _padded(tensor.tobytes())
    path.write_bytes(_padded(head) + data)
    return f"{sum(one.size for one in weights.values()):,} weights, {len(pieces):,} pieces, {LAYERS} layers"


def _value(kind: int, value: str | float) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return struct.pack("<Q", len(raw)) + raw
    return struct.pack({UNSIGNED: "<I", SIGNED: "<i", FLOAT: "<f"}[kind], value)


def _field(name: str, kind: int, value: str | float) -> bytes:
    return _value(STRING, name) + struct.pack("<I", kind) + _value(kind, value)


def _array(name: str, kind: int, values: Sequence[str | float]) -> bytes:
    head = _value(STRING, name) + struct.pack("<IIQ", ARRAY, kind, len(values))
    return head + b"".join(_value(kind, value) for value in values)


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % 32)


@contextmanager
def served(python: str, model: Path, context: int) -> Iterator[str]:
    """The address of a llama-cpp-python server with this model, which ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        python,
        "-m",
        "llama_cpp.server",
        "--model",
        str(model),
        "--model_alias",
        "tiny",
        "--n_ctx",
        str(context),
    ]
    # With more threads a model of this size waits for them most of the time.
    command += ["--n_threads", "1", "--n_threads_batch", "1", "--host", "127.0.0.1", "--port", str(port)]
    log = model.with_suffix(f".{context}.log")
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as server:
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _wait(url, server, log)
            yield url
        finally:
            server.terminate()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            # Not up yet.
            time.sleep(0.2)
    raise YardstickError(f"the server did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


class Heard(ChatModel):
    """A chat model that keeps its replies as they came."""

    replies: list[str]

    def stream(self, prompt: str) -> Iterator[str]:
        self.replies.append("")
        for piece in super().stream(prompt):
            self.replies[-1] += piece
            yield piece


@dataclass(frozen=True, slots=True)
class Asked:
    """What one model was asked and wrote: the answers, the follow-ups to the last of them, its replies."""

    answers: tuple[Answer, ...]
    turns: tuple[Answer, ...]
    replies: tuple[str, ...]

    @property
    def adrift(self) -> int:
        """Follow-ups that were read with a word that nobody said."""
        said = self.answers[-1].read_as
        return sum(not _words(turn.read_as) <= _words(f"{turn.question} {said}") for turn in self.turns)


def service_with(store: Path, url: str) -> tuple[Yardstick, Heard]:
    """The service over the samples with the model of this server, and that model."""
    os.environ["YARDSTICK_MODEL_URL"] = url
    settings = load_settings(store)
    service, model = Yardstick(settings), Heard(model_name(MODEL, url), settings)
    model.replies = []
    service._models[MODEL] = model
    service.library.add([SAMPLES / "*.md"])
    service.warm()
    return service, model


def ask(service: Yardstick, model: Heard) -> Asked:
    """Questions that the samples answer, two with a wrong premise, and follow-ups."""
    answers = [service.ask(text, model=MODEL) for text in (*service.examples(18), *BESIDES)]
    turns = [service.ask(text, history=answers[-1:], model=MODEL) for text in FOLLOW_UPS]
    return Asked(tuple(answers), tuple(turns), tuple(model.replies))


def nonsense(answers: Sequence[Answer], texts: Mapping[str, str]) -> list[str]:
    """What was shown and is not, word for word, the sentence of a briefing that it cites."""
    shown = [claim for answer in answers for claim in answer.claims]
    wrong = [
        f"{claim.text} [{claim.origin}; cites: {' / '.join(one.quote for one in claim.citations)}]"
        for claim in shown
        if not claim.citations or claim.text != claim.citations[0].quote
    ]
    cited = [one for claim in shown for one in claim.citations]
    return wrong + [one.quote for one in cited if texts[one.briefing_id][one.start : one.end] != one.quote]


def path_rows(asked: Sequence[Asked], texts: Mapping[str, str], lines: bool) -> Iterator[Row]:
    """What readers got of models that can only write nonsense."""
    written = [line for one in asked for reply in one.replies for line in reply.split("\n") if len(line.split()) >= 3]
    if lines:
        print("\n".join(written))
    numbered = sum(bool(re.search(r"\[\d+\]", line)) for line in written)
    answers = [answer for one in asked for answer in (*one.answers, *one.turns)]
    whole, replies = len(answers), sum(len(one.replies) for one in asked)
    reached = nonsense(answers, texts)
    print("".join(f"reached a reader: {text}\n" for text in reached), end="")
    answered = sum(bool(one.status == "answered" and one.claims) for one in answers)
    told, adrift = sum(bool(one.notes) for one in answers), sum(one.adrift for one in asked)
    origins = Counter(claim.origin for one in answers for claim in one.claims)
    seconds = sorted(one.seconds for one in answers)
    yield Row("questions answered, follow-ups among them", f"{answered} of {whole}", whole, answered)
    yield Row("replies of the model", f"{replies:,}", whole, replies)
    least = 100 * len(asked)
    yield Row("lines in them", f"{len(written):,}, {numbered:,} with a citation", least, len(written))
    yield Row("claims shown", ", ".join(f"{name} {count}" for name, count in origins.items()), None)
    yield Row("lines of nonsense that reached a reader", f"{len(reached)}", 0, -len(reached))
    turns = sum(len(one.turns) for one in asked)
    yield Row("follow-ups read with words that nobody said", f"{adrift} of {turns}", 0, -adrift)
    yield Row("answers that say what became of the model's lines", f"{told} of {whole}", whole, told)
    yield Row("seconds an answer", f"p50 {median(seconds):.1f}, longest {seconds[-1]:.1f}", None)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def fault_row(name: str, service: Yardstick, texts: Mapping[str, str], message: str) -> Row:
    """A server that cannot do it: the briefings are quoted, and the reader is told why."""
    answers = [service.ask(text, model=MODEL) for text in service.examples(3)]
    told = sum(any(message in note for note in one.notes) for one in answers)
    quoted = sum(bool(one.claims) and not nonsense([one], texts) for one in answers)
    said = f"quoted {quoted}, told “{message}” {told} of {len(answers)}"
    return Row(name, said, len(answers), min(quoted, told))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server-python", required=True, metavar="PATH", help="an interpreter that has llama_cpp")
    parser.add_argument("--models", type=int, default=5, metavar="N", help="so many models, of seeds 1 to N")
    parser.add_argument("--lines", action="store_true", help="print every line that the models wrote")
    options = parser.parse_args(arguments)
    asked = list[Asked]()
    with tempfile.TemporaryDirectory() as folder:
        model, store = Path(folder, "tiny.gguf"), Path(folder, "store")
        for seed in range(1, options.models + 1):
            size = write_gguf(model, seed)
            with served(options.server_python, model, CONTEXT) as url:
                service, heard = service_with(store, url)
                asked.append(ask(service, heard))
        texts = {one.id: one.text for one in service.retriever.corpus().briefings}
        rows = [Row("models", f"{options.models}, each {size}", None), *path_rows(asked, texts, options.lines)]
        rows.append(fault_row("server gone", service, texts, "cannot be reached"))
        with served(options.server_python, model, 1024) as url:
            service, _ = service_with(store, url)
            # The answer of this server to a stream that it cannot take in is a stream without an event.
            rows.append(fault_row("context of the server too short", service, texts, "YARDSTICK_MODEL_CONTEXT"))
    return print_table(rows)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except YardstickError as exc:
        sys.exit(f"yardstick: {exc}")
