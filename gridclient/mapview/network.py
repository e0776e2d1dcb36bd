"""Keeps the page offline: a profile that stores nothing, and an interceptor that blocks and records foreign
requests."""

from __future__ import annotations

import logging
from collections import deque

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from gridclient.mapview.scheme import ORIGIN

logger = logging.getLogger(__name__)

LOCAL_SCHEMES = frozenset({"grid", "qrc", "data", "blob"})


class NetworkGuard(QWebEngineUrlRequestInterceptor):
    """Blocks all requests that are not local. ``blocked`` has the last 1,000 addresses, ``allowed`` counts the rest."""

    def __init__(self, *, parent: QObject) -> None:
        super().__init__(parent)
        self.blocked: deque[str] = deque(maxlen=1000)
        self.allowed = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Called by WebEngine on the GUI thread for every request of the profile."""
        url = info.requestUrl()
        if url.scheme() in LOCAL_SCHEMES:
            self.allowed += 1
            return
        info.block(True)
        self.blocked.append(url.toString())
        logger.warning("blocked a request of the map page: %s", url.host())


def make_profile(*, guard: NetworkGuard, parent: QObject) -> QWebEngineProfile:
    """An off-the-record profile for this page: nothing on disk, no downloads, every request through the guard."""
    profile = QWebEngineProfile(parent)
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
    profile.setSpellCheckEnabled(False)
    profile.setUrlRequestInterceptor(guard)
    profile.downloadRequested.connect(_cancel)
    return profile


def _cancel(download: QWebEngineDownloadRequest) -> None:
    download.cancel()


class MapPage(QWebEnginePage):
    """A page that never navigates elsewhere, opens no windows and logs its errors."""

    def __init__(self, *, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self.errors: list[str] = []
        attribute = QWebEngineSettings.WebAttribute
        settings = self.settings()
        for unused in (
            attribute.PluginsEnabled,
            attribute.LocalStorageEnabled,
            attribute.LocalContentCanAccessRemoteUrls,
            attribute.HyperlinkAuditingEnabled,
            attribute.ErrorPageEnabled,
            attribute.FullScreenSupportEnabled,
            attribute.ScreenCaptureEnabled,
            attribute.WebGLEnabled,
            attribute.AutoLoadIconsForPage,
            attribute.PdfViewerEnabled,
            attribute.NavigateOnDropEnabled,
            attribute.DnsPrefetchEnabled,
            attribute.JavascriptCanOpenWindows,
        ):
            settings.setAttribute(unused, False)

    def acceptNavigationRequest(
        self, url: QUrl | str, _type: QWebEnginePage.NavigationType, _is_main_frame: bool
    ) -> bool:
        """Accepts only the application's own page."""
        return QUrl(url).toString().startswith(f"{ORIGIN}/page/")

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Logs the page's console messages; errors are also kept for tests and the self-check."""
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.errors.append(f"{source}:{line} {message}")
            logger.error("map page %s:%d %s", source, line, message)
        else:
            logger.debug("map page %s:%d %s", source, line, message)
