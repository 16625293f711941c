"""Java's trust store from the system's certificates.

A Java that came by pip knows only the public authorities. Behind a company's proxy the system's
own store is the right one, and Python has already read it.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import struct
import time
from pathlib import Path

PASSWORD = "changeit"  # a JKS file must have one; the content is public

# The format is documented in the JDK's sun.security.provider.JavaKeyStore.
_MAGIC = 0xFEEDFEED
_VERSION = 2
_TRUSTED_CERTIFICATE = 2
_SALT = b"Mighty Aphrodite"


def system_certificates() -> list[bytes]:
    """The DER certificates that this system trusts, those named by SSL_CERT_FILE included."""
    context = ssl.create_default_context()
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        path = os.environ.get(variable)
        if path and Path(path).is_file():
            context.load_verify_locations(path)
    return context.get_ca_certs(binary_form=True)


def write_truststore(path: Path, certificates: list[bytes]) -> None:
    """Write `certificates` (DER) as a Java key store of type JKS."""
    now = int(time.time() * 1000)
    body = struct.pack(">III", _MAGIC, _VERSION, len(certificates))
    for number, der in enumerate(certificates):
        body += struct.pack(">I", _TRUSTED_CERTIFICATE) + _utf(f"ca{number}")
        body += struct.pack(">Q", now) + _utf("X.509") + struct.pack(">I", len(der)) + der
    digest = hashlib.sha1(PASSWORD.encode("utf-16-be") + _SALT + body).digest()
    path.write_bytes(body + digest)


def _utf(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw
