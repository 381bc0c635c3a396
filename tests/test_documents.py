"""Documents and GitHub's files say what is there: links, addresses, commands, versions of Python."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TRACKED = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
FILES = [ROOT / name for name in TRACKED.stdout.splitlines()]
DOCUMENTS = sorted(path for path in FILES if path.suffix == ".md" and not path.parent.name.startswith("table_4_1_"))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def _without_code(text: str) -> str:
    return re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.DOTALL | re.MULTILINE)


def _anchors(path: Path) -> set[str]:
    """Those that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.*)$", _without_code(path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", _without_code(path.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{link} is not there"
        assert target.is_relative_to(ROOT), f"{link} is outside the project"
        assert not anchor or anchor in _anchors(target), f"{target.name} has no heading #{anchor}"


def test_every_address_of_the_project_is_the_same():
    source = PROJECT["urls"]["Source"]
    owner, name = source.removeprefix("https://github.com/").split("/")
    ours = (f"{source}/", f"https://{owner}.github.io/{name}/")
    collected = 0
    for path in FILES:
        if path.suffix in (".md", ".cff", ".yml", ".yaml", ".toml") and path.is_file():
            for address in re.findall(rf"https://[^\s\"')>]*/{name}\b[^\s\"')>]*", path.read_text()):
                collected += 1
                assert f"{address}/".startswith(ours), f"{path.relative_to(ROOT)} names {address}, not {source}"
    assert collected > 5


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_call_what_is_there(path):
    jobs = yaml.safe_load(path.read_text())["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = [target for command in commands for target in re.findall(r"\bmake ([\w-]+)", command)]
    makefile = (ROOT / "Makefile").read_text()
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    assert all("timeout-minutes" in job for job in jobs.values())


def test_every_place_names_the_same_versions_of_python():
    named = [line.split(" :: ")[-1] for line in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", line)]
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == named
    minors = [version.removeprefix("3.") for version in named]
    assert f":-{' '.join(minors)}}}" in (ROOT / "tools/make_venv.sh").read_text()
    assert PROJECT["requires-python"] == f">={named[0]},<3.{int(minors[-1]) + 1}"
