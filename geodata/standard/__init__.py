"""The legal standard of Circular 38/2026/TT-BGDĐT (in force 29/04/2026): pass or fail, no score bands.

`load.standard()` is the text as data, `verdict.assess()` applies it to one institution, `as_catalogue` lists its parts
as indicators and targets. Our own score is something else: `geodata.readiness_score`.
"""
