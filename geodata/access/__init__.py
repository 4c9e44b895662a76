"""Access: how far it is from every commune to the nearest institution that qualifies, and what a change would do.

The door to the package: `access` measures, `scenario.Scenario` changes the network within the question only,
`population` knows how many people live in a commune.
"""

from geodata.access.distances import Access, CommuneAccess, access
from geodata.access.question import AccessQuestion, Condition, NotAnInstitutionIndicator
from geodata.access.scenario import ImpossibleScenario, Scenario

__all__ = [
    "Access",
    "AccessQuestion",
    "CommuneAccess",
    "Condition",
    "ImpossibleScenario",
    "NotAnInstitutionIndicator",
    "Scenario",
    "access",
]
