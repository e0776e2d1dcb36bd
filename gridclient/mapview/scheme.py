"""Registers the address space ``grid://app`` and sets the environment that keeps the page offline.

``prepare_environment`` and ``register_scheme`` must be called before the QApplication is made.
"""

from __future__ import annotations

import os

from PySide6.QtWebEngineCore import QWebEngineUrlScheme

SCHEME = b"grid"
ORIGIN = "grid://app"
PAGE_URL = f"{ORIGIN}/page/index.html"

# WORKAROUND for https://github.com/nodejs/node/issues/54918 (a fault of V8): a thread that compiles a script waits for
# the page's garbage collection. On machines with up to four cores a page has three helper threads. If all three wait so
# and the page needs one to load a font, it hangs for ever. So only one thread may compile.
SCRIPT_ENGINE = '--js-flags="--no-concurrent-sparkplug --no-maglev --concurrent-turbofan-max-threads=1"'

# The interceptor and the page's policy stop requests; these switches stop traffic that is none (name look-ups,
# preconnect, Chromium's own services). The unsandboxed zygote, from which Chromium forks processes, is not needed.
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
    """Sets Chromium's switches, besides those the administrator has set. May be repeated; before the QApplication.

    The sandbox is off only for root, for whom Chromium refuses to start with it. The page is drawn by software, as
    desks rarely have a graphics card, and with a simulated one dragging takes twice as long. Qt then needs no OpenGL,
    which on X11 takes 80 ms and 40 MB to load, with Mesa and LLVM.
    """
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    if is_drawn_by_software():
        os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    given = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    missing = [flag for flag in CHROMIUM_FLAGS if flag not in given]
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(filter(None, [given, *missing]))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")


def is_drawn_by_software() -> bool:
    """Whether the environment leaves no part in drawing to a graphics card."""
    return os.environ.get("QT_QUICK_BACKEND") == "software"


def register_scheme() -> None:
    """Registers ``grid`` as a secure scheme whose pages may fetch. May be repeated; before the QApplication."""
    if not QWebEngineUrlScheme.schemeByName(SCHEME).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(flag.SecureScheme | flag.CorsEnabled | flag.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)
