"""The last release on the disk of each host: what answers go on from without the database, and the list people take
along.

`encoding` writes a record as one line and reads it back the same; `building` brings a release into both files, whole
or (`updating`) by what was touched since the one before;
`register` answers from the one, `offline_list` reads and compares the other.
"""
