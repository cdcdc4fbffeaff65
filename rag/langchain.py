"""For people who build their own chains: our retrieval as a LangChain retriever, our answers as a Runnable."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from rag.answer import Filters
from rag.output import answer_object, citation_object
from rag.quoting import cite
from rag.service import Yardstick


class BriefingRetriever(BaseRetriever):
    """The `k` sentences that fit a question best, each a Document whose metadata is its citation and score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    service: Yardstick
    filters: Filters = Filters()
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        found = self.service.retriever.retrieve(query, self.filters, self.k)
        return [
            Document(
                page_content=evidence.text,
                metadata={**citation_object(cite(evidence.number, found.corpus)), "score": evidence.score},
            )
            for evidence in found.evidence
        ]


def as_runnable(service: Yardstick, filters: Filters | None = None) -> Runnable[str, dict[str, Any]]:
    """A Runnable from a question to the JSON object of its answer."""

    def ask(question: str) -> dict[str, Any]:
        return answer_object(service.ask(question, filters))

    return RunnableLambda(ask, name="yardstick")
