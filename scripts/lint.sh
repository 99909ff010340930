#!/bin/sh
# Format, lint, types and floors.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "Python: lint and format"
ruff check
ruff format --check
say "Browser code: types, lint and format"
npm run --silent check
say "Templates: lint"
djlint templates --lint --quiet
say "Floors of the architecture"
lint-imports --no-cache
say "Python: types"
mypy
