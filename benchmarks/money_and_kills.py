#!/usr/bin/env python3
"""What faults and kills cost a run of agents that a language model plays, against the mock server.

    money_and_kills.py kills  THRONG... [--times 20] [--latency-ms 20] [--agents 3000]
    money_and_kills.py budget THRONG... [--times 20] [--rate 0.25] [--usd 0.05] [--risk R] [--agents 3000]

kills: `kill -9` at a random moment with 256 calls in flight: how many calls had the server completed whose replies are not
in the journal? They are asked, and paid, again. budget: which share of a budget bought completed calls, with an even mix of
faults that bill nothing? Several programs are measured in turn, so that they share the machine's ups and downs.
"""
import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

FAULTS = ["429", "500", "503", "reset", "stall", "truncated", "malformed", "wrong_length", "mid_stream_error"]
PRICE = {"prompt": 0.15, "completion": 0.6}


class Mock:
    def __init__(self, throng, *arguments):
        self.process = subprocess.Popen([throng, "llm", "mock", "--json", *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def stop(self):
        self.process.terminate()
        return json.loads(self.process.communicate()[0])


def write_scenario(path, url, agents, in_flight, seed=3, **more):
    endpoint = {"url": url, "model": "mock", "max_in_flight": in_flight, "price": PRICE,
                "timeouts": {"first_byte": 1, "between_bytes": 1, "total": 5}}
    scenario = {"name": "measured", "seed": seed, "dataset": {"path": "demo"}, "population": {"agents": agents},
                "recommender": {"kind": "popularity"}, "mind": {"kind": "llm", "endpoints": [endpoint]}, **more}
    path.write_text(json.dumps(scenario))


def start(throng, folder):
    shutil.rmtree(folder / "run", ignore_errors=True)
    return subprocess.Popen([throng, "run", folder / "scenario.json", "--out", folder / "run"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def in_journal(folder, what):
    try:
        journal = sqlite3.connect(f"file:{folder}/run/journal.db?mode=ro", uri=True)
        return journal.execute(f"SELECT {what} FROM calls").fetchone()[0]
    except sqlite3.Error:
        return 0


def lost_by_a_kill(throng, folder, arguments, chance):
    """None if the run was over before."""
    mock = Mock(throng, "--latency-ms", arguments.latency_ms)
    write_scenario(folder / "scenario.json", mock.url, arguments.agents, 256)
    run = start(throng, folder)
    while in_journal(folder, "count(*)") < 3000 and run.poll() is None:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.5))
    alive = run.poll() is None
    run.kill()
    completed = mock.stop()["completed"]
    run.wait()
    return completed - in_journal(folder, "count(*)") if alive else None


def bought_share(throng, folder, arguments, chance):
    share = arguments.rate / len(FAULTS)
    mock = Mock(throng, "--latency-ms", 2, "--seed", chance.randrange(1 << 30),
                "--faults", ",".join(f"{fault}={share}" for fault in FAULTS))
    budget = {"usd": arguments.usd, **({"risk": arguments.risk} if arguments.risk else {})}
    write_scenario(folder / "scenario.json", mock.url, arguments.agents, 32, chance.randrange(1 << 30), budget=budget)
    exit_code = start(throng, folder).wait()
    billed = mock.stop()
    billed = 1e-6 * (PRICE["prompt"] * billed["prompt_tokens"] + PRICE["completion"] * billed["completion_tokens"])
    assert billed <= arguments.usd or arguments.risk, f"{billed} of {arguments.usd} USD"
    return in_journal(folder, "sum(usd)") / arguments.usd if exit_code == 4 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "budget"])
    parser.add_argument("programs", nargs="+", metavar="THRONG")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--agents", type=int, default=3000)
    parser.add_argument("--latency-ms", type=float, default=20)
    parser.add_argument("--rate", type=float, default=0.25)
    parser.add_argument("--usd", type=float, default=0.05)
    parser.add_argument("--risk", type=float)
    arguments = parser.parse_args()
    measure = lost_by_a_kill if arguments.what == "kills" else bought_share
    chances = {program: random.Random(5) for program in arguments.programs}
    figures = {program: [] for program in arguments.programs}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.times):
            for program in arguments.programs:
                figure = measure(program, Path(folder), arguments, chances[program])
                if figure is not None:
                    figures[program].append(figure)
    for program, measured in figures.items():
        if measured:
            print(f"{program}: {len(measured)} runs, mean {sum(measured) / len(measured):.3f}, "
                  f"from {min(measured):.3f} to {max(measured):.3f}")


if __name__ == "__main__":
    main()
