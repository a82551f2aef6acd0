"""Messages between a request's process and the child that renders for it."""

from __future__ import annotations

import socket

_LENGTH_BYTES = 4


def receive(connection: socket.socket) -> bytes | None:
    """Read one message: its length in four bytes, then itself; None at the end."""
    head = _read(connection, _LENGTH_BYTES)
    return None if head is None else _read(connection, int.from_bytes(head))


def send(connection: socket.socket, message: bytes) -> None:
    """Write one message."""
    connection.sendall(len(message).to_bytes(_LENGTH_BYTES) + message)


def _read(connection: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
