"""The tools that are compared: how each is told the same, and run. All of them reach Keycloak through one counting proxy.

What is the same for all: a client, its mapper, groups with a grant each, people with a grant and a membership each. The
projects are there beforehand: not every tool knows Keystone.
"""

import dataclasses
import json
import os
import shutil
from pathlib import Path

from servers.ground import Ground
from servers.population import CLIENT, Population
from servers.spec import spec

MAPPER = "aggregated-user-group-attribute-mapper"
CONFIG = {"user.attribute": "project", "claim.name": "projects", "id.token.claim": "true", "access.token.claim": "true"}


@dataclasses.dataclass
class Job:
    """What a tool is to do, and where."""

    population: Population
    realm: str
    #: The address of the counting proxy in front of Keycloak.
    url: str
    ground: Ground
    folder: Path


class Tool:
    """One tool: whether it is here, the files that it reads, the commands that it is run with."""

    name = ""

    def missing(self) -> str | None:
        """What it lacks here; nothing if it can be run."""
        raise NotImplementedError

    def prepare(self, job: Job) -> list[list[str]]:
        """Write its files; the commands that make it ready, which are not measured."""
        raise NotImplementedError

    def apply(self, job: Job) -> list[str]:
        """The command that makes it so, or finds that it is so."""
        raise NotImplementedError

    def environment(self, job: Job) -> dict[str, str]:
        """The variables that it is given."""
        return {"PATH": os.environ["PATH"], "HOME": str(job.folder), **job.ground.passwords}


class OpcpProvision(Tool):
    """This one; it also asks Keystone whether the projects and roles are there, which the others cannot."""

    name = "opcp-provision"

    def __init__(self, program: str) -> None:
        self.program = program

    def missing(self) -> str | None:
        return None if shutil.which(self.program) else f"there is no {self.program}: cargo build --release"

    def prepare(self, job: Job) -> list[list[str]]:
        ground = job.ground
        text = spec(job.population, job.realm, job.url, ground.keystone, ground.authority)
        (job.folder / "spec.yaml").write_text(text)
        return []

    def apply(self, job: Job) -> list[str]:
        return [self.program, "apply", "--auto-approve", "-f", "spec.yaml"]


class Terraform(Tool):
    """Terraform or OpenTofu, with the provider of Keycloak."""

    def __init__(self, name: str) -> None:
        self.name = name

    def missing(self) -> str | None:
        return None if shutil.which(self.name) else f"there is no `{self.name}` on the PATH"

    def prepare(self, job: Job) -> list[list[str]]:
        (job.folder / "main.tf.json").write_text(json.dumps(self.configuration(job)))
        return [[self.name, "init", "-input=false", "-no-color"]]

    def apply(self, job: Job) -> list[str]:
        return [self.name, "apply", "-input=false", "-no-color", "-auto-approve"]

    @staticmethod
    def configuration(job: Job) -> dict:
        """All of it, as JSON: one resource for each object."""
        realm, label = job.realm, lambda path: path.strip("/").replace("/", "-")
        groups, users, memberships = {}, {}, {}
        for group in job.population.groups:
            outer, _, name = group.path.rpartition("/")
            groups[label(group.path)] = {"realm_id": realm, "name": name, "attributes": {"project": group.grant.value()}}
            if outer:
                groups[label(group.path)]["parent_id"] = f"${{keycloak_group.{label(outer)}.id}}"
        for person in job.population.people:
            users[person.username] = {
                "realm_id": realm,
                "username": person.username,
                "email": person.email,
                "first_name": "First",
                "last_name": "Last",
                "attributes": {"project": person.grant.value()},
                "depends_on": ["keycloak_realm_user_profile.profile"],
            }
            memberships[person.username] = {
                "realm_id": realm,
                "user_id": f"${{keycloak_user.{person.username}.id}}",
                "group_ids": [f"${{keycloak_group.{label(person.group)}.id}}"],
                "exhaustive": False,
            }
        client = {"realm_id": realm, "client_id": CLIENT, "access_type": "CONFIDENTIAL", "direct_access_grants_enabled": True}
        mapper = {
            "realm_id": realm,
            "client_id": "${keycloak_openid_client.cli.id}",
            "name": "projects",
            "protocol": "openid-connect",
            "protocol_mapper": MAPPER,
            "config": CONFIG,
        }
        attributes = [
            {"name": name, "permissions": [{"view": ["admin", "user"], "edit": ["admin", "user"]}]}
            for name in ("username", "email", "firstName", "lastName")
        ]
        profile = {"realm_id": realm, "unmanaged_attribute_policy": "ADMIN_EDIT", "attribute": attributes}
        login = {
            "client_id": "admin-cli",
            "username": "admin",
            "password": "${var.password}",
            "url": job.url,
        }
        return {
            "terraform": {"required_providers": {"keycloak": {"source": "keycloak/keycloak", "version": "~> 5.0"}}},
            "variable": {"password": {"sensitive": True}},
            "provider": {"keycloak": login},
            "resource": {
                "keycloak_realm_user_profile": {"profile": profile},
                "keycloak_openid_client": {"cli": client},
                "keycloak_generic_protocol_mapper": {"projects": mapper},
                "keycloak_group": groups,
                "keycloak_user": users,
                "keycloak_user_groups": memberships,
            },
        }

    def environment(self, job: Job) -> dict[str, str]:
        return super().environment(job) | {"TF_VAR_password": job.ground.passwords["KEYCLOAK_PASSWORD"]}


class ConfigCli(Tool):
    """keycloak-config-cli, its jar named by KEYCLOAK_CONFIG_CLI; without its cache, with which it does not see drift."""

    name = "keycloak-config-cli"

    def missing(self) -> str | None:
        jar = os.environ.get("KEYCLOAK_CONFIG_CLI", "")
        if not Path(jar).is_file():
            return "KEYCLOAK_CONFIG_CLI does not name its jar"
        return None if shutil.which("java") else "there is no `java` on the PATH"

    def prepare(self, job: Job) -> list[list[str]]:
        groups: dict[str, dict] = {}
        for group in job.population.groups:
            outer, _, name = group.path.rpartition("/")
            groups[group.path] = {"name": name, "attributes": {"project": [group.grant.value()]}, "subGroups": []}
            if outer:
                groups[outer]["subGroups"].append(groups[group.path])
        mapper = {"name": "projects", "protocol": "openid-connect", "protocolMapper": MAPPER, "config": CONFIG}
        client = {"clientId": CLIENT, "publicClient": False, "directAccessGrantsEnabled": True, "protocolMappers": [mapper]}
        user = {"enabled": True, "firstName": "First", "lastName": "Last"}
        users = [
            user
            | {"username": person.username, "email": person.email, "groups": [person.group]}
            | {"attributes": {"project": [person.grant.value()]}}
            for person in job.population.people
        ]
        realm = {
            "realm": job.realm,
            "enabled": True,
            "attributes": {"userProfileEnabled": "true"},
            "userProfile": {"unmanagedAttributePolicy": "ADMIN_EDIT", "attributes": PROFILE},
            "clients": [client],
            "groups": [group for path, group in groups.items() if path.count("/") == 1],
            "users": users,
        }
        (job.folder / "realm.json").write_text(json.dumps(realm))
        return []

    def apply(self, job: Job) -> list[str]:
        options = {"keycloak.url": job.url, "keycloak.user": "admin", "import.cache.enabled": "false"}
        words = [f"--{name}={value}" for name, value in options.items()]
        return ["java", "-jar", os.environ["KEYCLOAK_CONFIG_CLI"], *words, "--import.files.locations=realm.json"]

    def environment(self, job: Job) -> dict[str, str]:
        return super().environment(job) | {"KEYCLOAK_PASSWORD": job.ground.passwords["KEYCLOAK_PASSWORD"]}


class Ansible(Tool):
    """Ansible with community.general; the profile's policy is set beforehand, which it cannot do by a module of its own."""

    name = "ansible"

    def missing(self) -> str | None:
        return None if shutil.which("ansible-playbook") else "there is no `ansible-playbook` on the PATH: pip install ansible"

    def prepare(self, job: Job) -> list[list[str]]:
        profile, _ = (keycloak := job.ground.of_keycloak()).call("GET", f"/admin/realms/{job.realm}/users/profile")
        policy = profile | {"unmanagedAttributePolicy": "ADMIN_EDIT"}
        keycloak.send_json("PUT", f"/admin/realms/{job.realm}/users/profile", policy)
        login = {
            "auth_keycloak_url": job.url,
            "auth_realm": "master",
            "auth_client_id": "admin-cli",
            "auth_username": "admin",
            "auth_password": "{{ lookup('env', 'KEYCLOAK_PASSWORD') }}",
            "realm": job.realm,
        }

        def task(module: str, loop: list[dict], **words: object) -> dict:
            return {f"community.general.{module}": login | words, "loop": loop, "loop_control": {"label": "one"}}

        mapper = {"name": "projects", "protocol": "openid-connect", "protocolMapper": MAPPER, "config": CONFIG}
        client = {"client_id": CLIENT, "direct_access_grants_enabled": True, "protocol_mappers": [mapper]}
        groups = []
        for group in job.population.groups:
            *outer, name = group.path.strip("/").split("/")
            words = {"name": name, "attributes": {"project": [group.grant.value()]}}
            groups.append(words | {"parents": [{"name": part} for part in reversed(outer)]})
        users = [
            {"username": person.username, "email": person.email, "group": person.group, "grant": person.grant.value()}
            for person in job.population.people
        ]
        tasks = [
            {"community.general.keycloak_client": login | client},
            task(
                "keycloak_group",
                groups,
                name="{{ item.name }}",
                attributes="{{ item.attributes }}",
                parents="{{ item.parents }}",
            ),
            task(
                "keycloak_user",
                users,
                username="{{ item.username }}",
                email="{{ item.email }}",
                first_name="First",
                last_name="Last",
                enabled=True,
                groups=[{"name": "{{ item.group.split('/')[-1] }}"}],
                attributes=[{"name": "project", "values": ["{{ item.grant }}"]}],
            ),
        ]
        play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
        (job.folder / "play.yml").write_text(json.dumps(play))
        return []

    def apply(self, job: Job) -> list[str]:
        return ["ansible-playbook", "-i", "localhost,", "play.yml"]


PROFILE = [
    {"name": name, "permissions": {"view": ["admin", "user"], "edit": ["admin", "user"]}}
    for name in ("username", "email", "firstName", "lastName")
]
