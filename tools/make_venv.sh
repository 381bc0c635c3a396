#!/usr/bin/env bash
# usage: tools/make_venv.sh VENV REQUIREMENT...
# Makes VENV with Python 3.11, 3.12 or 3.13 ($PYTHON, or the first that is found and really starts) unless it is there, and
# installs the requirements in it, editable. MINORS=11 admits 3.11 only. Uses uv where there is one, else venv and pip.
set -euo pipefail

venv=$1
shift
read -ra minors <<<"${MINORS:-11 12 13}"
versions=$(printf "3.%s or " "${minors[@]}")
versions=${versions% or }

fits() { "$1" -c "import sys; sys.exit('3.%d' % sys.version_info[1] not in '$versions'.split(' or '))" >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    # pyenv has versions that are not on the path
    for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[123].*/bin/python; do
        if [[ -z ${PYTHON:-} ]] && fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

if [[ ! -x $venv/bin/python ]]; then
    python=$(find_python)
    if command -v uv >/dev/null; then
        uv venv --quiet --python "${python:-${PYTHON:-3.${minors[-1]}}}" "$venv"
    elif [[ -n $python ]]; then
        "$python" -m venv "$venv"
    else
        echo "make_venv: ${PYTHON:+PYTHON=$PYTHON is not Python $versions, }no Python $versions found: install one, or name it with make PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
fi

# A terminal sees how far it is.
quiet=--quiet
if [[ -t 2 ]]; then quiet=; fi

echo "installing $* into $venv (TensorFlow and its dependencies: about 2 GB, some minutes the first time)"
if command -v uv >/dev/null; then
    uv pip install $quiet --python "$venv/bin/python" "$@"
else
    "$venv/bin/python" -m pip install $quiet --disable-pip-version-check "$@"
fi
