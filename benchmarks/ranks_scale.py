#!/usr/bin/env python3
"""What a run takes over several processes of mpirun:  ranks_scale.py THRONG SCENARIO [--ranks 1,2,4] [--threads N] [-- RUN OPTIONS]

For each number of ranks: wall seconds, of its windows (playing and their ends) the seconds and the share of the ends, from rank 0's last
session on (it waits for the others, exchanges, sums up and commits), the greatest memory of each rank (VmHWM), the bytes of the
run's files, and the digest, which must be the same for all. Rank counts are measured in turn, `--times` times; the best is printed.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def children(process):
    try:
        return [child for task in Path(f"/proc/{process}/task").glob("*/children") for child in task.read_text().split()]
    except OSError:
        return []


def peaks(launcher, known):
    """Adds the greatest memory so far, in bytes, of each rank (of its two processes the one that plays)."""
    for keeper in children(launcher):
        for process in children(keeper):
            try:
                variables = Path(f"/proc/{process}/environ").read_text().split("\0")
                rank = next(int(each.split("=")[1]) for each in variables if each.startswith("OMPI_COMM_WORLD_RANK="))
                status = Path(f"/proc/{process}/status").read_text().splitlines()
                line = next(each for each in status if each.startswith("VmHWM"))
                known[rank] = max(known.get(rank, 0), 1024 * int(line.split()[1]))
            except (OSError, StopIteration):
                pass


def windows(log):
    """Seconds of all windows, and of their ends, as run.log has them."""
    over = [line for line in log.read_text().splitlines() if " is over " in line]
    return [sum(float(re.search(f"{name}=([0-9.e-]+)s", line)[1]) for line in over) for name in ("took", "closed_in")]


def measured(arguments, ranks, more):
    with tempfile.TemporaryDirectory() as folder:
        run = [arguments.throng, "run", arguments.scenario, "--out", f"{folder}/run", *more]
        if arguments.threads:
            run += ["--threads", str(arguments.threads)]
        began, memory = time.monotonic(), {}
        process = subprocess.Popen(["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *run],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        while process.poll() is None:
            peaks(process.pid, memory)
            time.sleep(0.1)
        seconds = time.monotonic() - began
        assert process.returncode == 0, f"{ranks} ranks: exit code {process.returncode}"
        files = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        return seconds, windows(Path(folder, "run/run.log")), [memory[rank] for rank in sorted(memory)], files, json.loads(
            Path(folder, "run/summary.json").read_text())["digest"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throng")
    parser.add_argument("scenario")
    parser.add_argument("--ranks", default="1,2,4")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--threads", type=int, help="of each rank")
    arguments, more = parser.parse_known_args()
    best = {}
    for _ in range(arguments.times):
        for ranks in map(int, arguments.ranks.split(",")):
            figures = measured(arguments, ranks, [each for each in more if each != "--"])
            best[ranks] = min(best.get(ranks, figures), figures)
    print("  ranks  seconds  of windows  their ends  MB of files  digest                            MB of each rank")
    for ranks, (seconds, (playing, ending), memory, files, digest) in best.items():
        print(f"  {ranks:5d}  {seconds:7.1f}  {playing:10.1f}  {ending / playing:10.2%}  {files / 1e6:11.0f}  {digest}  {' '.join(f'{each / 1e6:.0f}' for each in memory)}")
    assert len({digest for *_, digest in best.values()}) == 1, "the digests differ"


if __name__ == "__main__":
    main()
