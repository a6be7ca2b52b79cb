"""What the clients of recommenders.py have in common."""
import json
import sys
import time

import numpy as np


def interactions():
    """The pairs of argv[1] as arrays of users and items, and the two numbers of ids; argv[2] is the number of threads."""
    with np.load(sys.argv[1]) as data:
        return data["users"], data["items"], int(data["shape"][0]), int(data["shape"][1])


def threads():
    return int(sys.argv[2])


def seconds(action, repeat=3):
    """The median of some runs, after one to warm up."""
    action()
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2]


def tell(**figures):
    print(json.dumps(figures))
