"""The spec of a population, as opcp-provision reads it."""

from servers.population import CLIENT, Population


def spec(population: Population, realm: str, keycloak: str, keystone: str, authority: str) -> str:
    """All of the population, its client and its profile; JSON is YAML, and long lines are quick to write."""
    lines = [
        "apiVersion: opcp.dev/v1alpha1",
        "kind: Environment",
        "metadata: {name: bench}",
        "spec:",
        f"  caFile: '{authority}'",
        f"  keystone: {{url: '{keystone}', login: {{username: admin, password: {{env: KEYSTONE_PASSWORD}}}}}}",
        "---",
        "apiVersion: opcp.dev/v1alpha1",
        "kind: Realm",
        f"metadata: {{name: {realm}}}",
        "spec:",
        "  environment: bench",
        f"  keycloak: {{url: '{keycloak}'}}",
        "  login: {realm: master, username: admin, password: {env: KEYCLOAK_PASSWORD}}",
        "  userProfile: {unmanagedAttributes: adminEdit}",
        "  clients:",
        f"    - clientId: {CLIENT}",
        "      directAccessGrants: true",
        "      dedicatedScope:",
        "        mappers:",
        "          - {name: projects, type: aggregated-user-group-attribute-mapper, userAttribute: project, tokenClaim: projects}",
        "---",
        "apiVersion: opcp.dev/v1alpha1",
        "kind: Access",
        "metadata: {name: acme}",
        "spec:",
        "  environment: bench",
        f"  realm: {realm}",
        "  projects:",
        *(f"    - {{name: {project}, domain: {population.domain}}}" for project in population.projects),
        "  groups:",
    ]
    for group in population.groups:
        members = ", ".join(population.members(group))
        grant = f"{{project: {group.grant.project}, roles: [{', '.join(group.grant.roles)}]}}"
        lines.append(f"    - {{path: {group.path}, grants: [{grant}], members: [{members}]}}")
    lines.append("  users:")
    for person in population.people:
        grant = f"{{project: {person.grant.project}, roles: [{', '.join(person.grant.roles)}]}}"
        names = "firstName: First, lastName: Last"
        lines.append(f"    - {{username: {person.username}, email: {person.email}, {names}, grants: [{grant}]}}")
    return "\n".join(lines) + "\n"
