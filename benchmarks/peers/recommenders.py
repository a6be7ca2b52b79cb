#!/usr/bin/env python3
"""Throng's recommenders beside others, on this machine: implicit, PyTorch, OpenBLAS (through SciPy) and faiss.

    benchmarks/peers/recommenders.py build/release/throng [--sizes ml-1m,amazon-book] [--threads 1,2] [--only ials,ease]

Makes a Python environment in build/peers (PyPI; PyTorch is large) and long-tailed random interactions of the sizes of
MovieLens-1M and Amazon-Book. For each case Throng and its peer take turns; printed are both and how many times as fast Throng is.
"""
import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ["numpy", "scipy", "threadpoolctl", "implicit", "faiss-cpu", "torch"]
SIZES = {"ml-1m": (6040, 3706, 1_000_000), "amazon-book": (70_679, 24_915, 847_000)}  # users, items, pairs
MULTVAE_BATCH = 100
MAKE = """
import sys, numpy as np
users, items, pairs, folder = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
random = np.random.default_rng(1)
def long_tailed(count, size):
    weights = 1 / (np.arange(count) + 0.02 * count) ** 0.8
    return random.choice(count, size, p=weights / weights.sum())
found = np.unique(long_tailed(users, 3 * pairs).astype(np.int64) * items + long_tailed(items, 3 * pairs))
every = np.concatenate([np.arange(users) * items + random.integers(0, items, users),
                        random.integers(0, users, items) * items + np.arange(items)])  # nobody and nothing is missing
found = np.unique(np.concatenate([every, random.permutation(found)[:pairs - len(every)]]))
u, i = found // items, found % items
np.savez(folder + "/pairs.npz", users=u, items=i, shape=np.array([users, items]))
with open(folder + "/pairs.csv", "w") as file:
    file.write("user,item\\n")
    np.savetxt(file, np.stack([u, i], 1), "%d", ",")
"""


def environment(folder):
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return str(python)


def printed(command, threads):
    """The JSON that a command prints."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **limits})
    if result.returncode != 0:
        sys.exit(f"{command}: {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


class Race:
    """One size of data and one number of threads."""

    def __init__(self, throng, python, folder, threads):
        self.throng, self.python, self.folder, self.threads = throng, python, folder, threads

    def peer(self, script, *arguments):
        return printed([self.python, HERE / "clients" / script, self.folder / "pairs.npz", self.threads, *arguments], self.threads)

    def bench(self, model, seconds, options):
        sets = [part for option in options for part in ("--set", f"{model}.{option}")]
        return printed([self.throng, "rec", "bench", "--data", self.folder / "data", "--models", model, "--split", "ratio", "--train",
                        1, "--validation", 0, "--test", 0, "--threads", self.threads, "--callers", self.threads, "--batch", 256,
                        "--seconds", seconds, "--json", *sets], self.threads)[0]

    def epoch(self, model, short, long, *options):
        """Seconds of an epoch, from two fits of different length."""
        first, second = (self.bench(model, 0.001, [*options, f"max_epochs={n}"])["fit_seconds"] for n in (short, long))
        return (second - first) / (long - short)

    def one_epoch(self, model, *options):
        """Of models whose preparation takes no time beside an epoch."""
        return self.bench(model, 0.001, [*options, "max_epochs=1"])["fit_seconds"]

    def ials(self):
        ours = self.epoch("ials", 2, 7, "factors=64")
        return [("implicit, Cholesky", ours, self.peer("implicit_fit.py", "als_cholesky")["seconds"]),
                ("implicit, 3 CG steps", ours, self.peer("implicit_fit.py", "als")["seconds"])]

    def mf(self):
        ours = self.epoch("mf", 1, 4)
        return [("implicit BPR (Hogwild)", ours, self.peer("implicit_fit.py", "bpr")["seconds"]),
                ("PyTorch", ours, self.peer("torch_epoch.py", "mf")["seconds"])]

    def mf_hogwild(self):
        ours = self.epoch("mf", 1, 4, "hogwild=true")
        return [("implicit BPR (Hogwild)", ours, self.peer("implicit_fit.py", "bpr")["seconds"])]

    def lightgcn(self):
        return [("PyTorch", self.one_epoch("lightgcn"), self.peer("torch_epoch.py", "lightgcn")["seconds"])]

    def multvae(self):
        ours = self.one_epoch("multvae", f"batch_size={MULTVAE_BATCH}")
        return [("PyTorch", ours, self.peer("torch_epoch.py", "multvae", MULTVAE_BATCH)["seconds"])]

    def ease(self):
        return [("potrf + potri", self.bench("ease", 0.001, [])["fit_seconds"], self.peer("lapack_inverse.py")["seconds"])]

    def top_k(self):
        ours = 1 / self.bench("mf", 3, ["max_epochs=1"])["rankings_per_second"]
        return [("faiss IndexFlatIP", ours, 1 / self.peer("faiss_search.py")["rankings_per_second"])]


CASES = ["ials", "mf", "mf_hogwild", "lightgcn", "multvae", "ease", "top_k"]


def make_data(throng, python, size, folder):
    if not (folder / "data").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([python, "-c", MAKE, *map(str, SIZES[size]), str(folder)], check=True)
        subprocess.run([throng, "data", "import", "csv", folder / "pairs.csv", "--user", "user", "--item", "item", "-o",
                        folder / "data"], check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("throng", type=Path)
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--environment", type=Path, default=Path("build/peers/recommenders"))
    parser.add_argument("--folder", type=Path, default=Path("build/peers/data"))
    arguments = parser.parse_args()
    throng = arguments.throng.resolve()
    python = environment(arguments.environment.absolute())
    print("| size | threads | | Throng | peer | | times as fast |\n|---|--:|---|--:|--:|---|--:|")
    for size in arguments.sizes.split(","):
        folder = (arguments.folder / size).absolute()
        make_data(throng, python, size, folder)
        for threads in map(int, arguments.threads.split(",")):
            race = Race(throng, python, folder, threads)
            for case in arguments.only.split(","):
                for peer, ours, theirs in getattr(race, case)():
                    unit = (lambda s: f"{1 / s:,.0f}/s") if case == "top_k" else (lambda s: f"{s:.3f} s")
                    print(f"| {size} | {threads} | {case} | {unit(ours)} | {unit(theirs)} | {peer} | {theirs / ours:.2f} |", flush=True)


if __name__ == "__main__":
    main()
