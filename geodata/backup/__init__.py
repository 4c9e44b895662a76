"""Backup of the private cluster with PostgreSQL's own tools, and its restoration to a named second.

`archiving` makes the server hand every piece of its log (WAL) to a directory; `bases` copies the running cluster there
and verifies what was copied; `restoring` makes a cluster of a base and the log up to a moment; `encryption` keeps a
copy of all of it that only the holder of a key can read; `contents` says what is in a database, for comparison.
"""
