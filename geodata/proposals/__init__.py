"""Changes by people: planned as exact change sets, proposed by one person, approved by another, published as releases.

`fields` says who owns, changes and approves what; `edits` and `wizards` plan; `drafting`, `path` and `publication` are
the way of a proposal; `outcome` is what publication would change for readers, found by doing it and taking it back.
"""
