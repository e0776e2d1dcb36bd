"""The self-made TLS certificate of a hub without one; desks recognise it by its SHA-256, not by an authority."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput

_YEARS: Final = 20
_DAY: Final = timedelta(days=1)


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """The files of certificate and key in ``folder``, made if missing."""
    certificate, key = folder / "hub-cert.pem", folder / "hub-key.pem"
    if not (certificate.is_file() and key.is_file()):
        _make(certificate, key, [socket.gethostname(), "localhost", "127.0.0.1"])
    return certificate, key


def fingerprint_of(certificate: Path) -> bytes:
    """The SHA-256 (32 bytes) of the certificate. Raises ``InvalidInput("hub.certificate")``."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidInput("hub.certificate", file=certificate.name) from error
    return hashlib.sha256(found.public_bytes(serialization.Encoding.DER)).digest()


def check_key(certificate: Path, key: Path) -> None:
    """Raises ``InvalidInput("hub.key")`` unless this is the certificate's key, and readable without a password."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "-")
    except OSError as error:
        raise InvalidInput("hub.key", file=key.name) from error


def _make(certificate: Path, key_file: Path, names: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gridclient hub")])
    now = datetime.now(CHINA_TIME)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)  # a desk's clock may be behind
        .not_valid_after(now + _YEARS * 365 * _DAY)
        .add_extension(x509.SubjectAlternativeName([_general(n) for n in dict.fromkeys(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())
