"""Readiness figures under the overlays: how each indicator is measured on an institution, and the sums that are stored
with each release. `geodata.overlays` reads them; `geodata.releases` derives them.
"""
