#!/bin/sh
# Everything that must hold before a change lands, the cheap checks first. Runs beside the embedded services.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

# The types keep one core busy and the rest of these checks the other; what the former say is shown once they are done.
words=$(mktemp)
sh scripts/lint.sh >"$words" 2>&1 &
lint=$!
trap 'kill "$lint" 2>/dev/null || :; rm -f "$words"' EXIT

say "Migrations: none missing"
python manage.py makemigrations --check --dry-run
say "Migrations: safe for a running release"
python manage.py lintmigrations --quiet ok
say "Deployment checks"
MIH_ENV=production ALLOWED_HOSTS=mih.example.org \
  SECRET_KEY=a-key-of-the-checks-alone-5yQ8vH2nXr4tKz7wLb3mPd9s \
  DATABASE_URL=postgresql://mih@localhost/mih REDIS_URL=redis://localhost \
  python manage.py check --deploy --fail-level WARNING
say "Unit tests of the browser code"
npm test --silent
say "Database of the tests"
python -m tests.databases
linted=0
wait "$lint" || linted=$?
cat "$words"
[ "$linted" -eq 0 ] || exit "$linted"
say "Tests"
# One process more than the two cores expected: browser tests often wait. The long tests of faults are for
# `make test-faults`.
python -m pytest -n "${TEST_PROCESSES:-3}" --dist loadfile --no-loadscope-reorder -m "not faults or faults_short" "$@"
