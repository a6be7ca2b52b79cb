#!/usr/bin/env python3
"""Throng's LLM client beside Python's, against one mock server (`throng llm mock`) on this machine.

    benchmarks/peers/llm_clients.py build/release/throng [--latency-ms 300] [--calls 500:5000,10000:30000]

Makes a Python environment in build/peers (PyPI). For each number of calls in flight, every client makes the same number of calls;
printed are CPU time per call and peak memory of the client's process, total time, and their ratios to Throng's.
"""
import argparse
import json
import os
import re
import resource
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ["aiohttp==3.11.11", "openai==1.59.6", "requests==2.32.3"]
PEERS = {"500 threads, requests": "blocking_pool.py", "asyncio, aiohttp": "aiohttp_calls.py",
         "openai, async": "openai_calls.py"}


def environment(folder):
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def start_mock(throng, latency_ms):
    mock = subprocess.Popen([throng, "llm", "mock", "--latency-ms", str(latency_ms)], stdout=subprocess.PIPE, text=True)
    line = mock.stdout.readline()
    return mock, re.search(r"https?://[^\s\"]+", line).group(0)


def measure(command):
    """Runs a client; its CPU seconds, peak memory in MB and what it printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed with status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(printed)


def throng_call(throng, url, calls, in_flight):
    cpu, memory, result = measure([throng, "llm", "bench", url, "--requests", str(calls), "--concurrency", str(in_flight),
                                   "--prompt-tokens", "450", "--max-tokens", "64", "--warm-up", "0", "--no-stream", "--json"])
    return cpu, memory, result["requests"] / result["requests_per_second"], result["completed"]


def peer_call(python, script, url, calls, in_flight):
    cpu, memory, result = measure([str(python), str(HERE / "clients" / script), url, str(calls), str(in_flight)])
    return cpu, memory, result["seconds"], result["completed"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throng")
    parser.add_argument("--latency-ms", type=int, default=300)
    parser.add_argument("--calls", default="500:5000,10000:30000", help="in flight:calls, ...")
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    python = environment(HERE.parent.parent / "build" / "peers")
    mock, url = start_mock(arguments.throng, arguments.latency_ms)
    try:
        for pair in arguments.calls.split(","):
            in_flight, calls = map(int, pair.split(":"))
            print(f"\n{calls} calls, {in_flight} in flight, mean latency {arguments.latency_ms} ms")
            print(f"{'client':<24}{'CPU us/call':>12}{'x':>7}{'peak MB':>9}{'x':>7}{'total s':>9}{'x':>7}{'completed':>11}")
            ours = None
            clients = {"throng": None, **PEERS}
            for name, script in clients.items():
                run = (throng_call(arguments.throng, url, calls, in_flight) if script is None
                       else peer_call(python, script, url, calls, in_flight))
                cpu, memory, seconds, completed = run
                row = (cpu / calls * 1e6, memory, seconds)
                ours = ours or row
                cells = "".join(f"{value:>{width}.{digits}f}{value / base:>7.1f}"
                                for value, base, width, digits in zip(row, ours, (12, 9, 9), (0, 0, 2)))
                print(f"{name:<24}{cells}{completed:>11}", flush=True)
    finally:
        mock.terminate()
        mock.wait()


if __name__ == "__main__":
    main()
