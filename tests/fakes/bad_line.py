"""Two network namespaces joined by a line as bad as asked: delay, loss, rate, silence. Needs root and ``ip``.

The kernel's own emulation is often absent, so a process copies IP packets between two TUN devices and treats them on
the way. Delay is one way; loss hits packets of both directions; the order of packets stays.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import random
import select
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

NEAR_ADDRESS: Final = "10.77.0.1"
FAR_ADDRESS: Final = "10.77.0.2"
_CLONE_NEWNET: Final = 0x40000000
_TUNSETIFF: Final = 0x400454CA
_TUN_WITHOUT_HEADER: Final = 0x0001 | 0x1000
_MTU: Final = 1400
_LOOK_S: Final = 0.05
_CHECKOUT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Quality:
    """What the line does to packets. ``kbit`` 0 is unlimited; ``silent`` swallows everything and says nothing."""

    delay_ms: float = 0.0
    loss: float = 0.0
    kbit: float = 0.0
    queue: int = 200
    silent: bool = False


def lines_can_be_made() -> bool:
    """Whether this machine lets us make network namespaces and TUN devices."""
    return Path("/dev/net/tun").exists() and shutil.which("ip") is not None and os.geteuid() == 0


class BadLine:
    """A near and a far namespace with the line between them, while the block lasts."""

    def __init__(self, folder: Path, quality: Quality) -> None:
        self._control = folder / "line.json"
        name = f"gl{os.getpid() % 100_000}"
        self.near, self.far = f"{name}n", f"{name}f"
        self._relay: subprocess.Popen[bytes] | None = None
        self.set(quality)

    def set(self, quality: Quality) -> None:
        """From now on the line is so."""
        part = self._control.with_suffix(".part")
        part.write_text(json.dumps(asdict(quality)), "utf-8")
        part.replace(self._control)

    def command(self, namespace: str, arguments: Sequence[str]) -> list[str]:
        """The command that runs ``arguments`` inside one of the namespaces."""
        return ["ip", "netns", "exec", namespace, *arguments]

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._remove()

    def _make(self) -> None:
        for name in (self.near, self.far):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        arguments = [sys.executable, "-m", "tests.fakes.bad_line", self.near, self.far, str(self._control)]
        self._relay = subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=_CHECKOUT)
        assert self._relay.stdout is not None
        if self._relay.stdout.readline() != b"ready\n":
            raise RuntimeError("the line was not made")
        ends = ((self.near, NEAR_ADDRESS, FAR_ADDRESS), (self.far, FAR_ADDRESS, NEAR_ADDRESS))
        for name, mine, peer in ends:
            _ip("-n", name, "addr", "add", mine, "peer", peer, "dev", "line")
            _ip("-n", name, "link", "set", "line", "mtu", str(_MTU), "up")

    def _remove(self) -> None:
        if self._relay is not None:
            self._relay.terminate()
            self._relay.wait()
            if self._relay.stdout is not None:
                self._relay.stdout.close()
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


class _Packet(NamedTuple):
    at: float
    number: int
    way: int
    data: bytes


@dataclass(slots=True)
class _Relay:
    """Copies packets between two devices; ``way`` 0 goes from near to far, 1 back."""

    devices: tuple[int, int]
    control: Path
    quality: Quality = field(default_factory=Quality)
    waiting: list[_Packet] = field(default_factory=list)
    queued: list[int] = field(default_factory=lambda: [0, 0])
    free_at: list[float] = field(default_factory=lambda: [0.0, 0.0])
    last_at: list[float] = field(default_factory=lambda: [0.0, 0.0])
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    _number: int = 0
    _looked: int = 0

    def run(self) -> None:
        """Until the process is ended."""
        while True:
            self._look()
            now = time.monotonic()
            while self.waiting and self.waiting[0].at <= now:
                packet = heapq.heappop(self.waiting)
                self.queued[packet.way] -= 1
                with suppress(OSError):
                    os.write(self.devices[1 - packet.way], packet.data)
            pause = max(0.0, self.waiting[0].at - now) if self.waiting else _LOOK_S
            ready, _, _ = select.select(self.devices, [], [], min(_LOOK_S, pause))
            for device in ready:
                self._read(device)

    def _look(self) -> None:
        changed = self.control.stat().st_mtime_ns
        if changed != self._looked:
            self._looked = changed
            self.quality = Quality(**json.loads(self.control.read_text("utf-8")))

    def _read(self, device: int) -> None:
        way = self.devices.index(device)
        with suppress(BlockingIOError):
            while True:
                self._take(way, os.read(device, 2048))

    def _take(self, way: int, data: bytes) -> None:
        quality, now = self.quality, time.monotonic()
        if quality.silent or self.chance.random() < quality.loss or self.queued[way] >= quality.queue:
            return
        at = max(now, self.free_at[way])
        if quality.kbit:
            at += len(data) * 8 / (quality.kbit * 1000)
            self.free_at[way] = at
        at = self.last_at[way] = max(at + quality.delay_ms / 1000, self.last_at[way])
        self._number += 1
        self.queued[way] += 1
        heapq.heappush(self.waiting, _Packet(at, self._number, way, data))


def _device_in(namespace: str) -> int:
    """A TUN device that lives in the namespace and is read and written here."""
    home, there = os.open("/proc/self/ns/net", os.O_RDONLY), os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
    _enter(there)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"line", _TUN_WITHOUT_HEADER))
    _enter(home)
    os.close(there)
    os.close(home)
    return device


def _enter(namespace: int) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):  # os.setns came with Python 3.12
        raise OSError(ctypes.get_errno(), "setns")


def main() -> None:
    """The relay: the two namespaces and the control file are its arguments."""
    near, far, control = sys.argv[1:]
    relay = _Relay((_device_in(near), _device_in(far)), Path(control))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    relay.run()


if __name__ == "__main__":
    main()
