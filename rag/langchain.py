"""LangChain's side: stages as one Runnable; our retrieval and our answers as parts of other people's chains."""

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator
from pydantic import ConfigDict

from rag.answer import Answer, Claim, Filters, Step
from rag.output import answer_object, citation_object, claim_object
from rag.quoting import cite
from rag.retrieval import Retriever

Stage = Callable[[Iterator[Any]], Iterator[Any]]


def staged(stages: dict[str, Stage]) -> Runnable[Any, Any]:
    """Stages as one Runnable, each under its name: what one yields the next one gets at once."""
    steps: list[Runnable[Any, Any]] = [RunnableGenerator(stage, name=name) for name, stage in stages.items()]
    return reduce(lambda before, after: before | after, steps)


class BriefingRetriever(BaseRetriever):
    """The `k` sentences that fit a question best, each a Document whose metadata is its citation and score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    filters: Filters = Filters()
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        found = self.retriever.retrieve(query, self.filters, self.k)
        return [
            Document(
                page_content=evidence.text,
                metadata={**citation_object(cite(evidence.number, found.corpus)), "score": evidence.score},
            )
            for evidence in found.evidence
        ]


class BriefingAnswers(Runnable[str, dict[str, Any]]):
    """From a question to the JSON object of its answer; streamed, the steps and the checked claims come first.

    `ask` is `Yardstick.stream`, or a partial of it with filters or a model.
    """

    def __init__(self, ask: Callable[[str], Iterator[Step | Claim | Answer]]) -> None:
        self._ask = ask

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        *_, last = self.stream(input, config, **kwargs)
        return last

    def stream(
        self,
        input: str,
        config: RunnableConfig | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Iterator[dict[str, Any]]:
        for item in self._ask(input):
            if isinstance(item, Answer):
                yield answer_object(item)
            else:
                yield {"step": item.text} if isinstance(item, Step) else {"claim": claim_object(item)}
