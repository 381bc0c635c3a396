"""`tf-tryon web`."""

from __future__ import annotations

import logging
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli import given, log_flags
from tf_tryon.cli.background_flag import define_background
from tf_tryon.cli.defining import Into
from tf_tryon.cli.runtime import AUTO, LITE, TENSORFLOW, load
from tf_tryon.cli.target import check_target_flags, define_target_flags, target_of

if TYPE_CHECKING:
    from contextlib import ExitStack

    from starlette.applications import Starlette

    from tf_tryon.lite.tryon import TryOn
    from tf_tryon.serving.web.products import Products
    from tf_tryon.serving.web.shop import Shop

_log = logging.getLogger(__name__)

ARGUMENTS = ""
HELP = """Open the shop's page: a visitor's photo, and one fitting garment after another.

The page's backend is a client of the gRPC API: of --server, or else of an embedded server that it starts over --models
(default: an export of the bundled weights, made once and cached). Photos stay in memory for the visit, and nothing is
written to disk, unless --keep says so. Own photos need `pip install 'tf-tryon[photos]'`.

--local serves another page, which does everything in the visitor's browser: no photo is sent, no TensorFlow loaded. Its
two npm packages are installed once into the cache (needs npm).

  tf-tryon web
  tf-tryon web --local
  tf-tryon web --catalogue catalogue
  tf-tryon web --runtime lite
  tf-tryon web --server tryon:8500 --host 0.0.0.0 --port 8080 --catalogue people
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("server", "", "HOST:PORT of TF-Serving or `tf-tryon serve`; empty: an embedded one.", **add)
    flags.DEFINE_string("models", None, "For the embedded server: folder of `tf-tryon export saved-model`.", **add)
    text = "For the embedded server and --catalogue: street (the default), studio, or a folder of `tf-tryon bundle`."
    flags.DEFINE_string("model", None, text, **add)
    text = "lite: complete in this process by the exported file, without TensorFlow; results can't be varied."
    flags.DEFINE_enum("runtime", TENSORFLOW, [TENSORFLOW, LITE], text, **add)
    flags.DEFINE_bool("local", False, "Complete in the visitor's browser; with --model, --host, --port.", **add)
    flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0: all.", **add)
    flags.DEFINE_integer("port", 8080, "0: a free one.", lower_bound=0, upper_bound=65535, **add)
    flags.DEFINE_string("title", "Try on", "What the page is called.", **add)
    flags.DEFINE_list("garments", None, "What --server's model completes; default: what --model does.", **add)
    text = "Products (`tf-tryon catalogue build`) that visitors are shown in, or records whose garments are suggested."
    flags.DEFINE_string("catalogue", None, text, **add)
    text = "At most so many people of --catalogue's records, the first."
    flags.DEFINE_integer("count", 200, text, lower_bound=1, **add)
    text = "Let visitors wear a garment from its own photo; always with a catalogue of products."
    flags.DEFINE_bool("wear", False, text, **add)
    flags.DEFINE_string("keep", None, "Folder to write visitors' photos and results to; the page says so.", **add)
    flags.DEFINE_integer("max_upload_mb", 20, "Of a photo's file.", lower_bound=1, upper_bound=200, **add)
    text = "Pixels of a photo's longer side; longer ones are shrunk."
    flags.DEFINE_integer("max_side", 1024, text, lower_bound=128, upper_bound=4096, **add)
    flags.DEFINE_integer("visitors", 200, "Kept at once; who was idle longest is forgotten.", lower_bound=1, **add)
    text = "Of all visitors' photos and results; beyond it who was idle longest is forgotten."
    flags.DEFINE_integer("memory_mb", 1024, text, lower_bound=16, **add)
    flags.DEFINE_float("idle", 30.0, "Minutes after which a visitor is forgotten.", lower_bound=0.1, **add)
    flags.DEFINE_string("pose_model", None, "MediaPipe's pose_landmarker_full.task; default: see `annotate`.", **add)
    flags.DEFINE_enum("parser", "builtin", ["builtin", "fashn"], "As for `annotate`.", **add)
    flags.DEFINE_string("parser_weights", None, "Of `tf-tryon parser train`; default: the bundled ones.", **add)
    define_background(flag_values)
    define_target_flags(flag_values, deadline=30.0)
    log_flags.define_form(flag_values)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses missing parts, models, data and unknown garments."""
    del args
    import importlib.util

    from tf_tryon.data.vocabulary import TARGETS
    from tf_tryon.errors import TryOnError
    from tf_tryon.shop.names import check_usearch, is_catalogue
    from tf_tryon.shop.same_model import check_model

    if missing := [name for name in ("starlette", "uvicorn") if importlib.util.find_spec(name) is None]:
        raise TryOnError(f"the page needs {' and '.join(missing)}: pip install 'tf-tryon[web]'")
    if flag_values.local:
        _check_local(flag_values)
    if flag_values.runtime == LITE:
        for name in ("server", "models", "catalogue", "wear"):
            if getattr(flag_values, name):
                raise ValueError(
                    f"--{name} needs TensorFlow or a server, and --runtime=lite has neither: leave one out"
                )
    if wrong := set(flag_values.garments or ()) - set(TARGETS):
        raise ValueError(f"--garments: {', '.join(sorted(wrong))}: choose of {', '.join(TARGETS)}")
    check_target_flags(flag_values)
    if flag_values.server and flag_values.models:
        raise ValueError("--models is for the embedded server, and --server names another: give one of them")
    if flag_values.models:
        given.folder(flag_values.models, "make it with `tf-tryon export saved-model`")
    given.model(flag_values.model)
    if is_catalogue(flag_values.catalogue):
        check_usearch()
        check_model(flag_values.catalogue, flag_values.model)
    else:
        given.data_sets([flag_values.catalogue])
    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Serves until a signal."""
    del args
    import contextlib
    import signal

    from tf_tryon.serving.web.running import address, bound, listen

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, end)
    try:
        with contextlib.ExitStack() as stack:
            listening = stack.enter_context(bound(flag_values.host, flag_values.port))
            if flag_values.local:
                app = _local_app(flag_values)
            elif flag_values.runtime == LITE:
                app = _lite_app(flag_values)
            else:
                app = _shop_app(flag_values, stack)
            print(address(listening), flush=True)
            listen(app, listening)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, former)
    return 0


def _check_local(flag_values: flags.FlagValues) -> None:
    """Refuses flags that say how a server completes."""
    there = ("local", "model", "host", "port", "pose_model", "verbosity", "log")
    wrong = [name for name in flag_values if flag_values[name].present and name not in there]
    if wrong:
        raise ValueError(f"--{wrong[0].replace('_', '-')} is for a server that completes, and --local needs none")


def _local_app(flag_values: flags.FlagValues) -> Starlette:
    """The page that completes in the visitor's browser."""
    from tf_tryon.serving.web.local_app import make_local_app, parts

    return make_local_app(parts(flag_values.model, flag_values.pose_model))


def _lite_app(flag_values: flags.FlagValues) -> Starlette:
    """The shop's page over a model in this process, without TensorFlow."""
    from tf_tryon.inference.bundled import STREET
    from tf_tryon.lite.tryon import TryOn
    from tf_tryon.serving.web import allocator
    from tf_tryon.serving.web.app import make_app

    allocator.give_back_large_arrays()
    model = load(LITE, flag_values.model or STREET)
    assert isinstance(model, TryOn)
    garments = tuple(flag_values.garments or model.garments)
    return make_app(_shop(flag_values, "", garments, model))


def _shop_app(flag_values: flags.FlagValues, stack: ExitStack) -> Starlette:
    """The shop's page, in front of the server that the flags name, or of one that ends with the stack."""
    from tf_tryon import quiet

    quiet.import_tensorflow()  # before anything else does
    from tf_tryon.inference.model_folder import ModelFolder
    from tf_tryon.serving.web import embedded
    from tf_tryon.serving.web.app import make_app

    server = flag_values.server
    if not server:
        models = flag_values.models or embedded.exported(flag_values.model)
        _log.info("loading the model")
        server = stack.enter_context(embedded.serving(pathlib.Path(models))).address
    garments = tuple(flag_values.garments or ModelFolder(flag_values.model).garments)
    return make_app(_shop(flag_values, server, garments))


def _shop(flag_values: flags.FlagValues, address: str, garments: tuple[str, ...], lite: TryOn | None = None) -> Shop:
    """What the flags ask for, over the server at an address, or the model in this process."""
    from tf_tryon.annotation.annotator import Annotator
    from tf_tryon.inference.bundled import STUDIO
    from tf_tryon.serving.calls import Target
    from tf_tryon.serving.web.annotating import Annotating
    from tf_tryon.serving.web.archive import Archive
    from tf_tryon.serving.web.sessions import Sessions
    from tf_tryon.serving.web.shop import Settings, Shop
    from tf_tryon.shop.names import is_catalogue

    def annotator() -> Annotator:
        options = {"pose_model": flag_values.pose_model, "parser_weights": flag_values.parser_weights}
        options["runtime"] = LITE if lite else AUTO
        return Annotator.load(flag_values.parser, **options, kept=lite is None)

    catalogue = None
    if flag_values.catalogue and not is_catalogue(flag_values.catalogue):
        from tf_tryon.serving.web.catalogue import Catalogue

        folder = pathlib.Path(flag_values.catalogue)
        catalogue = Catalogue(folder, flag_values.model, flag_values.count)
    embedded = Target(address, deadline=flag_values.deadline)
    drawn = flag_values.model == STUDIO and not (flag_values.server or flag_values.models)
    return Shop(
        Settings(
            flag_values.title,
            garments,
            flag_values.max_upload_mb << 20,
            background=flag_values.background,
            drawn=drawn,
        ),
        target_of(flag_values, address) if flag_values.server else embedded,
        Annotating(annotator, flag_values.max_side),
        Sessions(flag_values.visitors, flag_values.memory_mb << 20, 60 * flag_values.idle),
        catalogue,
        None if lite else _products(flag_values),
        Archive(pathlib.Path(flag_values.keep)) if flag_values.keep else None,
        lite,
    )


def _products(flag_values: flags.FlagValues) -> Products | None:
    """What visitors may wear, if the flags ask for it."""
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.products.product import WornIn
    from tf_tryon.serving.web.products import Products
    from tf_tryon.shop.catalogue import Catalogue
    from tf_tryon.shop.names import is_catalogue

    listed = is_catalogue(flag_values.catalogue)
    if not listed and not flag_values.wear:
        return None

    def worn() -> WornIn:
        from tf_tryon.annotation.pose import PoseAnnotator
        from tf_tryon.products.worn import worn_in

        return worn_in(PoseAnnotator.load(flag_values.pose_model))

    catalogue = Catalogue(flag_values.catalogue) if listed else None
    return Products(lambda: TryOn.load(flag_values.model), catalogue, worn)
