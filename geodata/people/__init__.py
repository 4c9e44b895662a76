"""People: what each may do and where (`rights`, `territories`), how they come in (`accounts`, `passwords`,
`second_factor`, `door`), and the sessions under which they act (`sessions`, `acting`)."""
