"""The private CA of a sandbox, and the certificate for localhost that both servers show."""

from pathlib import Path

from sandbox import files
from sandbox.steps import Steps

DAYS = "3650"
SERVER = """\
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
"""


def ensure(steps: Steps, folder: Path) -> None:
    """Have `ca.crt`, `server.crt` and `server.key` in the folder."""
    if folder.exists():
        return
    with steps.step("private CA and certificate") as step:
        new = files.fresh(folder)
        files.write(new / "server.ext", SERVER)
        key = ("-newkey", "rsa:2048", "-nodes")
        step.run(
            "openssl", "req", "-x509", *key, "-days", DAYS, "-keyout", "ca.key", "-out", "ca.crt",
            "-subj", "/CN=opcp-provision sandbox CA",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            folder=new,
        )  # fmt: skip
        step.run("openssl", "req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost", folder=new)
        step.run(
            "openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", DAYS, "-out", "server.crt", "-extfile", "server.ext",
            folder=new,
        )  # fmt: skip
        new.rename(folder)
