"""Looking an installation over: each check claims something, tells what contradicts it, and what to do then.

The door to the package: `run(look)` gives an `Outcome` per check of the database and of the register. Nothing is
written.
"""

from geodata.checkup.looks import Look
from geodata.checkup.registered import Check, Checks, Grade, Outcome
from geodata.checkup.running import CHECKS, run

__all__ = ["CHECKS", "Check", "Checks", "Grade", "Look", "Outcome", "run"]
