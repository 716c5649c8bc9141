"""A whole sandbox: Keycloak and Keystone side by side, and what their users are told of them."""

import shlex
from concurrent.futures import ThreadPoolExecutor

from sandbox import files, ldap, pki, ports
from sandbox import keycloak as keycloak_module
from sandbox import keystone as keystone_module
from sandbox.failure import Failure
from sandbox.keycloak import Keycloak
from sandbox.keystone import Keystone
from sandbox.settings import Settings
from sandbox.steps import Steps


class Stack:
    """A sandbox with its two parts."""

    def __init__(self, where: Settings) -> None:
        self.where = where
        self.keycloak = Keycloak(where)
        self.keystone = Keystone(where)
        self.parts = (self.keycloak, self.keystone)
        self.steps = Steps(where.state / "log")

    def runs(self) -> bool:
        """Whether both servers run."""
        return all(part.server.pid() is not None and part.data.exists() for part in self.parts)

    def variables(self) -> dict[str, str]:
        """What `env.sh` exports for the tests."""
        return {
            "OPCP_SANDBOX_KEYCLOAK_URL": self.where.keycloak_url,
            "OPCP_SANDBOX_KEYSTONE_URL": self.where.keystone_url,
            "OPCP_SANDBOX_CA_FILE": str(self.where.authority),
            "OPCP_SANDBOX_LDAP_JAR": str(ldap.archive(self.where.cache)),
            "OPCP_SANDBOX_KEYCLOAK_ADMIN_USERNAME": keycloak_module.ADMIN,
            "OPCP_SANDBOX_KEYCLOAK_ADMIN_PASSWORD": files.secret(self.keycloak.password_file),
            "OPCP_SANDBOX_KEYSTONE_ADMIN_USERNAME": keystone_module.ADMIN,
            "OPCP_SANDBOX_KEYSTONE_ADMIN_PASSWORD": files.secret(self.keystone.password_file),
        }

    def write_variables(self) -> None:
        """Write `env.sh`."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self.variables().items()]
        lines.append(f'export PATH={shlex.quote(str(self.where.state / "bin"))}:"$PATH"')
        files.write(self.where.state / "env.sh", "\n".join(lines) + "\n")

    def require_ports(self) -> None:
        """Refuse to start anything while a port that it needs is taken."""
        choice = self.where.choice
        needs = [(self.keycloak, "KEYCLOAK_PORT", choice.keycloak_port)]
        needs.append((self.keystone, "KEYSTONE_PORT", choice.keystone_port))
        needs.append((self.keystone, "KEYSTONE_ADMIN_PORT", choice.keystone_admin_port))
        taken = [
            f"port {port} ({name}) is taken by {ports.holder(port)}"
            for part, name, port in needs
            if part.server.pid() is None and not ports.is_free(port)
        ]
        if taken:
            raise Failure(
                "\n  ".join(taken),
                "end that process, or make another sandbox: make sandbox-up SANDBOX=.sandbox/other",
            )

    def up(self) -> None:
        """Bring both servers up, side by side; nothing to do for what runs already."""
        for part in self.parts:
            if part.server.pid() is None:
                part.server.stop()
        self.require_ports()
        pki.ensure(self.steps, self.where.state / "pki")
        ldap.ensure(self.steps, self.where.cache)
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(part.up, self.steps) for part in self.parts]:
                done.result()
        self.write_variables()

    def down(self) -> bool:
        """Stop both servers, side by side; their data stay."""
        with ThreadPoolExecutor() as pool:
            return any(list(pool.map(lambda part: part.server.stop(), self.parts)))

    def forget(self) -> None:
        """Stop both servers and remove what was done on them."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda part: part.forget(), self.parts))
