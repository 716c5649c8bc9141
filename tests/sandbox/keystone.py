"""Keystone behind Apache: installed, bootstrapped, told of Keycloak's two realms, and started."""

import json
import os
import string
from pathlib import Path

from sandbox import files, packages, processes, rest
from sandbox.part import Part
from sandbox.settings import HERE, Settings
from sandbox.steps import Step, Steps

ADMIN = "admin"
APACHE = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
TEMPLATES = HERE / "templates"
FEDERATION = "/v3/OS-FEDERATION"
# Identity provider -> the realm whose people log in through it.
PROVIDERS = {"keycloak": "pod", "keycloak-admin": "master"}
MAPPING = "keycloak_mapping"
READY = "/v3"
PATIENCE = 60.0

# Apache does not run as root, nor can another user reach folders below root's home: it starts as a
# plain user who may pass by file permissions, and by nothing else.
PLAIN_USER = (
    "setpriv",
    "--reuid=www-data",
    "--regid=www-data",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
)


class Keystone(Part):
    """The Keystone of one sandbox, with its Apache."""

    name = "Keystone"

    def __init__(self, where: Settings) -> None:
        super().__init__(where, "apache", "keystone")
        self.logs += [where.state / "log" / name for name in ("apache-error.log", "keystone.log")]
        self.password_file = where.state / "secrets" / "keystone-admin-password"
        self.configuration = where.state / "apache"

    def install(self, steps: Steps) -> Path:
        """The virtual environment with Keystone and the openstack client."""
        version = self.where.choice.keystone_version
        requirements = HERE / "requirements" / f"keystone-{version}.txt"
        folder = self.where.cache / f"keystone-{version}-{files.digest(requirements)}"
        if not (folder / ".whole").exists():
            with steps.step(f"Keystone {version}: install") as step:
                files.built(folder, lambda new: packages.install_python(step, new, requirements), step.waiting)
        files.link(self.where.state / "bin" / "openstack", folder / "bin" / "openstack")
        return folder

    def make(self, software: Path, data: Path, steps: Steps) -> None:
        """Bootstrap Keystone as an OPCP has it."""
        with steps.step("Keystone: bootstrap", *self.logs) as step:
            self.configure(software, data)
            self.bootstrap(step, software)
        if self.where.choice.setup == "bare":
            return
        with steps.step("Keystone: first start and identity providers", *self.logs):
            self.start(software, data)
            self.wait()
            self.federate()

    def bootstrap(self, step: Step, software: Path) -> None:
        """Make the database, the keys and what every Keystone has."""
        owner = f"--keystone-user {os.geteuid()} --keystone-group {os.getegid()}"
        address = f"{self.where.keystone_url}/v3"
        # -P: or this module would be imported in place of Keystone.
        step.run(
            software / "bin" / "python",
            "-P",
            "-W",
            "ignore",
            HERE / "keystone_manage.py",
            self.configuration / "keystone.conf",
            "db_sync",
            f"fernet_setup {owner}",
            f"credential_setup {owner}",
            f"bootstrap --bootstrap-region-id RegionOne --bootstrap-public-url {address}"
            f" --bootstrap-internal-url {address} --bootstrap-admin-url {address}",
            OS_BOOTSTRAP_PASSWORD=files.secret(self.password_file),
        )

    def configure(self, software: Path, data: Path) -> None:
        """Write the configuration of Apache and Keystone."""
        values = {
            "state": self.where.state,
            "data": data,
            "venv": software,
            "modules": MODULES,
            "keycloak_url": self.where.keycloak_url,
            "keystone_url": self.where.keystone_url,
            "keystone_port": self.where.choice.keystone_port,
            "keystone_admin_port": self.where.choice.keystone_admin_port,
        } | {
            f"auth_path_{realm}": f"{FEDERATION}/identity_providers/{name}/protocols/openid/auth"
            for name, realm in PROVIDERS.items()
        }
        for name in ("keystone.conf", "httpd.conf", "wsgi.py"):
            files.write(self.configuration / name, string.Template((TEMPLATES / name).read_text()).substitute(values))

    def start(self, software: Path, data: Path) -> None:
        """Start Apache, which runs Keystone on this database."""
        self.configure(software, data)
        command = [APACHE, "-f", str(self.configuration / "httpd.conf"), "-D", "FOREGROUND"]
        self.server.start([*(PLAIN_USER if os.geteuid() == 0 else ()), *command], processes.plain_environment())

    def wait(self) -> None:
        """Wait until Keystone answers."""
        self.client().wait(READY, PATIENCE, self.server)

    def federate(self) -> None:
        """Make the mapping, the identity providers and their protocols; Keystone before 29 knows no such mapping."""
        client = self.client()
        client.headers["X-Auth-Token"] = self.token(client)
        if self.where.maps_projects:
            mapping = json.loads((TEMPLATES / "mapping.json").read_text())
            client.send_json("PUT", f"{FEDERATION}/mappings/{MAPPING}", {"mapping": mapping})
        for name, realm in PROVIDERS.items():
            path = f"{FEDERATION}/identity_providers/{name}"
            issuer = f"{self.where.keycloak_url}/realms/{realm}"
            provider = {"enabled": True, "domain_id": "default", "remote_ids": [issuer]}
            client.send_json("PUT", path, {"identity_provider": provider})
            if self.where.maps_projects:
                protocol = {"mapping_id": MAPPING, "remote_id_attribute": "OIDC-iss"}
                client.send_json("PUT", f"{path}/protocols/openid", {"protocol": protocol})

    def token(self, client: rest.Client) -> str:
        """A token of the administrator."""
        user = {"name": ADMIN, "domain": {"id": "default"}, "password": files.secret(self.password_file)}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": {"user": user}}
        _, headers = client.send_json("POST", "/v3/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
        return headers["X-Subject-Token"]

    def answers(self) -> bool:
        """Whether Keystone answers now."""
        return self.client().answers(READY)

    def client(self) -> rest.Client:
        """A client without a login."""
        return rest.Client(self.where.keystone_url, self.where.authority)
