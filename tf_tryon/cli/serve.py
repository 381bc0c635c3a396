"""`tf-tryon serve`."""

from __future__ import annotations

from absl import flags

from tf_tryon.cli import given, log_flags
from tf_tryon.cli.defining import Into

ARGUMENTS = ""
HELP = """Serve exported versions through TF-Serving's gRPC API, on this machine.

For a laptop and for tests: production is TF-Serving itself (docs/serving.md). Versions and labels are those of
MODELS/models.config, looked at all the time; without it the newest version is served. Ctrl-C or SIGTERM finishes what
is under way, then ends.

  tf-tryon serve --models models --port 8500
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("models", None, "Folder written by `tf-tryon export saved-model`.", required=True, **add)
    flags.DEFINE_string("host", "localhost", "Address to listen on; 0.0.0.0: all.", **add)
    flags.DEFINE_integer("port", 8500, "0: a free one.", lower_bound=0, upper_bound=65535, **add)
    flags.DEFINE_integer("running", 1, "Requests, or batches of them, that run at once.", lower_bound=1, **add)
    flags.DEFINE_integer("waiting", 32, "Requests that may wait; more are RESOURCE_EXHAUSTED.", lower_bound=0, **add)
    flags.DEFINE_integer("max_batch_size", 1, "Requests that may share a batch; 1: none.", lower_bound=1, **add)
    text = "How long the first request of a batch waits for others, in millionths of a second."
    flags.DEFINE_integer("batch_timeout_micros", 5000, text, lower_bound=0, **add)
    flags.DEFINE_integer("threads", 0, "Of the model; 0: all cores.", lower_bound=0, **add)
    flags.DEFINE_integer("max_message_mb", 64, "Of a request.", lower_bound=1, upper_bound=2000, **add)
    flags.DEFINE_integer("max_pixels", 0, "Of a photo; 0: what the model accepts.", lower_bound=0, **add)
    flags.DEFINE_float("poll", 2.0, "Seconds between looks for new versions.", lower_bound=0.1, **add)
    flags.DEFINE_float("grace", 30.0, "Seconds for what is under way at the end.", lower_bound=0.0, **add)
    flags.DEFINE_string("certificate", "", "PEM file: the server speaks TLS.", **add)
    flags.DEFINE_string("key", "", "PEM file of the certificate's key.", **add)
    flags.DEFINE_string("client_ca", "", "PEM file: clients must show a certificate signed by it.", **add)
    log_flags.define_form(flag_values)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder of models that isn't there."""
    del args
    given.folder(flag_values.models, "make it with `tf-tryon export saved-model`")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Serves until a signal."""
    del args
    import signal

    from tf_tryon.serving.batching import Batching
    from tf_tryon.serving.server import Server, Settings

    settings = Settings(
        host=flag_values.host,
        port=flag_values.port,
        running=flag_values.running,
        waiting=flag_values.waiting,
        batching=Batching(flag_values.max_batch_size, flag_values.batch_timeout_micros),
        threads=flag_values.threads,
        max_message=flag_values.max_message_mb << 20,
        max_pixels=flag_values.max_pixels,
        poll=flag_values.poll,
        certificate=flag_values.certificate,
        key=flag_values.key,
        client_ca=flag_values.client_ca,
    )
    server = Server(flag_values.models, settings)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, end)
    try:
        server.start()
        print(server.address, flush=True)
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, former)
        server.stop(flag_values.grace)
    return 0
