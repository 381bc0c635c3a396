"""Why an address can't be listened on is said in words that are true."""

from concurrent import futures
from pathlib import Path

import grpc
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.serving.listening import Address, listen


def _listen(address: Address) -> str:
    server = grpc.server(futures.ThreadPoolExecutor(1), options=[("grpc.so_reuseport", 0)])
    try:
        return listen(server, address)
    finally:
        server.stop(0)


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_ipv6_needs_no_brackets(host: str) -> None:
    assert str(Address(host, 8500)) == "[::1]:8500"


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("nowhere.invalid", "there is no host nowhere.invalid"),
        ("192.0.2.1", "no network of this computer has that address"),
    ],
)
def test_a_wrong_host_is_not_a_taken_port(host: str, message: str) -> None:
    with pytest.raises(TryOnError, match=f"can't listen on {host}:0: {message}"):
        _listen(Address(host, 0))


def test_what_is_no_pem_file_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("text")
    with pytest.raises(TryOnError, match=r"wrong\.pem and .*wrong\.pem are no PEM files"):
        _listen(Address("localhost", 0, str(wrong), str(wrong)))
