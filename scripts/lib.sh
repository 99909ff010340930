# Shared by the scripts: our own programs first, and caches that can be written.

PATH="$PWD/.venv/bin:$PATH"
export PATH

say() { printf '==> %s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

if [ ! -w "${HOME:-/nonexistent}" ]; then
  HOME="${MIH_VAR_DIR:-$PWD/var}/home"
  mkdir -p "$HOME"
  export HOME
fi
