"""The side of SSH that is about keys: who the server is, who we are, and what to say when that does not work out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import asyncssh
from asyncssh import SSHKey

from robots.base.errors import RobotError
from robots.tools.remote.complaints import Complaint, Kind, of_line
from robots.tools.remote.known import fingerprint
from robots.tools.remote.server import Login

# Host certificates are left out, for nobody here knows who signs them, and so is what SHA-1 signs.
HOST_KEYS = {
    "ssh-ed25519": ["ssh-ed25519"],
    "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
    "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
    "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
    "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
}
# Of the other kinds a server chooses the size, and the largest keep a core busy for long.
KEX = [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group14-sha256",
]
MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
REFUSING = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
GONE = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)
FULL = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)


class Guest(asyncssh.SSHClient):
    """Looks at the key that a server shows."""

    def __init__(self, trusted: tuple[str, ...]) -> None:
        self.trusted = trusted
        self.shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: SSHKey) -> bool:
        self.shown = words(key)
        return not self.trusted or self.shown in self.trusted or fingerprint(self.shown) in self.trusted


def options(login: Login, guest: Guest) -> dict[str, Any]:
    """Nothing of this machine is used: no configuration, no keys, no agent."""
    full = [key.split()[0] for key in login.trusted if " " in key]
    kinds = full if len(full) == len(login.trusted) and full else [*HOST_KEYS]
    return {
        "agent_path": None,
        "client_factory": lambda: guest,
        "client_keys": [_private_key(login)] if login.private_key else None,
        "client_version": "Sluice",
        "compression_algs": None,
        "config": None,
        "gss_auth": False,
        "gss_kex": False,
        "host_based_auth": False,
        "keepalive_interval": 0,  # all that is asked here has its time
        "kex_algs": KEX,
        "known_hosts": ([], [], []),  # the guest looks at the key; with less the library reads a file of this machine
        "login_timeout": 0,
        "password": login.password or None,
        "server_host_key_algs": [name for kind in HOST_KEYS if kind in kinds for name in HOST_KEYS[kind]],
        "username": login.user,
        "x509_trusted_cert_paths": None,
        "x509_trusted_certs": None,
    }


def _private_key(login: Login) -> SSHKey:
    try:
        key = asyncssh.import_private_key(login.private_key.replace("\\n", "\n"))
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        raise Complaint("private_key: must be a private key without a passphrase.", "VALIDATION") from error
    if login.public_key and login.public_key != words(key):
        raise Complaint("public_key: does not belong to the private key.", "VALIDATION")
    return key


@contextlib.contextmanager
def told(act: str, guest: Guest | None = None) -> Iterator[None]:
    """Whatever the library raises becomes a sentence; `act` begins it."""
    try:
        yield
    except RobotError:
        raise
    except (OSError, EOFError) as error:
        if known := of_line(act, error):
            raise known from error
        raise
    except (asyncssh.Error, ValueError) as error:
        raise _complaint(act, error, guest) from error


def _complaint(act: str, error: Exception, guest: Guest | None) -> Complaint:
    known: tuple[tuple[Any, str, Kind], ...] = (
        (MISSING, "the server has no such file or folder", "NOT_FOUND"),
        (REFUSING, "the user may not do this", "ACCESS_DENIED"),
        (FULL, "there is no room left on the server", "FAILURE"),
        (asyncssh.PermissionDenied, "the server does not let this user in", "ACCESS_DENIED"),
        (asyncssh.KeyExchangeFailed, "the server and this one have no kind of key or cipher in common", "FAILURE"),
        (asyncssh.SFTPError, "the server said no", "FAILURE"),
        (asyncssh.ProtocolError, "the server does not speak SFTP", "FAILURE"),
        (asyncssh.ProtocolNotSupported, "the server does not speak SFTP", "FAILURE"),
        (asyncssh.ChannelOpenError, "the server does not speak SFTP", "FAILURE"),
        (ValueError, "the server does not speak SFTP", "FAILURE"),
    )
    if guest and isinstance(error, asyncssh.HostKeyNotVerifiable):
        print_ = fingerprint(guest.shown) if guest.shown else "one that cannot be read"
        told = f"its host key is not the one that is known but {print_}; if that is right, give it as `host_key`"
        return Complaint(f"{act}: {told}.", "ACCESS_DENIED")
    if not isinstance(error, GONE):
        for kinds, reason, kind in known:
            if isinstance(error, kinds):
                return Complaint(f"{act}: {reason}.", kind)
    return Complaint(f"{act}: the connection was lost.", retry=True)


def words(key: SSHKey) -> str:
    """A public key without its comment."""
    return " ".join(key.export_public_key("openssh").decode("ascii", "replace").split()[:2])
