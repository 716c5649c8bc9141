"""The bootstrap: `examples/from-nothing` on a Keycloak and a Keystone that have nothing but their own first account."""

from sandbox import files, settings
from sandbox.stack import Stack
from sandbox.stage import Stage, require, step

EXAMPLE = settings.ROOT / "examples" / "from-nothing"
SPEC = "spec"


class FromNothing(Stage):
    """The bootstrap on one bare sandbox."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, "from-nothing")
        names = ("alice", "olivia", "opcp-provision")
        self.secrets = {name: self.password(name) for name in names}

    def write_spec(self) -> None:
        """The example, with the sandbox' addresses in place of those that follow from the domain name."""
        where = self.stack.where
        (self.folder / SPEC).mkdir(exist_ok=True)
        for source in sorted(EXAMPLE.glob("*.yaml")):
            text = source.read_text()
            if source.name == "environment.yaml":
                text = replaced(text, "  fqdn: cloud.example.com\n", f"  caFile: {where.authority}\n")
                text = replaced(text, "  keystone:\n", f"  keystone:\n    url: {where.keystone_url}\n")
            elif source.name.startswith("realm-"):
                keycloak = f"  environment: prod\n  keycloak: {{url: {where.keycloak_url}}}\n"
                text = replaced(text, "  environment: prod\n", keycloak)
            files.write(self.folder / SPEC / source.name, text, 0o644)

    def variables(self, **login: str) -> dict[str, str]:
        """The secrets of the spec, Keystone's administrator, and a login to Keycloak."""
        keystone = {
            "OS_USERNAME": "admin",
            "OS_PASSWORD": files.secret(self.stack.keystone.password_file),
            "OS_PROJECT_NAME": "admin",
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
        }
        spec = {
            "ALICE_PASSWORD": files.secret(self.secrets["alice"]),
            "OLIVIA_PASSWORD": files.secret(self.secrets["olivia"]),
            "OPCP_PROVISION_SECRET": files.secret(self.secrets["opcp-provision"]),
        }
        return keystone | spec | {f"OPCP_KEYCLOAK_{name.upper()}": value for name, value in login.items()}

    def run(self) -> None:
        """Everything after the build."""
        self.write_spec()
        administrator = self.variables(
            login_realm="master", username="admin", password=files.secret(self.stack.keycloak.password_file)
        )
        account = self.variables(
            login_realm="master", client_id="opcp-provision", client_secret=files.secret(self.secrets["opcp-provision"])
        )
        with step("from nothing: the spec is sound"):
            self.tool("validate", "-f", SPEC)
        with step("from nothing: the first run, as Keycloak's bootstrap administrator"):
            self.tool("apply", "-f", SPEC, "--auto-approve", **administrator)
        with step("from nothing: every later run, as the service account that the first one has made"):
            again = self.tool("apply", "-f", SPEC, "--auto-approve", **account)
            require("No changes." in again, "the second run made changes")
        with step("from nothing: the servers are as the spec says, and tokens carry what it promises"):
            checked = self.tool("verify", "-f", SPEC, **account)
            require("Tokens: 2 as promised, 0 wrong, 0 not known." in checked, "a token carries something else")
        with step("from nothing: alice's login, stage by stage"):
            login = ["--login", "alice", "--realm", "pod", "--password-file", self.secrets["alice"].name]
            self.tool("verify", "-f", SPEC, *login, **account)
        with step("from nothing: alice logs in through keycloak"):
            self.openrc("alice", "acme-prod", "acme", "pod", account)
            listed = self.person("alice", "alice-openrc.sh", "openstack project list")
            require("acme-prod" in listed and "acme-test" in listed, "alice does not have both projects")
        with step("from nothing: olivia, an administrator, logs in through keycloak-admin"):
            self.openrc("olivia", "admin", "Default", "master", account)
            listed = self.person("olivia", "olivia-openrc.sh", "openstack domain list -c Name")
            require("acme" in listed, "olivia does not see the domains")

    def openrc(self, person: str, project: str, domain: str, realm: str, variables: dict[str, str]) -> None:
        """Write the file that a person gets."""
        file = f"{person}-openrc.sh"
        (self.folder / file).unlink(missing_ok=True)
        choice = ["--user", person, "--project", project, "--domain", domain, "--realm", realm]
        self.tool("openrc", "-f", SPEC, *choice, "--output", file, **variables)


def replaced(text: str, old: str, new: str) -> str:
    """The text with its only `old` as `new`."""
    require(text.count(old) == 1, f"examples/from-nothing is no longer as this expects: {old.strip()}")
    return text.replace(old, new)
