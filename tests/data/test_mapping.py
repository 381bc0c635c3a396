"""Functions of a data set and of the networks are traced as they are written."""

import ast
from pathlib import Path

import pytest
import tensorflow as tf

from tf_tryon.data.mapping import mapped

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("parallel", [False, True])
def test_elements_keep_their_order(parallel):
    results = mapped(tf.data.Dataset.range(50), lambda number: number * 2, parallel)
    assert [int(number) for number in results] == list(range(0, 100, 2))


def test_python_is_not_rewritten():
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        mapped(tf.data.Dataset.range(2), lambda number: 1 if number > 0 else 2)


def test_no_function_is_rewritten_by_autograph():
    """It takes longer than tracing; a data set's own `map` would do it, too."""
    wrong = []
    for path in [path for part in ("tf_tryon", "export") for path in (ROOT / part).rglob("*.py")]:
        nodes = list(ast.walk(ast.parse(path.read_text())))
        told = {
            id(node.func)
            for node in nodes
            if isinstance(node, ast.Call) and "autograph" in [keyword.arg for keyword in node.keywords]
        }
        for node in nodes:
            if isinstance(node, ast.Attribute) and id(node) not in told:
                own = node.attr == "map" and path.name != "mapping.py"
                if own or ast.unparse(node) == "tf.function":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, "say autograph=False, or call data.mapping.mapped: " + ", ".join(wrong)
