"""The sandbox as a bench uses it: a realm and a domain of its own, people changed behind the tool's back, restarts."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox import rest
from sandbox.failure import Failure

PROGRAM = Path(__file__).resolve().parent.parent.parent / "sandbox"
WRITERS = 4
#: A realm of ten thousand people is not removed in a moment.
PATIENCE = 600


class Ground:
    """Both servers, and the accounts of their administrators."""

    def __init__(self) -> None:
        try:
            variable = {name: os.environ[f"OPCP_SANDBOX_{name}"] for name in VARIABLES}
        except KeyError as missing:
            raise Failure(f"{missing} is not set", "make sandbox-up, then . .sandbox/env.sh") from missing
        self.keycloak, self.keystone = variable["KEYCLOAK_URL"], variable["KEYSTONE_URL"]
        self.authority = variable["CA_FILE"]
        self.passwords = {
            "KEYCLOAK_PASSWORD": variable["KEYCLOAK_ADMIN_PASSWORD"],
            "KEYSTONE_PASSWORD": variable["KEYSTONE_ADMIN_PASSWORD"],
        }

    def keycloak_token(self) -> str:
        """A token of Keycloak's administrator; it lives for a minute."""
        answer, _ = rest.Client(self.keycloak, Path(self.authority), PATIENCE).send_form(
            "/realms/master/protocol/openid-connect/token",
            grant_type="password",
            client_id="admin-cli",
            username="admin",
            password=self.passwords["KEYCLOAK_PASSWORD"],
        )
        return answer["access_token"]

    def keystone_token(self) -> str:
        """A token of Keystone's administrator."""
        user = {"name": "admin", "domain": {"name": "Default"}, "password": self.passwords["KEYSTONE_PASSWORD"]}
        project = {"name": "admin", "domain": {"name": "Default"}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": project}}}
        _, headers = rest.Client(self.keystone, Path(self.authority), PATIENCE).send_json("POST", "/v3/auth/tokens", body)
        return headers["X-Subject-Token"]

    def of_keycloak(self) -> rest.Client:
        """A client with a fresh token of Keycloak."""
        client = rest.Client(self.keycloak, Path(self.authority), PATIENCE)
        client.headers["Authorization"] = f"Bearer {self.keycloak_token()}"
        return client

    def of_keystone(self) -> rest.Client:
        """A client with a fresh token of Keystone."""
        client = rest.Client(self.keystone, Path(self.authority), PATIENCE)
        client.headers["X-Auth-Token"] = self.keystone_token()
        return client

    @contextlib.contextmanager
    def place(self, name: str) -> Iterator[None]:
        """A realm and a domain of this name, with nothing in them; they are removed in the end."""
        keycloak = self.of_keycloak()
        keycloak.send_json("POST", "/admin/realms", {"realm": name, "enabled": True})
        # curl does not renew its token, which would end after a minute.
        keycloak.send_json("PUT", "/admin/realms/master", {"accessTokenLifespan": 3600})
        domain, _ = self.of_keystone().send_json("POST", "/v3/domains", {"domain": {"name": name}})
        try:
            yield
        finally:
            # What cannot be removed is told, and does not hide why a bench has failed.
            try:
                self.of_keycloak().call("DELETE", f"/admin/realms/{name}")
                keystone, route = self.of_keystone(), f"/v3/domains/{domain['domain']['id']}"
                keystone.send_json("PATCH", route, {"domain": {"enabled": False}})
                keystone.call("DELETE", route)
            except (Failure, OSError) as failure:
                print(f"warning: {name} is left behind: {failure}", file=sys.stderr)

    def disturb(self, realm: str, usernames: list[str]) -> None:
        """Change the last name of each of these people, as somebody at the console would."""

        def each(part: list[str]) -> None:
            began, client = time.monotonic(), self.of_keycloak()
            for username in part:
                if time.monotonic() - began > 30:
                    began, client = time.monotonic(), self.of_keycloak()
                found, _ = client.call("GET", f"/admin/realms/{realm}/users?username={username}&exact=true")
                body = found[0] | {"lastName": "Changed"}
                client.send_json("PUT", f"/admin/realms/{realm}/users/{body['id']}", body)

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(each, [usernames[start::WRITERS] for start in range(WRITERS)]))

    @staticmethod
    def restart() -> None:
        """Stop and start both servers: nothing is remembered."""
        for command in ("down", "up"):
            subprocess.run([sys.executable, str(PROGRAM), command], check=True, stdout=subprocess.DEVNULL)


VARIABLES = ("KEYCLOAK_URL", "KEYSTONE_URL", "CA_FILE", "KEYCLOAK_ADMIN_PASSWORD", "KEYSTONE_ADMIN_PASSWORD")
