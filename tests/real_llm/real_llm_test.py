#!/usr/bin/env python3
"""A small real language model plays a panel of agents:  real_llm_test.py THRONG ENVIRONMENT  (see `make test-llm`)

llama.cpp on loopback, once for each core; 40 agents (or PANEL_AGENTS) and 3 pages, told of a page's items as ranked and shuffled; then the same agents before items that
their users met later and items that they never met. The tables say what a model of this size shows; asserted is only what Throng has
to do with any model: every agent has its session, replies are valid, and a replay without the server has the same digest. Exit code 77:
the environment of tests/real_llm/install is not there.
"""

import contextlib
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

AGENTS = int(os.environ.get("PANEL_AGENTS", "40"))
PAGES = 3
SLOTS = 2  # of each server
# So small a model sometimes does not come to an end. Pages of 4 items take up to 300 tokens, those of 20 up to 1,300; a server makes 12 to 25
# a second for each of its slots, and the first byte of a reply comes with its last.
MOST_TOKENS = {"panel": 1000, "taste": 2000}


@contextlib.contextmanager
def language_model(environment, log):
    """Serves the environment's model on one thread; yields its base URL."""
    serve = [environment / "bin/python", pathlib.Path(__file__).with_name("serve.py"), str(SLOTS)]
    with open(log, "w") as err, subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err,
                                                 text=True) as server:
        url = server.stdout.readline().strip()
        if not url:
            raise RuntimeError("the language model did not start: " + log.read_text()[-2000:])
        yield url  # the server ends with its standard input


def scenario(urls, order):
    return {
        "name": f"panel-{order}", "seed": 101,
        "dataset": {"path": "demo", "split": {"kind": "ratio", "train": 0.4, "validation": 0.3, "test": 0.3}},
        "population": {"agents": AGENTS},
        "mind": {"kind": "llm", "protocol": "structured", "order": order, "max_tokens": MOST_TOKENS["panel"],
                 "endpoints": [{"url": url, "model": "smollm2", "max_in_flight": SLOTS,
                                "timeouts": {"first_byte": 300, "between_bytes": 60, "total": 600}} for url in urls]},
        "recommender": {"kind": "random"},
        "session": {"items_per_page": 4, "max_pages": PAGES},
    }


def throng(program, *arguments):
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"throng {' '.join(map(str, arguments))}: exit code {done.returncode}")
    return done.stdout


def print_calls(heading, calls, seconds):
    print(f"  {heading}")
    if "unusable_replies" in calls:  # of a run: a validation asks nobody twice
        unusable = sum(calls["unusable_replies"].values())
        print(f"    valid replies      {calls['calls'] - unusable} of {calls['calls']}\n"
              f"    repairs            {calls['repairs']}\n"
              f"    degraded pages     {calls['degraded_pages']} of {calls['pages']}")
    else:
        print(f"    replies            {calls['calls']}")
    print(f"    prompt tokens      {calls['prompt_tokens']} ({calls['cached_tokens']} of them cached)\n"
          f"    completion tokens  {calls['completion_tokens']}\n"
          f"    seconds            {seconds:.1f}", flush=True)


def places(program, run, by):
    """The rows of positions.csv of one kind of place."""
    tables = run.with_suffix(".tables")
    throng(program, "report", run, "--csv", tables)
    with open(tables / "positions.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if row["by"] == by]


def print_places(heading, rows):
    print(f"  {heading}\n    place    aligned           viewed            rating")
    for place in sorted({int(row["number"]) for row in rows}):
        cells = []
        for figure in ("aligned", "viewed", "rating"):
            row = next(r for r in rows if int(r["number"]) == place and r["figure"] == figure)
            width = f" ± {float(row['half_width_95']):.3f}" if row["half_width_95"] else ""
            cells.append(f"{float(row['mean']):.3f}{width}" if row["mean"] else "-")
        print(f"    {place:<9}" + "".join(f"{cell:<18}" for cell in cells))


def print_taste(validation):
    print("  10 items that the user met later against 10 that it never met, one page\n"
          "                      accuracy                F1                      area under the curve")
    figures = [f for f in validation["figures"] if f["task"] == "taste"]
    for who in dict.fromkeys(f["who"] for f in figures):
        cells = []
        for metric in ("accuracy", "f1", "auc"):
            found = [f for f in figures if f["who"] == who and f["metric"] == metric and f["value"] is not None]
            interval = f" ({found[0]['low']:.3f} to {found[0]['high']:.3f})" if found and found[0]["low"] is not None else ""
            cells.append(f"{found[0]['value']:.3f}{interval}" if found else "-")
        print(f"    {who:<18}" + "".join(f"{cell:<24}" for cell in cells))
    print(*(f"    note: {note}" for note in validation["notes"]), sep="\n", flush=True)


def check(run, replayed):
    calls = run["llm"]
    assert calls["sessions"] == AGENTS, "every agent has its session"
    assert calls["live"] == calls["calls"] > 0, "every call was made now"
    assert calls["prompt_tokens"] > 0 and calls["completion_tokens"] > 0, "the server told the usage"
    assert sum(calls["unusable_replies"].values()) <= calls["calls"] / 10, "replies under a JSON Schema are valid"
    assert calls["degraded_pages"] <= calls["pages"] / 10, "pages can be used"
    assert replayed["llm"]["live"] == 0, "a replay calls nobody"
    assert replayed["digest"] == run["digest"], "a replay with the server stopped has the same digest"


def play(program, folder, urls, order):
    file, run = folder / f"{order}.json", folder / order
    file.write_text(json.dumps(scenario(urls, order)))
    begin = time.monotonic()
    summary = json.loads(throng(program, "run", file, "--out", run, "--json"))
    print_calls(f"{AGENTS} agents, {PAGES} pages of 4, items told {order}", summary["llm"], time.monotonic() - begin)
    print_places("by place on the page", places(program, run, "position"))
    if order == "shuffled":
        print_places("by place in the prompt", places(program, run, "prompt"))
    return summary


def validate(program, folder):
    begin = time.monotonic()
    validation = json.loads(throng(program, "validate", folder / "shuffled.json", "--tasks", "taste", "--ratios", "1",
                                   "--negatives", "uniform", "--set", f"mind.max_tokens={MOST_TOKENS['taste']}",
                                   "--out", folder / "taste", "--json"))
    print_calls("taste", validation["llm"], time.monotonic() - begin)
    print_taste(validation)


def main(program, environment):
    if not (environment / "bin/python").exists():
        print(f"SKIPPED: no language model in {environment}: 'make test-llm' installs one")
        return 77
    with tempfile.TemporaryDirectory(prefix="throng-real-llm-") as folder:
        folder = pathlib.Path(folder)
        with contextlib.ExitStack() as servers:
            urls = [servers.enter_context(language_model(environment, folder / f"server-{n}.log"))
                    for n in range(os.cpu_count())]
            print(throng(program, "llm", "ping", urls[0]))
            runs = {order: play(program, folder, urls, order) for order in ("ranked", "shuffled")}
            validate(program, folder)
        for order, run in runs.items():
            replayed = throng(program, "run", folder / f"{order}.json", "--out", folder / f"{order}-again",
                              "--replay", folder / order, "--json")
            check(run, json.loads(replayed))
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
