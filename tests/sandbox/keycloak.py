"""Keycloak: fetched, built with the fixture provider, given the realm `pod`, and started."""

from pathlib import Path

from sandbox import files, maven, processes, provider, rest, settings
from sandbox.part import Part
from sandbox.settings import Settings
from sandbox.steps import Steps

ARTIFACT = "org.keycloak:keycloak-quarkus-dist:{}:tar.gz"
ADMIN = "admin"
READY = "/realms/master"
PATIENCE = 240.0

# The same at build and at start: `start --optimized` takes them from the build. The feature changes nothing by itself: it
# knows of policies that keep the old secret of a client.
BUILD = {"KC_DB": "dev-file", "KC_CACHE": "local", "KC_FEATURES": "client-secret-rotation"}
HEAP = {"JAVA_OPTS_KC_HEAP": "-Xms128m -Xmx768m"}


def java_options(temporary: Path) -> dict[str, str]:
    """What each Java process of Keycloak gets."""
    temporary.mkdir(exist_ok=True)
    # C1 only halves the CPU time of a start; nothing here runs long enough to miss C2. In /tmp, another
    # user's Keycloak may have made the folder that this one writes to.
    return {"JAVA_OPTS_APPEND": f"-XX:TieredStopAtLevel=1 -Djava.io.tmpdir={temporary}"}


class Keycloak(Part):
    """The Keycloak of one sandbox."""

    name = "Keycloak"

    def __init__(self, where: Settings) -> None:
        super().__init__(where, "keycloak", "keycloak")
        self.password_file = where.state / "secrets" / "keycloak-admin-password"

    def install(self, steps: Steps) -> Path:
        """The folder of a built Keycloak with the provider in it."""
        version = self.where.choice.keycloak_version
        cache = self.where.cache
        folder = cache / f"keycloak-{version}-{files.digest(*provider.sources(), text=str(BUILD))}"
        if (folder / ".whole").exists():
            return folder
        with steps.step(f"Keycloak {version}: download") as step:
            archive = maven.fetch(step, cache, ARTIFACT.format(version), settings.KEYCLOAK_VERSIONS[version])

        def make(new: Path) -> None:
            step.run("tar", "xzf", archive, "--strip-components=1", "-C", new)
            provider.package(step, new, new / "providers" / "opcp-fixture.jar")
            step.run(new / "bin" / "kc.sh", "build", **BUILD, **HEAP, **java_options(new / "tmp"))

        with steps.step(f"Keycloak {version}: unpack and build") as step:
            return files.built(folder, make, step.waiting)

    def make(self, software: Path, data: Path, steps: Steps) -> None:
        """Let Keycloak make its database, and create realm `pod` in it; the profile policy stays disabled."""
        if self.where.choice.setup == "bare":
            with steps.step("Keycloak: first start", *self.logs):
                self.start(software, data)
                self.wait()
            return
        with steps.step("Keycloak: first start and realm pod", *self.logs):
            self.start(software, data)
            self.wait()
            client = self.client()
            answer, _ = client.send_form(
                "/realms/master/protocol/openid-connect/token",
                grant_type="password",
                client_id="admin-cli",
                username=ADMIN,
                password=files.secret(self.password_file),
            )
            client.headers["Authorization"] = f"Bearer {answer['access_token']}"
            client.send_json("POST", "/admin/realms", {"realm": "pod", "enabled": True, "sslRequired": "all"})

    def start(self, software: Path, data: Path) -> None:
        """Start Keycloak on this database."""
        where = self.where
        settings = {
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": files.secret(self.password_file),
            "KC_DB_URL": f"jdbc:h2:file:{data}/keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE",
            "KC_HOSTNAME": where.keycloak_url,
            "KC_HTTP_HOST": "127.0.0.1",
            "KC_HTTPS_PORT": str(where.choice.keycloak_port),
            "KC_HTTPS_CERTIFICATE_FILE": str(where.state / "pki" / "server.crt"),
            "KC_HTTPS_CERTIFICATE_KEY_FILE": str(where.state / "pki" / "server.key"),
        }
        environment = (
            processes.plain_environment("JAVA_HOME") | BUILD | HEAP | java_options(where.state / "tmp") | settings
        )
        self.server.start([str(software / "bin" / "kc.sh"), "start", "--optimized"], environment)

    def wait(self) -> None:
        """Wait until Keycloak answers."""
        self.client().wait(READY, PATIENCE, self.server)

    def answers(self) -> bool:
        """Whether Keycloak answers now."""
        return self.client().answers(READY)

    def client(self) -> rest.Client:
        """A client without a login."""
        return rest.Client(self.where.keycloak_url, self.where.authority)

    def test_provider(self, steps: Steps) -> str:
        """Run the provider's unit tests against this Keycloak's classes; what the test runner printed."""
        software = self.install(steps)
        with steps.step("provider: unit tests") as step:
            return provider.test(step, software, self.where.cache)
