"""PostgreSQL and Redis of one's own, for a machine that has neither.

With ``DATABASE_URL`` or ``REDIS_URL`` unset, the demo, the tests and every ``manage.py`` command use real
servers kept under ``MIH_VAR_DIR`` (default ``var/`` beside ``manage.py``). They listen on Unix sockets only.
Production sets both addresses, and nothing here is ever called.
"""
