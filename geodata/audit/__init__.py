"""The transparency log: what was published and signed cannot be changed afterwards without being found out.

`log` enters publications, `answers` signed answers and keys; `proofs` shows that something is in it and that it only
grew; `verify` compares all of it with the tables and with a checkpoint kept elsewhere.
"""
