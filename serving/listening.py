"""Where a server listens, and why it can't: gRPC says no more than that it failed."""

from __future__ import annotations

import dataclasses
import errno
import pathlib
import socket
import ssl

import grpc

from tf_tryon.errors import TryOnError

_REASONS = {
    errno.EADDRINUSE: "is the port taken? Choose another with --port",
    errno.EADDRNOTAVAIL: "no network of this computer has that address: choose another with --host",
    errno.EACCES: "ports below 1024 are the system's: choose another with --port",
}


@dataclasses.dataclass(frozen=True)
class Address:
    """Where to listen.

    Attributes:
      host: a name or an address; one of IPv6 with brackets or without.
      port: 0: a free one.
      certificate, key: PEM files, or both empty: plain text.
      client_ca: PEM file, or empty: no client has to show a certificate.
    """

    host: str
    port: int
    certificate: str = ""
    key: str = ""
    client_ca: str = ""

    def __str__(self) -> str:
        bare = self.host.strip("[]")
        return f"[{bare}]:{self.port}" if ":" in bare else f"{bare}:{self.port}"


def listen(server: grpc.Server, address: Address) -> str:
    """Adds the address to a server; returns it with the port that was taken.

    Raises:
      TryOnError: it can't be had, or a PEM file can't be used; says why.
    """
    try:
        port = _added(server, address)
    except RuntimeError as error:
        raise TryOnError(f"can't listen on {address}: {_why(address)}") from error
    return str(dataclasses.replace(address, port=port))


def _added(server: grpc.Server, address: Address) -> int:
    if not address.key:
        return server.add_insecure_port(str(address))
    pair = [(pathlib.Path(address.key).read_bytes(), pathlib.Path(address.certificate).read_bytes())]
    client = pathlib.Path(address.client_ca).read_bytes() if address.client_ca else None
    return server.add_secure_port(str(address), grpc.ssl_server_credentials(pair, client, client is not None))


def _why(address: Address) -> str:
    """What the same attempt without gRPC says."""
    try:
        found = socket.getaddrinfo(address.host.strip("[]"), address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        return f"there is no host {address.host} ({error.strerror}): choose another with --host"
    failures: list[OSError] = []
    for family, kind, protocol, _, place in found:
        try:
            with socket.socket(family, kind, protocol) as attempt:
                attempt.bind(place)
        except OSError as error:
            failures.append(error)
    if len(failures) == len(found):  # one of a name's addresses is enough
        failure = min(failures, key=lambda error: error.errno != errno.EADDRINUSE)
        return _REASONS.get(failure.errno or 0, str(failure))
    return _wrong_files(address) or "gRPC can't, and its lines on stderr say why"


def _wrong_files(address: Address) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        if address.key:
            context.load_cert_chain(address.certificate, address.key)
    except OSError:
        return f"{address.certificate} and {address.key} are no PEM files of a certificate and its own key"
    try:
        if address.client_ca:
            context.load_verify_locations(address.client_ca)
    except OSError:
        return f"{address.client_ca} is no PEM file of a certificate"
    return ""
