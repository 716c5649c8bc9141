"""The people, groups and projects of a bench: one source for every tool that is measured."""

import dataclasses
import json
from collections.abc import Iterator

#: Eight outermost groups, four in each, five in each of those.
LEVELS = (8, 4, 5)
PROJECTS = 200
CLIENT = "openstack-cli"


@dataclasses.dataclass(frozen=True)
class Grant:
    """The right to some roles in one project."""

    domain: str
    project: str
    roles: tuple[str, ...]

    def value(self) -> str:
        """The value of the attribute `project` that means it."""
        roles = [{"name": role} for role in self.roles]
        return json.dumps({"domain": {"name": self.domain}, "name": self.project, "roles": roles}, separators=(",", ":"))


@dataclasses.dataclass(frozen=True)
class Person:
    """A user with one grant, in one group."""

    username: str
    grant: Grant
    group: str

    @property
    def email(self) -> str:
        """The address, by which Keycloak tells users apart as well."""
        return f"{self.username}@example.com"


@dataclasses.dataclass(frozen=True)
class Group:
    """A group with one grant."""

    path: str
    grant: Grant


class Population:
    """So many people in 200 groups, with grants in 200 projects of one domain of their own."""

    def __init__(self, count: int, domain: str) -> None:
        self.count = count
        self.domain = domain
        self.projects = [f"project-{number:04}" for number in range(PROJECTS)]
        paths = list(group_paths())
        self.groups = [Group(path, self.grant(place + PROJECTS // 2, "reader")) for place, path in enumerate(paths)]
        self.people = [
            Person(f"person-{number:05}", self.grant(number, "member", "reader"), paths[number % len(paths)])
            for number in range(count)
        ]

    def grant(self, number: int, *roles: str) -> Grant:
        """The grant of the so-manieth person or group."""
        return Grant(self.domain, self.projects[number % PROJECTS], roles)

    def members(self, group: Group) -> list[str]:
        """The usernames of those in a group."""
        return [person.username for person in self.people if person.group == group.path]


def group_paths() -> Iterator[str]:
    """The paths of all groups, outer ones first."""
    outer, middle, inner = LEVELS
    for one in range(outer):
        yield f"/g{one}"
        for two in range(middle):
            yield f"/g{one}/h{two}"
            for three in range(inner):
                yield f"/g{one}/h{two}/i{three}"
