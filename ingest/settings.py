"""The settings, all from the environment; a command's options win over them."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import YardstickError

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
}


class Settings(BaseModel):
    """Where the briefings are kept and what reads them; empty values mean the built-in choice.

    `model_timeout` is the longest silence of a chat model and `model_total` its longest reply, in seconds;
    `model_context` is what it takes in, in tokens. With `embedding_float32` the model computes in float32
    even where the CPU has bfloat16, so that every machine ranks alike.
    """

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    store: Path = Field(default_factory=lambda: Path.home() / ".yardstick")
    chroma_url: str = ""
    embedding_model: str = ""
    embedding_float32: bool = False
    reranker: str = ""
    scales: Path | None = None
    model: str = ""
    model_url: str = ""
    model_timeout: float = Field(default=30.0, gt=0)
    model_total: float = Field(default=180.0, gt=0)
    model_context: int = Field(default=8192, ge=512)
    max_file_mb: float = Field(default=50.0, gt=0)

    @property
    def max_file_bytes(self) -> int:
        """The largest file that is read."""
        return int(self.max_file_mb * 1024 * 1024)


def load_settings(store: Path | None = None) -> Settings:
    """The settings of this process; raises YardstickError for a value that makes no sense.

    Sets the variables that keep the libraries from reaching out, unless the user has set them.
    """
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    names = {field: f"YARDSTICK_{field.upper()}" for field in Settings.model_fields}
    given = {field: os.environ[name] for field, name in names.items() if os.environ.get(name)}
    if store is not None:
        given["store"] = str(store)
    try:
        settings = Settings.model_validate(given)
    except ValidationError as exc:
        fault = exc.errors()[0]
        name = names[str(fault["loc"][0])]
        raise YardstickError(f"{name}: '{fault['input']}' will not do: {fault['msg']}. Correct or unset it.") from exc
    scales = settings.scales.expanduser() if settings.scales else None
    return settings.model_copy(update={"store": settings.store.expanduser(), "scales": scales})
