"""Refuses every connection outside this machine, and writes down that it was tried.

Python reports each connection and each look-up of a name to its audit hooks, from below `socket`, so asyncio and every
pure Python client pass here, whatever they patch or wrap. Native code with sockets of its own (uvloop, gRPC, Rust) does
not: the tests send such clients to a closed port by proxy variables, and `test_offline.py` runs the program where the
kernel has no network to give.
"""

import errno
import ipaddress
import os
import sys
from typing import Any

LOG_VARIABLE = "YARDSTICK_TEST_NETWORK_LOG"

# Event -> which of its arguments is an address or a name.
_CONNECTING = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getnameinfo": 0}
_LOOKING_UP = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}


def install() -> None:
    """Guards this process until it ends; attempts are appended to the file that `LOG_VARIABLE` names."""
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _CONNECTING:
        address = arguments[_CONNECTING[event]]
        allowed = not isinstance(address, tuple) or _is_loopback(address[0])
    elif event in _LOOKING_UP:
        address = arguments[_LOOKING_UP[event]]
        allowed = _needs_no_lookup(address)
    else:
        return
    if not allowed:
        _write_down(f"{event} {address!r} by {' '.join(sys.orig_argv)[:200]}")
        raise OSError(errno.ENETUNREACH, f"a test may not reach outside this machine: {event} {address!r}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _needs_no_lookup(host: str | bytes | None) -> bool:
    """No name server is asked about a number, about this machine itself, or about nothing."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or "localhost"
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost"
    return True


def _write_down(attempt: str) -> None:
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with open(log, "a", encoding="utf-8") as lines:  # noqa: PTH123 - pathlib may not be importable while Python starts
            lines.write(attempt.replace("\n", " ") + "\n")
