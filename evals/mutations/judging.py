"""What the check says of a mutant, or of a clean claim: rag's own functions, as the product calls them."""

from collections.abc import Sequence

from evals.mutations.operators import Mutant
from evals.mutations.seeds import Ground
from rag import judging, support
from rag.clauses import weights
from rag.drafts.statements import said_in
from rag.quoting import cite


def kinds_of(claim: str, cited: Sequence[int], ground: Ground) -> frozenset[str]:
    """The kinds of finding on a claim that cites these sentences; none if it is passed as faithful."""
    citations = [cite(number, ground.corpus) for number in cited]
    found = judging.check_cited(claim, citations, ground.corpus, ground.scales)
    return frozenset(one.kind for one in (*found, *support.support_findings(claim, citations)))


def verdict(mutant: Mutant, ground: Ground) -> frozenset[str]:
    """The kinds of finding on a mutant; "missing" where its answer lacks the judgement that it has to give."""
    if mutant.missing is None:
        return kinds_of(mutant.claim, mutant.cited, ground)
    wanted = ground.statements[mutant.missing]
    said = said_in([mutant.claim], wanted, weights([one.unit for one in wanted]))
    return frozenset() if len(said) == len(wanted) else frozenset({"missing"})
