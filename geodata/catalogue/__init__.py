"""The catalogue: indicators, targets and the legal standard as data, each row with the clause it comes from.

The YAML files beside this module are the data; `rows` reads them with errors that name file, row and remedy,
`documents` knows the cited documents. `geodata.indicators`, `geodata.targets` and `geodata.standard` turn the rows into
typed values.
"""
