"""The application's own address space ``grid://app``: its registration and the environment that keeps the page offline.

``prepare_environment`` and ``register_scheme`` come before the QApplication; nothing here draws or reads data.
"""

from __future__ import annotations

import os

from PySide6.QtWebEngineCore import QWebEngineUrlScheme

SCHEME = b"grid"
ORIGIN = "grid://app"
PAGE_URL = f"{ORIGIN}/page/index.html"

# WORKAROUND for https://github.com/nodejs/node/issues/54918, which is V8's: a thread that compiles a script while the
# page runs waits for the page to collect garbage. Of three helping threads, which is all that a machine of four cores
# or less gives a page, three can wait so; a page that then asks a fourth for a font waits for ever, and the map stands
# still. So at most one compiles.
SCRIPT_ENGINE = '--js-flags="--no-concurrent-sparkplug --no-maglev --concurrent-turbofan-max-threads=1"'

# The interceptor and the page's policy stop requests; these stop what never becomes one (name look-ups, preconnect,
# Chromium's own errands). The unsandboxed zygote is a process to fork others from that the page never needs.
CHROMIUM_FLAGS = (
    '--host-resolver-rules="MAP * ~NOTFOUND"',
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-breakpad",
    "--no-pings",
    "--no-unsandboxed-zygote",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    SCRIPT_ENGINE,
)


def prepare_environment() -> None:
    """Set Chromium's switches; what the administrator has set stays. Idempotent, before the QApplication.

    The sandbox is given up only for root, where Chromium refuses to start with it. The page is put on the screen by
    software: desks rarely have a graphics card, and through a simulated one a drag takes twice as long.
    """
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    given = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    missing = [flag for flag in CHROMIUM_FLAGS if flag not in given]
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(filter(None, [given, *missing]))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")


def register_scheme() -> None:
    """Make ``grid`` a secure scheme whose pages may fetch. Idempotent, before the QApplication."""
    if not QWebEngineUrlScheme.schemeByName(SCHEME).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(flag.SecureScheme | flag.CorsEnabled | flag.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)
