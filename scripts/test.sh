#!/bin/sh
# Everything that must hold before a change lands, the cheap checks first. Runs beside the embedded services.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

sh scripts/lint.sh

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
say "Tests"
# One process more than the two cores expected: browser tests often wait. The long tests of faults are for
# `make test-faults`.
python -m pytest -n "${TEST_PROCESSES:-3}" --dist loadfile --no-loadscope-reorder -m "not faults or faults_short" "$@"
