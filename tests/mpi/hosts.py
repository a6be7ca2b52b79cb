#!/usr/bin/env python3
"""One run over hosts with a slow, lossy network between them, against one process:  hosts.py THRONG MPIRUN [OPTIONS]

A host is a network namespace with a name of its own (ip-netns(8), unshare(1); root). Between them is a switch in this process, which holds
every frame back for a while and loses some, as tc-netem(8) does where the kernel has it. Exit code 77: this machine does not let us.
"""

import argparse
import fcntl
import heapq
import json
import os
import pathlib
import random
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SKIPPED = 77


class Switch(threading.Thread):
    """Passes frames between the devices of `hosts`, each after `delay` seconds; loses the share `loss` of them."""

    def __init__(self, hosts, delay, loss):
        super().__init__(daemon=True)
        self.delay, self.loss, self.chance = delay, loss, random.Random(1)
        self.passed = self.lost = self.bytes = 0
        self.devices = []
        for number, host in enumerate(hosts):
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", f"{host}-tap".encode(), IFF_TAP | IFF_NO_PI))
            for step in (f"link set {host}-tap netns {host}", f"-n {host} link set {host}-tap mtu 9000 up",
                         f"-n {host} addr add {address(number)}/24 dev {host}-tap", f"-n {host} link set lo up"):
                subprocess.run(["ip", *step.split()], check=True)
            self.devices.append(device)

    def run(self):
        waiting, at, order = [], {}, 0
        while True:
            left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            for source in select.select(self.devices, [], [], left)[0]:
                try:
                    frame = os.read(source, 65536)
                except OSError:  # the host is gone: all are
                    return
                at[frame[6:12]] = source
                if self.chance.random() < self.loss:
                    self.lost += 1
                    continue
                order += 1
                heapq.heappush(waiting, (time.monotonic() + self.delay, order, source, frame))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, source, frame = heapq.heappop(waiting)
                known = at.get(frame[:6])
                for device in [known] if known is not None else self.devices:
                    if device != source:
                        try:
                            os.write(device, frame)
                        except BlockingIOError:  # its queue is full
                            self.lost += 1
                self.passed, self.bytes = self.passed + 1, self.bytes + len(frame)


def address(number):
    return f"10.97.0.{number + 1}"


def make_hosts(count):
    hosts = [f"throng{number}" for number in range(count)]
    for host in hosts:
        subprocess.run(["ip", "netns", "add", host], check=True)
    return hosts


def command_on(host):
    return ["ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", f'hostname {host}; exec "$@"', "sh"]


def write_agent(path, hosts):
    """What mpirun starts its daemons with, in place of ssh: AGENT ADDRESS COMMAND."""
    cases = "\n".join(f"{address(number)}) host={host} ;;" for number, host in enumerate(hosts))
    path.write_text(f'#!/bin/sh\ncase "$1" in\n{cases}\nesac\nshift\n'
                    'exec ip netns exec $host unshare --uts sh -c "hostname $host; $*"\n')
    path.chmod(0o755)


def finished(command, **more):
    began = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, **more)
    return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throng", type=os.path.abspath)
    parser.add_argument("mpirun")
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--agents", type=int, default=100000)
    parser.add_argument("--delay-ms", type=float, default=2)
    parser.add_argument("--loss", type=float, default=0.005)
    arguments = parser.parse_args()
    hosts = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            try:
                hosts = make_hosts(arguments.hosts)
                switch = Switch(hosts, arguments.delay_ms / 1000, arguments.loss)
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"skipped: no network namespaces or TAP devices here: {error}")
                return SKIPPED
            switch.start()
            (folder / "scenario.json").write_text(json.dumps({
                "name": "hosts", "seed": 101, "dataset": {"path": "synthetic:2000x3700"},
                "population": {"agents": arguments.agents, "source": "sampled"}, "mind": {"kind": "statistical"},
                "recommender": {"kind": "ials", "factors": 32, "max_epochs": 3}, "rounds": 2,
                "retrain": {"every": "7d", "from": "liked"}, "session": {"items_per_page": 4, "max_pages": 5}}))
            write_agent(folder / "agent", hosts)
            run = [arguments.throng, "run", folder / "scenario.json", "--store", "summary", "--out"]
            seconds = {"one process": finished([*run, folder / "alone"])}
            places = ",".join(f"{address(number)}:1" for number in range(len(hosts)))
            launcher = [arguments.mpirun, "--allow-run-as-root", "--host", places, "-n", len(hosts), "--bind-to", "none",
                        "--mca", "plm_rsh_agent", folder / "agent", "--mca", "btl", "tcp,self",
                        "--mca", "btl_tcp_if_include", "10.97.0.0/24", "--mca", "oob_tcp_if_include", "10.97.0.0/24"]
            seconds[f"{len(hosts)} hosts"] = finished([*command_on(hosts[0]), *launcher, *run, folder / "over"], timeout=500)
            digests = [json.loads((folder / name / "summary.json").read_text())["digest"] for name in ("alone", "over")]
            for place, digest in zip(seconds, digests):
                print(f"  {place:12s}  {digest}  {seconds[place]:.1f} s")
            print(f"  {arguments.agents} agents; {arguments.delay_ms:g} ms each way; {switch.passed} frames with "
                  f"{switch.bytes / 1e6:.1f} MB passed, {switch.lost} lost")
            return 0 if digests[0] == digests[1] and switch.passed > 0 else 1
        finally:
            for host in hosts:
                subprocess.run(["ip", "netns", "del", host])


if __name__ == "__main__":
    sys.exit(main())
