"""The last release on the disk of each host: what answers go on from without the database, and the list people take
along.

`encoding` writes a record as one line and reads it back the same; `building` streams a release into both files;
`register` answers from the one, `offline_list` reads and compares the other.
"""
