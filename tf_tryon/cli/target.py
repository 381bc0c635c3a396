"""Flags that say how a server of the gRPC API is called, for the verbs that call one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absl import flags

from tf_tryon.cli.defining import Into

if TYPE_CHECKING:
    from tf_tryon.serving.calls import Target

_OF_A_SERVER = ("label", "tls", "ca", "certificate", "key")
_NAMES = (*_OF_A_SERVER, "deadline")


def define_target_flags(flag_values: flags.FlagValues, deadline: float) -> None:
    """--label, --deadline (with its default in seconds) and those of TLS."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("label", "stable", "Which version, by label; empty: the newest.", **add)
    flags.DEFINE_float("deadline", deadline, "Seconds for a call of the server.", lower_bound=0.001, **add)
    flags.DEFINE_bool("tls", False, "Speak TLS to --server.", **add)
    flags.DEFINE_string("ca", "", "PEM file of who signed the server's certificate; default: the system's.", **add)
    flags.DEFINE_string("certificate", "", "PEM file: the client's own certificate, for the server.", **add)
    flags.DEFINE_string("key", "", "PEM file of that certificate's key.", **add)


def check_target_flags(flag_values: flags.FlagValues) -> None:
    """Raise ValueError for flags of a server that is not named."""
    entries: list[flags.Flag[Any]] = [flag_values[name] for name in _OF_A_SERVER]
    idle = [entry.name for entry in entries if entry.value != entry.default]
    if idle and not flag_values.server:
        raise ValueError(
            f"--{idle[0]} is for calls of --server, and none is named: name it, or leave this out; HTTPS for visitors "
            "is a proxy's"
        )


def target_of(flag_values: flags.FlagValues, address: str, version: int = 0) -> Target:
    """The server at an address, called as the flags say."""
    from tf_tryon.serving.calls import Target

    return Target(address, version=version, **{name: getattr(flag_values, name) for name in _NAMES})
