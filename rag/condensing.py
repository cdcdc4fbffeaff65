"""Follow-ups with a chat model: it writes the question to stand alone; its version counts only if it adds nothing."""

import re
from collections.abc import Iterator, Sequence

from ingest.marks import marks_in
from rag.answer import Answer
from rag.clauses import stems_of
from rag.conversation import continues, resolve
from rag.models import ChatModel, ModelFault
from rag.prompting import load_prompt
from rag.question import read_question

# So many turns a follow-up can lean on; a question of more characters is none.
TURNS, LONGEST = 4, 400
# A question stays a question: what a model may add to the words of the turns are only words like these.
_GLUE = stems_of("what how likely will would could might is are the chance assessment say briefings happen judged")


def condense(question: str, history: Sequence[Answer], model: ChatModel) -> str:
    """The question as it would be asked alone, as the model writes it; as the rules resolve it, where its version
    drops a name, number or estimative term of the question or has anything that no question of the conversation has.
    """
    ruled = resolve(question, history)
    if not history or not continues(question):
        return ruled
    turns = [answer.read_as for answer in history[-TURNS:]]
    listed = "\n".join(f"- {' '.join(turn.split())}" for turn in turns)
    prompt = load_prompt("condense").render({"turns": listed, "question": " ".join(question.split())})
    try:
        written = _first_line(model.stream(prompt))
    except ModelFault:
        # The answer itself will say what is wrong with the model.
        return ruled
    return written if _is_faithful(written, question, turns) else ruled


def _first_line(pieces: Iterator[str]) -> str:
    """The first line of a reply that says something; nobody waits for more of it, nor for more than a question has."""
    text = ""
    for piece in pieces:
        text = f"{text}{piece}".lstrip()
        if "\n" in text or len(text) > LONGEST:
            break
    return text.partition("\n")[0].rstrip()


def _is_faithful(written: str, question: str, turns: Sequence[str]) -> bool:
    if not written.endswith("?") or len(written) > LONGEST or "[" in written or written == question:
        return False
    asked, given = f"{question} ", " ".join((*turns, question))
    kept = _names(asked) <= _names(written) and _terms(asked) <= _terms(written)
    return kept and _terms(written) <= _terms(given) and stems_of(written) <= stems_of(given) | _GLUE


def _names(text: str) -> frozenset[str]:
    return frozenset(read_question(text).names) | frozenset(re.findall(r"\d+", text))


def _terms(text: str) -> frozenset[str]:
    return frozenset(mark.canonical for mark in marks_in(text) if mark.kind != "modal")
