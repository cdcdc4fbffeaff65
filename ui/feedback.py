"""What readers thought of the answers, kept beside the store: a JSON object a line."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rag.answer import Answer
from rag.output import answer_object

Rating = Literal["up", "down"]


class Feedback:
    """A file of ratings; a later line on the same answer adds to the earlier ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()

    def record(self, answer: Answer, rating: Rating, comment: str = "") -> None:
        """Append a rating with the answer that it is about, so that the line can be read by itself."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "rating": rating,
            "comment": comment.strip(),
            "answer": answer_object(answer),
        }
        with self._writing:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
