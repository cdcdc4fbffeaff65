"""Chat models: the one place where LangChain's model classes and their errors are known."""

import logging
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from ingest.errors import YardstickError
from ingest.settings import Settings

# Provider -> the package that LangChain needs, our extra, and where the errors of its client are.
_PROVIDERS = {
    "openai": ("langchain_openai", "openai", "openai", "OpenAIError"),
    "anthropic": ("langchain_anthropic", "anthropic", "anthropic", "AnthropicError"),
    "ollama": ("langchain_ollama", "ollama", "ollama", "ResponseError"),
}
# A reply of more characters, thoughts included, has no end.
LONGEST = 100_000
logger = logging.getLogger(__name__)


class ModelFault(Exception):
    """A model did not do its part; `message` is for the reader, without keys and without anything that was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as a user names it: "ollama:llama3.1", "openai:gpt-5", or a name on a server of one's own."""

    provider: str
    model: str
    base_url: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def model_name(given: str, base_url: str = "") -> ModelName:
    """The model that is meant; raises YardstickError for a provider that is not known or not installed."""
    provider, found, model = given.partition(":")
    if not found:
        provider, model = "openai", given
        if not base_url:
            raise YardstickError(
                f"model '{given}': name its provider (ollama:{given}, openai:{given}, anthropic:{given}), "
                "or set YARDSTICK_MODEL_URL to the server that has it."
            )
    if provider not in _PROVIDERS or not model:
        known = ", ".join(f"{name}:..." for name in _PROVIDERS)
        raise YardstickError(f"model '{given}': no such provider. Known: {known}; any OpenAI-compatible server by URL.")
    package, extra, _, _ = _PROVIDERS[provider]
    try:
        import_module(package)
    except ImportError as exc:
        raise YardstickError(
            f"model '{given}': the package for {provider} is not installed. "
            f"Install it: pip install 'yardstick-briefings[{extra}]'"
        ) from exc
    return ModelName(provider, model, base_url)


class _Client(Protocol):
    def stream(self, prompt: str) -> Generator[Any, None, None]: ...


class ChatModel:
    """A chat model behind two calls; keys come from the environment only."""

    def __init__(self, name: ModelName, settings: Settings) -> None:
        self.name = name
        self._settings = settings
        self._client = self._open()

    def _open(self) -> _Client:
        from langchain.chat_models import init_chat_model

        options: dict[str, object] = {"base_url": self.name.base_url} if self.name.base_url else {}
        if self.name.provider != "anthropic":
            # Its newer models refuse any.
            options["temperature"] = 0
        if self.name.provider == "ollama":
            # Left to itself it waits for ever, and cuts off silently what it does not take in.
            options["client_kwargs"] = {"timeout": self._settings.model_timeout}
            options["num_ctx"] = self._settings.model_context
        else:
            # A server of one's own asks for no key, but the client insists on one.
            variable = f"{self.name.provider.upper()}_API_KEY"
            if self.name.base_url and not os.environ.get(variable):
                options["api_key"] = "none"
            options["timeout"], options["max_retries"] = self._settings.model_timeout, 2
        try:
            return init_chat_model(self.name.model, model_provider=self.name.provider, **options)  # type: ignore[call-overload,no-any-return]
        except _faults(self.name.provider) as exc:
            raise YardstickError(f"model '{self.name}': {_reason(exc)} Set its key in the environment.") from exc

    def stream(self, prompt: str) -> Iterator[str]:
        """The reply as it comes, in pieces, without what the model thinks aloud before it; raises ModelFault, also
        where it goes on for too long.

        Whoever has read enough closes it, and with it the connection.
        """
        with closing(self._pieces(prompt)) as pieces:
            yield from _spoken(pieces)

    def _pieces(self, prompt: str) -> Generator[str, None, None]:
        started, count, done = time.perf_counter(), 0, "stop"
        try:
            with closing(self._client.stream(prompt)) as chunks:
                for chunk in chunks:
                    text = chunk.text if isinstance(chunk.text, str) else chunk.text()
                    done = (chunk.response_metadata or {}).get("finish_reason") or done
                    count += len(text)
                    yield text
                    if time.perf_counter() - started > self._settings.model_total or count > LONGEST:
                        raise ModelFault("The model did not come to an end.")
        except _faults(self.name.provider) as exc:
            raise _fault(exc) from exc
        finally:
            seconds = time.perf_counter() - started
            logger.info("%s: %d characters in %.2f s, %s", self.name, count, seconds, done)


def _spoken(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces of a reply from where it begins, or goes on after "<think> ... </think>"."""
    held = ""
    for piece in pieces:
        held += piece
        if "</think>" in held or not "<think>".startswith(held.lstrip()[:7]):
            yield held.rpartition("</think>")[2]
            yield from pieces


def _faults(provider: str) -> tuple[type[Exception], ...]:
    """The errors that a provider's client raises for what is not our fault."""
    import httpx

    _, _, package, name = _PROVIDERS[provider]
    client: type[Exception] = getattr(import_module(package), name)
    # ValueError: what a client makes of an event that is no JSON.
    return client, httpx.HTTPError, OSError, ValueError


def _fault(exc: Exception) -> ModelFault:
    status = getattr(exc, "status_code", None)
    told = f"{type(exc).__name__} {exc}".lower()
    if status == 429:
        return ModelFault("The model's server asks to wait (too many requests).")
    if status in (401, 403):
        return ModelFault("The model's server refuses the key. Check it in the environment.")
    if status == 404:
        return ModelFault("The model's server does not know this model, or its URL lacks something (/v1?).")
    if "timeout" in told or "timed out" in told:
        return ModelFault("The model did not answer in time.")
    if "context" in told and ("length" in told or "maximum" in told):
        return ModelFault("The passages are too long for this model. Set YARDSTICK_MODEL_CONTEXT lower.")
    if "no generation" in told:
        # What llama.cpp's server answers to a prompt that it cannot take in is a stream without an event.
        return ModelFault(
            "The model's server sent nothing, as some do where the passages are too long for them: "
            "set YARDSTICK_MODEL_CONTEXT to what it takes in."
        )
    if "connect" in told:
        return ModelFault("The model's server cannot be reached. Check that it runs, and its URL.")
    return ModelFault(f"The model's server failed{f' (status {status})' if status else ''}.")


def _reason(exc: Exception) -> str:
    return str(exc).split("\n")[0][:200].rstrip(".") + "."
