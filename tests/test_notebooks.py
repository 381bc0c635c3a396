"""The notebooks run from top to bottom, with smaller numbers, in a folder of their own."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALLER = {"SAMPLES": 2, "COUNT": 8, "STEPS": 2}
# Compiling a training step takes longer than a few steps.
EAGER = "import tensorflow as tf\ntf.config.run_functions_eagerly(True)"


def _smaller(source: str) -> str:
    for name, value in SMALLER.items():
        source = re.sub(rf"^{name} = \d+", f"{name} = {value}", source, flags=re.MULTILINE)
    # Narrow networks train alike.
    return source.replace("--config.train.steps={STEPS}", "--config.train.steps={STEPS} --config.model.width=0.25")


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = _smaller(cell.source)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(EAGER, id="eager"))
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2


def test_there_are_three_and_each_says_what_it_is():
    assert len(NOTEBOOKS) == 3
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.cells[0].source.startswith("# ")
        for cell in notebook.cells:
            assert not any(output.output_type == "error" for output in cell.get("outputs", ()))
            if cell.cell_type == "markdown":
                for link in re.findall(r"\]\(([^)#]+)", cell.source):
                    assert (path.parent / link).exists(), link
