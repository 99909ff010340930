#!/bin/sh
# Makes .venv and installs into it exactly what requirements.lock names, hashes checked.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || fail "There is no $python. Install Python 3.11 or newer, or set PYTHON to its path."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old: Python 3.11 or newer is needed. Set PYTHON to the path of a newer one."

if ! .venv/bin/uv --version >/dev/null 2>&1; then
  say "Making .venv, installing uv"
  "$python" -m venv --clear --without-pip .venv || fail "Python could not make a virtual environment."
  # uv's own lines of the lock, so that its hash is checked like every other.
  awk '/^uv==/ { on = 1 } on && /^[a-z]/ && !/^uv==/ { exit } on' requirements.lock >.venv/uv.lock
  set -- install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock
  # By the pip that is there, which spares unpacking another; some Pythons have none, or one too old to do it.
  if ! "$python" -m pip --python .venv/bin/python "$@" 2>/dev/null; then
    "$python" -m venv .venv || fail "Python has no pip. On Debian: apt-get install python3-venv; then try again."
    .venv/bin/python -m pip "$@"
  fi
fi
say "Installing Python packages"
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock

touch .venv/.installed
