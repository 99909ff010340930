#!/bin/sh
# Installs what package-lock.json names, with the Node.js that came with the Python packages.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
say "Installing browser packages (Node.js $(node --version))"
npm ci --loglevel error --no-progress --no-audit --no-fund
touch node_modules/.installed
