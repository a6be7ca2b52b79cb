#!/usr/bin/env python3
"""Agent4Rec's workload with Throng, and with a pool of 500 Python threads: 1,000 agents, up to 5 pages of 4 items, its calls.

    benchmarks/peers/agent4rec_workload.py build/release/throng [--latency-ms 300] [--rpm 24000]

One mock server each (`throng llm mock`) with an exponential latency and a rate limit. The threads send the very requests of
Throng's run. Then both are killed (SIGKILL) half-way and started again: calls that are paid twice are counted by the server.
Makes a Python environment in build/peers (PyPI).
"""
import argparse
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from llm_clients import HERE, environment

THREADS = 500


class Mock:
    def __init__(self, throng, latency_ms, rpm):
        self.process = subprocess.Popen(
            [throng, "llm", "mock", "--json", "--latency-ms", str(latency_ms), "--latency", "exponential", "--rpm", str(rpm)],
            stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"].removesuffix("/v1")

    def completed(self):
        with urllib.request.urlopen(self.url + "/stats") as reply:
            return json.load(reply)["completed"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


def timed(command):
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def killed_after(command, seconds):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(1)  # what was in flight is counted now


def scenario(folder, url):
    path = folder / "workload.json"
    path.write_text(json.dumps({
        "name": "workload", "seed": 7, "dataset": {"path": "demo"}, "population": {"agents": 1000},
        "recommender": {"kind": "popularity"}, "session": {"items_per_page": 4, "max_pages": 5},
        "mind": {"kind": "llm", "protocol": "agent4rec", "endpoints": [{"url": url, "model": "mock", "max_in_flight": 2000}]}}))
    return path


def chains_in(journal):
    """How many calls each agent made."""
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    return [count for (count,) in database.execute("SELECT COUNT(*) FROM calls GROUP BY actor")]


def longest_chain(chains, latency_s, draws=300):
    """Seconds of the agent that takes longest when nobody waits for anything but replies: mean and deviation over draws of
    exponential latencies, one after the other for each agent."""
    random.seed(1)
    longest = [max(random.gammavariate(calls, latency_s) for calls in chains) for _ in range(draws)]
    return statistics.mean(longest), statistics.stdev(longest)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throng")
    parser.add_argument("--latency-ms", type=int, default=300)
    parser.add_argument("--rpm", type=int, default=24000)
    arguments = parser.parse_args()
    throng = os.path.abspath(arguments.throng)
    python = environment(HERE.parent.parent / "build" / "peers")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = folder / "whole" / "journal.db"
        rows = []
        with Mock(throng, arguments.latency_ms, arguments.rpm) as mock:
            run = [throng, "run", str(scenario(folder, mock.url)), "--out", str(folder / "whole")]
            seconds = timed(run)
            chains = chains_in(journal)
            calls = sum(chains)
        with Mock(throng, arguments.latency_ms, arguments.rpm) as mock:
            run = [throng, "run", str(scenario(folder, mock.url)), "--resume", "--out", str(folder / "killed")]
            killed_after(run, seconds / 2)
            timed(run)
            rows.append(("Throng", seconds, mock.completed() - calls))
        threads = [str(python), str(HERE / "clients" / "agent_chains.py")]
        with Mock(throng, arguments.latency_ms, arguments.rpm) as mock:
            seconds = timed([*threads, mock.url, str(journal), str(THREADS)])
        with Mock(throng, arguments.latency_ms, arguments.rpm) as mock:
            killed_after([*threads, mock.url, str(journal), str(THREADS)], seconds / 2)
            timed([*threads, mock.url, str(journal), str(THREADS)])
            rows.append((f"{THREADS} threads, requests", seconds, mock.completed() - calls))
    # The mock counts a sliding minute, of which nothing is used at first: only whole minutes must be waited for.
    longest, spread = longest_chain(chains, arguments.latency_ms / 1000)
    bound = max((calls - 1) // arguments.rpm * 60, longest)
    print(f"1000 agents, {calls} calls, the longest chain {max(chains)}; {arguments.rpm} calls/min, {arguments.latency_ms} ms mean latency; "
          f"a client that never lets an agent wait needs {bound:.1f} s in the mean over draws of the latencies (deviation {spread:.1f} s)")
    print(f"{'client':<24}{'total s':>9}{'x bound':>9}{'paid twice after kill -9':>26}")
    for client, total, twice in rows:
        print(f"{client:<24}{total:>9.1f}{total / bound:>9.2f}{twice:>26}")


if __name__ == "__main__":
    main()
