"""Reports on a year: what is asked of whom, how a report is planned as a proposal, and how far everybody is.

A report is a proposal of kind `report` (`geodata.proposals.path`): two persons, an exact change set, one release.
"""
