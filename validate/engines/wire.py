"""A cable between two network devices that delays and loses frames, because many kernels have no `netem`. Its devices vanish with it.

Usage: wire.py DEVICE DEVICE MILLISECONDS SHARE-LOST
"""

import fcntl
import os
import random
import select
import struct
import sys
import time
from collections import deque

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME = 65_536

# Part of the delay by which it varies.
JITTER = 0.1


def device(name):
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return file


class Direction:
    def __init__(self, source, sink, delay, lost):
        self.source, self.sink, self.delay, self.lost = source, sink, delay, lost
        self.waiting = deque()
        self.last = 0

    def take(self):
        try:
            frame = os.read(self.source, FRAME)
        except OSError:  # The device is down.
            return
        if random.random() < self.lost:
            return
        # Frames keep their order.
        self.last = max(self.last, time.monotonic() + self.delay * random.uniform(1 - JITTER, 1 + JITTER))
        self.waiting.append((self.last, frame))

    def give(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            try:
                os.write(self.sink, self.waiting.popleft()[1])
            except OSError:  # The device is down, or its queue is full: then a cable loses the frame too.
                pass


def main(one, other, milliseconds, lost):
    ends = [device(one), device(other)]
    directions = {
        source: Direction(source, sink, float(milliseconds) / 1000, float(lost))
        for source, sink in (ends, reversed(ends))
    }
    print("ready", flush=True)
    while True:
        due = [each.waiting[0][0] for each in directions.values() if each.waiting]
        timeout = max(0, min(due) - time.monotonic()) if due else None
        for source in select.select(ends, [], [], timeout)[0]:
            directions[source].take()
        for each in directions.values():
            each.give()


main(*sys.argv[1:])
