"""The private CA of a sandbox, and the certificate for localhost that both servers show."""

import shlex
from pathlib import Path

from sandbox import files
from sandbox.steps import Steps

DAYS = 3650
KEY = "-newkey rsa:2048 -nodes"
SERVER = """\
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
"""


COMMANDS = f"""\
openssl req -x509 {KEY} -days {DAYS} -keyout ca.key -out ca.crt -subj '/CN=opcp-provision sandbox CA' \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
openssl req {KEY} -keyout server.key -out server.csr -subj /CN=localhost
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {DAYS} -out server.crt \
    -extfile server.ext
"""


def ensure(steps: Steps, folder: Path) -> None:
    """Have `ca.crt`, `server.crt` and `server.key` in the folder."""
    if folder.exists():
        return
    with steps.step("private CA and certificate") as step:
        new = files.fresh(folder)
        files.write(new / "server.ext", SERVER)
        for command in COMMANDS.splitlines():
            step.run(*shlex.split(command), folder=new)
        new.rename(folder)
