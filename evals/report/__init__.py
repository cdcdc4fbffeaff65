"""What a run or a comparison says to a reader: on a terminal, in a pull request, to a CI server, as one HTML page."""

from evals.report.terminal import run_text, verdict_text
from evals.report.writing import write

__all__ = ["run_text", "verdict_text", "write"]
