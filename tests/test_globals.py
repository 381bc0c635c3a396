"""Whoever imports the project into a program keeps the program's own settings: nothing of the process changes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Libraries are imported first: what they change by themselves is theirs.
STATE = """
import logging, os, pathlib, random, signal, sys, warnings

import h5py, keras, ml_collections, numpy as np, PIL.Image, scipy.ndimage, tensorflow as tf
from tensorflow.python.eager import context

try:
    import cv2
except ImportError:
    cv2 = None

tf.zeros(())  # starts TensorFlow's runtime, which opens files


def logger_settings(logger):
    return logger.level, tuple(map(id, logger.handlers)), tuple(map(id, logger.filters)), logger.propagate


def descriptors():
    links = {}
    for link in pathlib.Path("/proc/self/fd").iterdir():
        try:
            links[link.name] = os.readlink(link)
        except OSError:  # the one that listed the folder
            pass
    return links


def state():
    loggers = {n: l for n, l in logging.root.manager.loggerDict.items() if isinstance(l, logging.Logger)}
    return {
        "python's random state": random.getstate(),
        "numpy's random state": [np.array(part).tolist() for part in np.random.get_state()],
        "tensorflow's seed": context.global_seed(),
        "keras's policy": keras.mixed_precision.global_policy().name,
        "keras's float": keras.backend.floatx(),
        "root logger": (*logger_settings(logging.root), logging.root.manager.disable),
        "loggers": {n: logger_settings(l) for n, l in loggers.items() if logger_settings(l) != (0, (), (), True)},
        "environment": dict(os.environ),
        "warnings": [str(entry) for entry in warnings.filters],
        "descriptors": descriptors(),
        "hooks": (sys.excepthook, sys.stdout, sys.stderr, sys.displayhook, warnings.showwarning),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "folder": os.getcwd(),
    }


def compare(before, after):
    wrong = [name for name in before if before[name] != after[name]]
    for name in wrong:
        print(name, before[name], after[name], sep="\\n  ")
    sys.exit(len(wrong))


before = state()
"""
LOAD = """
from tf_tryon import Completion, Person, TryOn

TryOn.load("studio")
compare(before, state())
"""
RECOGNISE = """
from tf_tryon.annotation.refine import grab_cut
from tf_tryon.products.product import of_photo

rows, columns = np.mgrid[:160, :120]
garment = (abs(columns - 60) < 25) & (abs(rows - 80) < 50)
photo = np.where(garment[..., None], (190, 40, 50), (200, 196, 188)).astype(np.uint8)


def drawn():  # OpenCV's generator can't be read
    numbers = np.zeros((1, 8), np.uint8)
    cv2.randu(numbers, 0, 256)
    return numbers.tolist()


if cv2 is not None:
    cv2.setRNGSeed(7)
    drawn(), (following := drawn())
    cv2.setRNGSeed(7)
    drawn()
of_photo(photo, "shirt", "top", known=garment)
if cv2 is not None:
    of_photo(photo, "shirt", "top")
    grab_cut(photo, scipy.ndimage.gaussian_filter(garment.astype(float), 3), np.ones(garment.shape, bool))
    assert drawn() == following, "OpenCV's random state"
compare(before, state())
"""
WITH_A_POLICY_OF_ITS_OWN = """
keras.mixed_precision.set_global_policy("mixed_float16")
random.seed(3)
np.random.seed(4)
keras.utils.set_random_seed(5)
logging.getLogger("tensorflow").setLevel(logging.DEBUG)
warnings.simplefilter("ignore", FutureWarning)
before = state()
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("", id="plain", marks=pytest.mark.slow),
        pytest.param(WITH_A_POLICY_OF_ITS_OWN, id="with settings of its own"),
    ],
)
@pytest.mark.parametrize("work", [LOAD, pytest.param(RECOGNISE, marks=pytest.mark.slow)], ids=["a model", "a product"])
def test_loading_changes_nothing_of_the_process(program, work):
    done = subprocess.run([sys.executable, "-c", STATE + program + work], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_changes_nothing_and_loads_no_tensorflow():
    code = "import sys\nmodules = set(sys.modules)\nimport tf_tryon\nassert 'tensorflow' not in sys.modules\n"
    code += "new = set(sys.modules) - modules\nprint(*sorted({n.split('.')[0] for n in new} - sys.stdlib_module_names))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["tf_tryon"], done.stdout + done.stderr
