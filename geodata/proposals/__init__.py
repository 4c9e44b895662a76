"""Changes by people: planned as exact change sets, proposed by one person, approved by another, published as releases.

`fields` says who owns, changes and approves what; `edits` and `wizards` plan; `path` is the way of a proposal;
`outcome` is what publication would change for readers, found by doing it and taking it back.
"""
