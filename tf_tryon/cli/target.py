"""Flags that say how a server of the gRPC API is called, for the verbs that call one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli.defining import Into

if TYPE_CHECKING:
    from tf_tryon.serving.calls import Target

_NAMES = ("label", "deadline", "tls", "ca", "certificate", "key")


def define_target_flags(flag_values: flags.FlagValues, deadline: float) -> None:
    """--label, --deadline (with its default in seconds) and those of TLS."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("label", "stable", "Which version, by label; empty: the newest.", **add)
    flags.DEFINE_float("deadline", deadline, "Seconds for a call of the server.", lower_bound=0.001, **add)
    flags.DEFINE_bool("tls", False, "Speak TLS to --server.", **add)
    flags.DEFINE_string("ca", "", "PEM file of who signed the server's certificate; default: the system's.", **add)
    flags.DEFINE_string("certificate", "", "PEM file: the client's own certificate, for the server.", **add)
    flags.DEFINE_string("key", "", "PEM file of that certificate's key.", **add)


def target_of(flag_values: flags.FlagValues, address: str, version: int = 0) -> Target:
    """The server at an address, called as the flags say."""
    from tf_tryon.serving.calls import Target

    return Target(address, version=version, **{name: getattr(flag_values, name) for name in _NAMES})
