#!/usr/bin/env python3
"""Runs over the processes of mpirun, against the same runs of one process:  mpi_test.py THRONG MPIRUN NAME...  (see `make test-mpi`)

A run over any number of ranks must have the digest, the summary and the rows of one process; however a rank ends, so must the run that
is resumed, over another number of ranks.
"""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

SPLIT = {"kind": "ratio", "train": 0.4, "validation": 0.3, "test": 0.3}
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
# What differs between two processes that do the same.
OF_THE_PROCESS = {"wall_seconds", "peak_rss_bytes", "folder", "processes", "ranks"}
OF_THE_CALLS = {"llm", "rankings", "tiers"}  # attempts and waiting are counted there


def scenario(name, **more):
    return {"name": name, "seed": 101, "dataset": {"path": "demo", "split": SPLIT}, "population": {"agents": 1500},
            "mind": {"kind": "statistical"}, "recommender": {"kind": "mf", "factors": 16},
            "session": {"items_per_page": 4, "max_pages": 5}, **more}


class Place:
    """A folder with runs, and the programs."""

    def __init__(self, throng, mpirun, folder):
        self.throng, self.mpirun, self.folder = throng, mpirun, pathlib.Path(folder)

    def write(self, what):
        path = self.folder / (what["name"] + ".json")
        path.write_text(json.dumps(what))
        return path

    def command(self, ranks, *arguments):
        start = [self.mpirun, "--oversubscribe", "-n", str(ranks)] if ranks else []
        return [*start, self.throng, *map(str, arguments)]

    def start(self, ranks, *arguments):
        return self.started(self.command(ranks, *arguments))

    def started(self, command):
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                cwd=self.folder, env=ENVIRONMENT)

    def finished(self, ranks, *arguments, code=0):
        process = self.start(ranks, *arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, f"exit code {process.returncode} instead of {code}: {arguments}\n{out}\n{err}"
        return out, err

    def run(self, ranks, path, name, *more):
        """Without ranks: one process that nobody but the shell has started."""
        out = self.folder / name
        self.finished(ranks, "run", path, "--out", out, *more)
        return out


def summary(run):
    return {key: value for key, value in json.loads((run / "summary.json").read_text()).items()
            if key not in OF_THE_PROCESS | OF_THE_CALLS}


def rows(run):
    """All rows of a run, of all its files, by table."""
    tables = {}
    for file in [run / "run.db", *sorted(run.glob("run.*.db"))]:
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if table != "meta":  # llm, rankings: see OF_THE_CALLS
                tables.setdefault(table, []).extend(database.execute(f'SELECT * FROM "{table}"'))
    return {table: sorted(all_rows, key=repr) for table, all_rows in tables.items() if all_rows}


def check_same(one, other):
    first, second = summary(one), summary(other)
    assert first == second, f"summaries of {one.name} and {other.name} differ: " + ", ".join(
        key for key in first.keys() | second.keys() if first.get(key) != second.get(key))
    check_rows(one, other)


def check_rows(one, other):
    first, second = rows(one), rows(other)
    assert first.keys() == second.keys(), f"tables: {first.keys() ^ second.keys()}"
    for table in first:
        assert first[table] == second[table], (
            f"{table} of {one.name} and {other.name} differ, the first rows: "
            + str(next(pair for pair in zip(first[table] + [None], second[table] + [None]) if pair[0] != pair[1])))


def figures_logged(run):
    """Agents and pages of each round."""
    return re.findall(r"is over +round=\d+ agents=\d+ pages=\d+", (run / "run.log").read_text())


def same_over_ranks(place, what, ranks=(1, 2, 3)):
    path = place.write(what)
    alone = place.run(0, path, "alone")
    for count in ranks:
        over = place.run(count, path, f"over-{count}")
        check_same(alone, over)
        assert len(list(over.glob("run.*.db"))) == count - 1, "a file for every rank"
        assert figures_logged(over) == figures_logged(alone), "run.log tells of all ranks"
    return alone


# What runs are alike

def demo(place):
    same_over_ranks(place, scenario("demo"), ranks=(1, 2, 3, 4))
    # Fewer partitions of agents than ranks: some have nobody.
    same = scenario("few", population={"agents": 300})
    path = place.write(same)
    check_same(place.run(0, path, "few-alone"), place.run(4, path, "few-over-4"))


def filter_bubble(place):
    same_over_ranks(place, scenario("bubble", rounds=3, retrain={"every": "7d", "from": "viewed"}))


def ials(place):
    same_over_ranks(place, scenario("ials", rounds=3, retrain={"every": "7d", "from": "liked"},
                                    recommender={"kind": "ials", "factors": 16}))


def study(place):
    path = place.write(scenario("study", rounds=2, retrain={"every": "7d", "from": "viewed"}, replicates=2, baseline="plain",
                                population={"agents": 600}, arms={
                                    "plain": {"retrain": {"from": "nothing"}}, "retrained": {},
                                    "explore": {"session": {"page_policies": [{"kind": "explore", "share": 0.1}]}}}))
    alone, over = place.run(0, path, "alone"), place.run(2, path, "over-2")
    assert summary(alone) == summary(over)
    runs = [folder.name for folder in alone.iterdir() if (folder / "run.db").exists()]
    assert len(runs) == 6, runs
    for run in runs:
        check_same(alone / run, over / run)
    for folder in (alone, over):
        place.finished(0, "report", folder, "--csv", folder / "tables")
    for table in (alone / "tables").iterdir():
        first, second = (strip_folder(file) for file in (table, over / "tables" / table.name))
        assert first == second, table.name


def strip_folder(table):
    """Lines of a CSV file without the first column, the run's folder."""
    return [line.split(",", 1)[1:] for line in table.read_text().splitlines()]


def actions(place):
    same_over_ranks(place, scenario(
        "actions", rounds=2, retrain={"every": "7d", "from": "viewed"}, session={
            "items_per_page": 4, "max_pages": 4, "actions": ["save", "share", "search"],
            "page_policies": [{"kind": "popularity_discount", "strength": 0.5}]}))


# Language models

class Mock:
    def __init__(self, place, *arguments):
        self.process = subprocess.Popen([place.throng, "llm", "mock", "--json", *map(str, arguments)], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


def played(url, agents=600, in_flight=64):
    endpoint = {"url": url, "model": "mock", "max_in_flight": in_flight, "price": {"prompt": 0.15, "completion": 0.6},
                "timeouts": {"first_byte": 3, "between_bytes": 3, "total": 30}}
    return scenario("played", population={"agents": agents}, session={"items_per_page": 4, "max_pages": 2},
                    mind={"kind": "llm", "protocol": "structured", "endpoints": [endpoint]}, budget={"usd": 50},
                    rounds=2, retrain={"every": "7d", "from": "viewed"})


def calls(run):
    journal = sqlite3.connect(f"file:{run}/journal.db?mode=ro", uri=True)
    return sorted(journal.execute("SELECT actor, hex(request), occurrence FROM calls"))


def llm_with_faults(place):
    with Mock(place, "--latency-ms", 5, "--seed", 1,
              "--faults", "429=0.03,500=0.03,reset=0.03,truncated=0.02,malformed=0.01,invalid_content=0.05") as mock:
        path = place.write(played(mock.url, agents=300))
        alone = place.run(0, path, "alone")
        for count in (2, 3):
            over = place.run(count, path, f"over-{count}")
            check_same(alone, over)
            assert calls(alone) == calls(over), "one journal has all calls"
            assert not list(over.glob("journal.*.db"))


def replay(place):
    with Mock(place, "--latency-ms", 2) as mock:
        path = place.write(played(mock.url))
        over = place.run(3, path, "over-3")
    for count in (0, 2):  # the server is gone
        check_same(over, place.run(count, path, f"replayed-{count}", "--replay", over))


# How runs end

def children(process):
    return [int(child) for task in pathlib.Path(f"/proc/{process}/task").glob("*/children") for child in task.read_text().split()]


def processes_of(rank, mpirun):
    """Those of this rank: the launcher's child and the one that it keeps, which plays, last."""
    for child in children(mpirun.pid):
        if f"OMPI_COMM_WORLD_RANK={rank}" in pathlib.Path(f"/proc/{child}/environ").read_text().split("\0"):
            return [child, *children(child)]
    return []


def is_running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"it has ended: {process.communicate()}"
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def has_begun(run):
    return lambda: (run / "run.db").exists() and (run / "scenario.json").exists()


LONG = {"rounds": 8, "recommender": {"kind": "ials", "factors": 16, "max_epochs": 3}, "retrain": {"every": "7d", "from": "viewed"}, "population": {"agents": 3000}}


def seconds_of(place, path):
    """How long a run over two ranks goes on after it has begun; nothing of it is kept."""
    process = place.start(2, "run", path, "--out", place.folder / "timed")
    wait_until(has_begun(place.folder / "timed"), process)
    began = time.monotonic()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    shutil.rmtree(place.folder / "timed")
    return time.monotonic() - began


def killed(place, path, rank, run, delay):
    """Whether a rank of a new run could be killed so long after it had begun: it may have ended before."""
    process = place.start(2, "run", path, "--out", run)
    wait_until(has_begun(run), process)
    time.sleep(delay)
    playing = processes_of(rank, process)
    if process.poll() is not None or len(playing) < 2:
        process.communicate(timeout=60)
        return False
    os.kill(playing[-1], signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4, f"{process.returncode}\n{err}"
    assert re.search(rf"throng: rank {rank} .* was killed by signal 9", err), err
    assert err.count("the launcher ends the run") <= 1, f"one of the others says so\n{err}"
    return True


def kills(place):
    """kill -9 of one rank's process, at random moments: exit code 4, the rank is named, and resumed over other numbers it is the same run."""
    chance = random.Random(24)
    with Mock(place, "--latency-ms", 2) as mock:
        for what in (scenario("long", **LONG), played(mock.url, agents=1000)):
            path = place.write(what)
            alone = place.run(0, path, "alone-" + what["name"])
            seconds = seconds_of(place, path)
            for moment in range(3):
                rank, run = moment % 2, place.folder / f"killed-{what['name']}-{moment}"
                while not killed(place, path, rank, run, chance.uniform(0, 0.7 * seconds)):
                    shutil.rmtree(run)
                    seconds *= 0.7
                place.run(3, path, run.name, "--resume")
                check_same(alone, run)
                shutil.rmtree(run)


def interrupt(place):
    """Once is enough: Ctrl-C reaches mpirun alone; SIGUSR1 it passes on; a rank that is interrupted stops all."""
    path = place.write(scenario("long", **LONG))
    alone = place.run(0, path, "alone")
    seconds = seconds_of(place, path)
    for name, send, codes in (("ctrl-c", lambda mpirun: mpirun.send_signal(signal.SIGINT), {1, 4}),
                              ("usr1", lambda mpirun: mpirun.send_signal(signal.SIGUSR1), {4}),
                              ("one rank", lambda mpirun: os.kill(processes_of(1, mpirun)[0], signal.SIGINT), {4})):
        run = place.folder / name
        process = place.start(2, "run", path, "--out", run)
        wait_until(has_begun(run), process)
        time.sleep(min(0.5, seconds / 4))
        played = [found for rank in (0, 1) for found in processes_of(rank, process)]
        send(process)
        began = time.monotonic()
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 10, f"{name}: it took {time.monotonic() - began} s"
        assert process.returncode in codes, f"{name}: {process.returncode}\n{err}"
        time.sleep(0.5)
        assert not [left for left in played if is_running(left)], "processes are left"
        if name != "ctrl-c":
            assert err.count("--resume") == 1, f"{name}: one rank says so\n{err}"
        place.run(2, path, name, "--resume")
        check_same(alone, run)


def ends(place):
    """Complaints are written once, and all ranks have one exit code."""
    def complaint_of(code, *arguments):
        _, err = place.finished(3, *arguments, code=code)
        return err

    assert complaint_of(2, "run", "nothing.json").count("nothing.json") == 1
    assert complaint_of(2, "rum").count("did you mean") == 1
    path = place.write(scenario("ends", population={"agents": 300}))
    run = place.run(3, path, "run")
    assert complaint_of(2, "run", path, "--out", run).count("--overwrite") == 1
    absent = place.write(scenario("absent", dataset={"path": "/nowhere/at/all"}))
    assert complaint_of(3, "run", absent, "--out", place.folder / "absent").count("/nowhere/at/all") == 1
    out, _ = place.finished(3, "run", path, "--out", place.folder / "again", "--json")
    assert json.loads(out)["digest"] == summary(run)["digest"], "one rank prints the results"

    faulty = place.write(scenario("faulty", population={"agents": 600}, metrics={"a": {"sql": "SELECT title FROM items"}}))
    for attempt in range(5):  # ranks leave in any order
        run = place.folder / f"faulty-{attempt}"
        out, err = place.finished(3, "run", faulty, "--out", run, code=5)
        assert out.count("digest") == 1 and err.count("the metric a has no value") == 1, f"{out}\n{err}"
        assert "has finished" in (run / "run.log").read_text().splitlines()[-1]

    def complaint_where_rank_2(code, does):
        command = f'file={path}; if [ "$OMPI_COMM_WORLD_RANK" = 2 ]; then {does}; fi; exec {place.throng} run $file --out once'
        process = place.started([place.mpirun, "--oversubscribe", "-n", "3", "sh", "-c", command])
        _, err = process.communicate(timeout=120)
        assert process.returncode == code, f"{process.returncode}\n{err}"
        return err

    other = place.write(scenario("other", population={"agents": 300}, seed=102))
    (place.folder / "elsewhere").mkdir()
    for _ in range(3):
        assert complaint_where_rank_2(2, f"file={other}").count("rank 2 would not run the same as rank 0") == 1
        err = complaint_where_rank_2(4, f"cd {place.folder}/elsewhere")
        assert err.count("cannot be written") == 1 and err.count("--resume") == 1, err
        shutil.rmtree(place.folder / "once")


def merge(place):
    path = place.write(scenario("merged", rounds=2, retrain={"every": "7d", "from": "viewed"}))
    alone, over = place.run(0, path, "alone"), place.run(3, path, "over-3")
    for run in (alone, over):
        place.finished(0, "report", run, "--csv", run / "tables")
    told = [place.finished(0, "story", run, "--agent", "1400")[0] for run in (alone, over)]
    assert told[0].replace("alone", "over-3") == told[1], "the story of an agent of the last rank"
    for table in (alone / "tables").iterdir():
        assert strip_folder(table) == strip_folder(over / "tables" / table.name), table.name
    place.finished(0, "merge", over)
    assert not list(over.glob("run.*.db")), "one file is left"
    check_same(alone, over)


TESTS = (demo, filter_bubble, ials, study, actions, llm_with_faults, replay, kills, interrupt, ends, merge)


def main():
    throng, mpirun, *names = sys.argv[1:]
    for test in TESTS:
        if not names or test.__name__ in names:
            with tempfile.TemporaryDirectory() as folder:
                test(Place(os.path.abspath(throng), mpirun, folder))
            print(f"{test.__name__}: as it should be", flush=True)


if __name__ == "__main__":
    main()
