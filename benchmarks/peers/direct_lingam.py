#!/usr/bin/env python3
"""What PyPI's lingam makes of generated data: the table that tests/scenarios/causal/direct_lingam_test.cpp holds ours against.

    benchmarks/peers/direct_lingam.py [--random N] [-o tests/scenarios/causal/lingam.json]

Makes a Python environment in build/peers-lingam (PyPI). The table holds how data is made, not the data: both sides make it
anew, bit for bit, from integers and IEEE arithmetic. --random N writes N random worlds in place of the chosen ones, to try more.

Of each world it holds order and weights and, as "bootstrap", in which share of RESAMPLES the package's bootstrap finds an edge in the
rows that ours draws; of some also, as "own_bootstrap", in which share of OWN_RESAMPLES it does in rows that it draws itself.
"""
import argparse
import itertools
import json
import subprocess
import sys
import unittest.mock
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = ["lingam==1.13.0"]
MASK = (1 << 64) - 1
WORD = (1 << 32) - 1
RESAMPLES = 50
OWN_RESAMPLES = 200
OWN_BOOTSTRAP = ["a chain of few samples", "items, rating last", "weak effects that may go"]


def uniform(seed, row, variable):
    """In [0, 1): SplitMix64 (Steele et al., OOPSLA 2014) of the place in the table."""
    z = (seed * 1_000_003 + row * 64 + variable + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return ((z ^ z >> 31) >> 11) / (1 << 53)


def generated(case):
    """Rows of variables. Variable v is the sum of weight times cause over `causes` and noise: its scale times a power, 1 or 3, of
    a number in [-1, 1). `made` is the order in which they are made."""
    rows = []
    for row in range(case["samples"]):
        values = [0.0] * len(case["made"])
        for v in case["made"]:
            number = 2 * uniform(case["seed"], row, v) - 1
            value = case["scales"][v] * (number if case["powers"][v] == 1 else number * number * number)
            for cause, weight in case["causes"][v]:
                value += weight * values[cause]
            values[v] = value
        rows.append(values)
    return rows


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., SC 2011): four words of 32 bits."""
    a, b, c, d = counter
    for turn in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32 ^ b ^ key[0] + turn * 0x9E3779B9 & WORD, right & WORD,
                      left >> 32 ^ d ^ key[1] + turn * 0xBB67AE85 & WORD, left & WORD)
    return a, b, c, d


def drawn(count, resample):
    """The rows of a resample, as bootstrap_edges (scenarios/causal/direct_lingam.cpp) draws them with the seed 0."""
    purpose = 2166136261
    for letter in b"causal/resample":
        purpose = (purpose ^ letter) * 16777619 & WORD  # FNV-1a
    rows = []
    for row in range(count):
        low, high, _, _ = philox((resample, 0, row, purpose), (0, 0))
        rows.append((high << 32 | low) * count >> 64)
    return rows


def chosen():
    """Each a question of its own; `known`: groups of variables, of which none is caused by one of a later group."""
    chain = [[], [[0, 0.8]], [[1, -0.6]], [[2, 1.2]]]
    items = [[], [[0, 0.3]], [[1, 0.7]], [[2, 0.9], [0, 0.2]], [[0, 0.5], [3, -0.1]]]
    dense = [[], [[0, 0.5]], [[0, -0.4], [1, 0.9]], [[0, 0.3], [1, 0.2], [2, 0.6]],
             [[0, -0.7], [1, 0.4], [2, 0.1], [3, 0.5]], [[1, 0.6], [4, -0.3]]]
    shuffled = [[[3, 0.7]], [[0, 0.5], [4, 1.1]], [[1, -0.9]], [], [[3, 0.4], [0, -0.6]]]

    def case(name, causes, made=None, samples=500, powers=None, scales=None, seed=1, known=()):
        size = len(causes)
        return {"name": name, "seed": seed, "samples": samples, "made": list(made or range(size)), "causes": causes,
                "powers": powers or [1] * size, "scales": scales or [1.0] * size, "known": [list(group) for group in known]}

    return [
        case("two variables", [[], [[0, 0.5]]]),
        case("two variables that have nothing to do with each other", [[], []]),
        case("a chain", chain),
        case("a chain, heavy tails", chain, powers=[3, 3, 3, 3], samples=300),
        case("a chain of few samples", chain, samples=30, seed=4),
        case("items", items, powers=[1, 3, 3, 1, 1], scales=[1.0, 2.0, 0.5, 0.3, 1.0]),
        case("items, the order known", items, samples=120, seed=3, known=([0], [1], [2], [3], [4])),
        case("items, rating last", items, samples=120, seed=5, known=([0, 1, 2, 3], [4])),
        case("items, an order that is wrong", items, known=([4], [3], [2], [1], [0])),
        case("all of it dense", dense, powers=[1, 3, 1, 3, 1, 3], samples=2000),
        case("effects before causes in the table", shuffled, made=(3, 0, 4, 1, 2), samples=800, seed=7),
        case("nearly the same", [[], [[0, 1.0]], [[1, 0.4]]], scales=[1.0, 0.02, 1.0], samples=400, seed=8),
        case("large and small units", [[], [[0, 0.0008]], [[1, -600.0]], [[2, 0.002]]], scales=[1000.0, 1.0, 500.0, 1.0],
             samples=400, seed=9),
        case("weak effects that may go", [[], [[0, 0.08]], [[0, 0.1], [1, 0.05]], [[1, 0.12], [2, -0.07]]], samples=250, seed=10),
    ]


def random_cases(count):
    import random

    for n in range(count):
        dice = random.Random(n)
        size = dice.randint(2, 7)
        made = dice.sample(range(size), size)
        causes = [[] for _ in range(size)]
        for place, v in enumerate(made):
            for cause in made[:place]:
                if dice.random() < 0.6:
                    causes[v].append([cause, dice.choice([0.05, 0.1, 0.3, 0.8, 1.5]) * dice.choice([-1, 1])])
        known = []
        if dice.random() < 0.3:
            cut = dice.randint(1, size - 1)
            known = [made[:cut], made[cut:]]
        yield {"name": f"random {n}", "seed": n, "samples": dice.choice([15, 40, 120, 400]), "made": made, "causes": causes,
               "powers": [dice.choice([1, 3]) for _ in range(size)],
               "scales": [dice.choice([0.1, 0.5, 1.0, 3.0]) for _ in range(size)], "known": known}


def answer(case):
    import lingam
    import numpy

    size = len(case["made"])
    prior = numpy.full((size, size), -1)
    for place, group in enumerate(case["known"]):
        for later in case["known"][place + 1:]:
            for v in group:
                prior[v, later] = 0  # no path from a later one
    samples = numpy.array(generated(case))
    model = lingam.DirectLiNGAM(prior_knowledge=prior if case["known"] else None)
    model.fit(samples)
    answers = {**case, "order": [int(v) for v in model.causal_order_], "weights": model.adjacency_matrix_.tolist()}

    resamples = itertools.count()

    def resample_as_ours(table, index):
        rows = drawn(len(table), next(resamples))
        return table[rows], index[rows]

    with unittest.mock.patch("lingam.bootstrap.resample", resample_as_ours):
        answers["bootstrap"] = model.bootstrap(samples, RESAMPLES).get_probabilities().tolist()
    if case["name"] in OWN_BOOTSTRAP:
        numpy.random.seed(1)  # what sklearn's resample draws from
        answers["own_bootstrap"] = model.bootstrap(samples, OWN_RESAMPLES).get_probabilities().tolist()
    return answers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, default=HERE.parents[1] / "tests/scenarios/causal/lingam.json")
    arguments = parser.parse_args()
    try:
        import lingam
    except ImportError:
        folder = HERE.parents[1] / "build/peers-lingam"
        python = folder / "bin" / "python"
        if Path(sys.executable).parent == python.parent:
            raise
        if not python.exists():
            venv.create(folder, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        sys.exit(subprocess.run([python, *sys.argv], check=False).returncode)
    cases = [answer(case) for case in (random_cases(arguments.random) if arguments.random else chosen())]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    head = f'"lingam": "{lingam.__version__}", "resamples": {RESAMPLES}, "own_resamples": {OWN_RESAMPLES}'
    arguments.out.write_text(f'{{{head}, "cases": [\n{lines}\n]}}\n')
    print(f"{arguments.out}: {len(cases)} cases")


if __name__ == "__main__":
    main()
