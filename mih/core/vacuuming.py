"""Vacuuming a table by what is worked on in it, not by how many rows there ever were."""

from django.db.migrations import RunSQL

_WORK = 5_000
"""Rows changed: half of what a city of 200,000 people works on at a time."""


def vacuumed_by_work(table: str) -> RunSQL:
    """The operation of a migration that sets it.

    By its own defaults PostgreSQL vacuums once a fifth of a table has changed: in a table of a million rows, of which ten
    thousand are worked on, that is once in months. Until then figures that are counted in an index alone look into the
    table for every row that was changed.
    """
    return RunSQL(
        f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = {_WORK})",
        f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)",
    )


def vacuumed_with_its_indexes(table: str) -> RunSQL:
    """The operation of a migration that sets it.

    By its own defaults a vacuum leaves the indexes alone while dead rows lie in less than a fiftieth of the pages, as those
    of some weeks' work do: they lie close together. Such pages are never marked as visible to all, and each count looks into
    the table for the rows it could have counted in an index.
    """
    return RunSQL(
        f"ALTER TABLE {table} SET (vacuum_index_cleanup = on)",
        f"ALTER TABLE {table} RESET (vacuum_index_cleanup)",
    )
