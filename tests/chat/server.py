"""The chat-completions protocol over real HTTP on loopback, for tests; what is said, a test chooses."""

import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

MODEL = "made-up-1"
STOPPED_WITHIN = 1.0  # seconds
_CREATED = 1_700_000_000
_ERROR_TYPES = {429: "rate_limit_error"}
_Object = dict[str, Any]


class BadRequest(Exception):
    """A body that is no chat completion request; the message goes to the client."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a client sent it."""

    body: Mapping[str, Any]

    def said(self, *roles: str) -> str:
        """What these roles said, the messages one below the other; what all of them said if no role is given."""
        spoken = [message for message in self.body["messages"] if not roles or message["role"] in roles]
        return "\n".join(_text(message["content"]) for message in spoken)


@dataclass(frozen=True, slots=True)
class Response:
    """A reply that is more than words: with another ending or status, late, broken, or with a call of a tool."""

    tokens: Iterable[str] = ()
    finish_reason: str = "stop"
    status: int = 200
    message: str = ""  # of the error, where the status is one
    headers: Mapping[str, str] = field(default_factory=dict)
    tool_calls: tuple[_Object, ...] = ()
    silent_for: float = 0.0  # seconds before the first byte
    eventless: bool = False  # a stream ends as soon as it began
    malformed: bool = False  # JSON is cut off in its middle: the body, or every third event of a stream


Behaviour = Callable[[Request], Iterator[str] | Response]


class ChatServer:
    """A server that runs while its context is entered and answers by `behaviour`, at so many tokens a second if given.

    Leaving the context cuts whatever is still being said. It raises what a behaviour raised, and AssertionError if a
    connection is still being served after a second.
    """

    def __init__(self, behaviour: Behaviour, tokens_per_second: float | None = None) -> None:
        self._listener = _Listener(behaviour, tokens_per_second)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, which ends in /v1."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}/v1"

    @property
    def requests(self) -> list[_Object]:
        """The bodies of the chat requests so far, in order of arrival; refused ones too if they were JSON objects."""
        with self._listener.changed:
            return list(self._listener.bodies)

    @property
    def serving(self) -> int:
        """How many connections are open, idle ones included; each has a thread."""
        with self._listener.changed:
            return len(self._listener.connections)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        stuck = self._listener.hang_up()
        if raised is None:
            for failure in self._listener.failures:
                raise failure
            assert not stuck, f"{stuck} connections are still being served {STOPPED_WITHIN} s after the server stopped"


class _Listener(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, behaviour: Behaviour, tokens_per_second: float | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = behaviour
        self.pause = 1 / tokens_per_second if tokens_per_second else 0.0
        self.changed = threading.Condition()
        self.bodies: list[_Object] = []
        self.connections: set[socket.socket] = set()
        self.failures: list[BaseException] = []

    def server_bind(self) -> None:
        """Binds without asking who 127.0.0.1 is, which the HTTP server's own method does."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: Any, client_address: Any) -> None:
        # Before its thread starts, so that no connection is unknown to hang_up.
        with self.changed:
            self.connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.changed:
                self.connections.discard(request)
                self.changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class calls it so
        """Keeps what a behaviour raised; a client that goes away is no failure."""
        raised = sys.exception()
        if raised and not isinstance(raised, ConnectionError):
            with self.changed:
                self.failures.append(raised)

    def hang_up(self) -> int:
        """Ends every connection; how many are still being served after `STOPPED_WITHIN` seconds."""
        with self.changed:
            for connection in self.connections:
                _shut(connection)
            self.changed.wait_for(lambda: not self.connections, STOPPED_WITHIN)
            return len(self.connections)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            model = {"id": MODEL, "object": "model", "created": _CREATED, "owned_by": "tests"}
            self._send(200, json.dumps({"object": "list", "data": [model]}))
        else:
            self._send(404, _error(404, f"Unknown request URL: GET {self.path}"))

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/v1/chat/completions":
            self._send(404, _error(404, f"Unknown request URL: POST {self.path}"))
            return
        try:
            body = self._body(sent)
        except BadRequest as exc:
            self._send(400, _error(400, str(exc)))
            return
        reply = self.server.behaviour(Request(body))
        response = reply if isinstance(reply, Response) else Response(reply)
        if response.silent_for:
            self._wait(response.silent_for)
        if response.status != 200:
            self._send(response.status, _error(response.status, response.message), response.headers)
        elif body.get("stream"):
            self._stream(_Completion(body), response)
        else:
            self._answer(_Completion(body), response)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: requests are kept, not logged."""

    def _body(self, sent: bytes) -> _Object:
        try:
            body = json.loads(sent)
        except ValueError as exc:
            raise BadRequest("We could not parse the JSON body of your request.") from exc
        if not isinstance(body, dict):
            raise BadRequest("The body of the request is not a JSON object.")
        with self.server.changed:
            self.server.bodies.append(body)
        if not isinstance(body.get("model"), str):
            raise BadRequest("you must provide a model parameter")
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
            raise BadRequest("'messages' must be a list of objects, each with a role and a content.")
        return body

    def _answer(self, completion: "_Completion", response: Response) -> None:
        text = json.dumps(completion.whole(list(self._paced(response.tokens)), response))
        self._send(200, text[: len(text) // 2] if response.malformed else text, response.headers)

    def _stream(self, completion: "_Completion", response: Response) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if response.eventless:
            self._chunk("")
            return
        for count, event in enumerate(completion.events(self._paced(response.tokens), response), 1):
            text = json.dumps(event)
            self._chunk(f"data: {text[: len(text) // 2] if response.malformed and count % 3 == 0 else text}\n\n")
        self._chunk("data: [DONE]\n\n")
        self._chunk("")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _send(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _paced(self, tokens: Iterable[str]) -> Iterator[str]:
        due = time.monotonic()
        for token in tokens:
            due += self.server.pause
            self._wait(max(0.0, due - time.monotonic()))
            yield token

    def _wait(self, seconds: float) -> None:
        """Waits, and raises ConnectionAbortedError as soon as the client has gone or `hang_up` was called.

        A client that sends its next request before it has this answer is not waited for.
        """
        # No select(): a process with many open files has descriptors beyond what it takes.
        watched = select.poll()
        watched.register(self.connection, select.POLLIN)
        readable = watched.poll(seconds * 1000)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError


@dataclass(slots=True)
class _Completion:
    """The JSON objects of one reply."""

    body: _Object

    def whole(self, tokens: list[str], response: Response) -> _Object:
        """The one object of a reply that is not streamed."""
        message: _Object = {"role": "assistant", "content": "".join(tokens), "refusal": None}
        if response.tool_calls:
            message |= {"content": None, "tool_calls": list(response.tool_calls)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": response.finish_reason}
        return self._object("chat.completion") | {"choices": [choice], "usage": self._usage(len(tokens))}

    def events(self, tokens: Iterable[str], response: Response) -> Iterator[_Object]:
        """The objects of a streamed reply, a token in each; the last has the usage if the client asked for it."""
        yield self._event({"role": "assistant", "content": "", "refusal": None})
        said = 0
        for token in tokens:
            said += 1
            yield self._event({"content": token})
        for index, call in enumerate(response.tool_calls):
            yield self._event({"tool_calls": [{"index": index} | call]})
        yield self._event({}, response.finish_reason)
        if (self.body.get("stream_options") or {}).get("include_usage"):
            yield self._object("chat.completion.chunk") | {"choices": [], "usage": self._usage(said)}

    def _event(self, delta: _Object, finish_reason: str | None = None) -> _Object:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._object("chat.completion.chunk") | {"choices": [choice]}

    def _object(self, kind: str) -> _Object:
        return {"id": "chatcmpl-made-up", "object": kind, "created": _CREATED, "model": self.body["model"]}

    def _usage(self, said: int) -> dict[str, int]:
        read = len(Request(self.body).said().split())
        return {"prompt_tokens": read, "completion_tokens": said, "total_tokens": read + said}


def _error(status: int, message: str) -> str:
    kind = "server_error" if status >= 500 else _ERROR_TYPES.get(status, "invalid_request_error")
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": None}})


def _is_message(message: Any) -> bool:
    return isinstance(message, dict) and isinstance(message.get("role"), str) and "content" in message


def _text(content: Any) -> str:
    """The words of a message's content, which is a string, a list of parts, or null beside a tool call."""
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part.get("type") == "text")
    return content or ""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It was closed already.
