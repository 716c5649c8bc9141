"""R_min: the fewest requests in which what a run tells could be seen, or done. It follows from the servers' lists."""

from servers.population import Population

PAGE = 250
#: A login to each server.
TOKENS = 2
#: The profile; the providers of mappers; a client with its mappers.
REALM = 3
#: How many groups there are, and all of them.
TREE = 2
#: Domains, projects, roles.
KEYSTONE = 3


def pages(count: int) -> int:
    """The pages of a list of users."""
    return -(-count // PAGE)


def lists(population: Population) -> int:
    """Each list once, to its end."""
    members = sum(pages(len(population.members(group))) for group in population.groups)
    return REALM + pages(population.count) + 1 + TREE + members + KEYSTONE


def plan(population: Population) -> int:
    """To see all that is declared."""
    return TOKENS + lists(population)


def changes(population: Population, count: int) -> int:
    """To change so many people: each is read just before, since a write replaces all attributes; then all is proved."""
    return TOKENS + 2 * lists(population) + 2 * count


def first_apply(population: Population) -> int:
    """To make everything: the profile, which is read just before; client and mapper; each object and each membership."""
    made = population.count + len(population.groups) + len(population.projects) + population.count + 2
    return TOKENS + 2 * lists(population) + made + 2
