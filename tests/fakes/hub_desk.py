"""A desk as the hub sees one: keys, invented events, pushes that are signed and chained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gridclient.domain.events import CHAIN_START, Record, link_after
from gridclient.hub.access import Access, Applicant
from gridclient.services.enrolment import Admission, Grant
from gridclient.services.sync_port import OriginKey
from gridclient.sync.signing import new_key, public_key, sign_head
from gridclient.sync.wire import FeedAsk, Push, SyncReply, SyncRequest, decode_reply, encode_request


@dataclass
class HubDesk:
    """One device of one hub. ``records`` are its events of ``stream``, numbered from 1."""

    device: str
    stream: str
    records: list[Record] = field(default_factory=list)
    incarnation: int = 1
    signing_key: bytes = field(default_factory=new_key)
    token: str = ""
    hub: str = ""

    @property
    def origin(self) -> OriginKey:
        return OriginKey(self.stream, self.device, self.incarnation)

    @property
    def applicant(self) -> Applicant:
        return Applicant(self.device, "", public_key(self.signing_key))

    def enrol(self, access: Access, grants: tuple[Grant, ...], township: str = "371002001") -> Admission:
        admission = access.enrol(access.issue_code(grants, township=township, name=""), self.applicant)
        self.token, self.hub = admission.token, admission.hub
        return admission

    def link(self, seq: int) -> bytes:
        """The link after event ``seq``, worked out from the first."""
        link = CHAIN_START
        for record in self.records[:seq]:
            link = link_after(link, record.canonical())
        return link

    def push(self, first: int, count: int) -> Push:
        """Events ``first`` to ``first + count - 1``."""
        return self.pushes(first, count, count)[0]

    def pushes(self, first: int, count: int, size: int) -> list[Push]:
        """The same in pushes of ``size``; the chain is worked out once."""
        link, found = self.link(first - 1), []
        for start in range(first, first + count, size):
            part = tuple(self.records[start - 1 : min(start - 1 + size, first - 1 + count)])
            for record in part:
                link = link_after(link, record.canonical())
            signature = sign_head(self.signing_key, self.origin, part[-1].key.seq, link)
            found.append(Push(self.origin, start, part, link, signature))
        return found

    def request(self, pushes: Sequence[Push] = (), feeds: Iterable[FeedAsk] = (), wish: int = 1 << 20) -> bytes:
        return encode_request(SyncRequest(self.hub, self.incarnation, 0, tuple(pushes), tuple(feeds), wish), level=3)

    def round(
        self,
        sync: Callable[[str, bytes], bytes],
        pushes: Sequence[Push] = (),
        feeds: Iterable[FeedAsk] = (),
        wish: int = 1 << 20,
    ) -> SyncReply:
        return decode_reply(sync(self.token, self.request(pushes, feeds, wish)), self.device)
