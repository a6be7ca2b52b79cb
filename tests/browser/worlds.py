"""Reports to look at: runs of small worlds, made with the program under test."""

import csv
import json
import pathlib
import sqlite3
import subprocess

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"

# Titles that would do something if they were anything but text.
HOSTILE_TITLES = [
    "<script>alert(1)</script>",
    "</script><script>window.pwned = 1</script>",
    "<!--<script>",
    "<img src=x onerror=\"window.pwned = 1\">",
    "' onfocus='window.pwned = 1' \"",
    "{{nonce}} {{{css}}} {{#sections}}",
    "&lt;b&gt; \u2028 \u2029 \\u003c",
    "=HYPERLINK(\"http://example.invalid\")",
]


class Program:
    """`throng`, run in a folder of its own."""

    def __init__(self, throng, folder):
        self._throng = throng.resolve()
        self._folder = folder

    def __call__(self, *arguments):
        """What it prints."""
        return subprocess.run([self._throng, *map(str, arguments)], cwd=self._folder, check=True, capture_output=True,
                              text=True).stdout


def _quick_run(program, folder, out, *changes, agents=30):
    settings = [part for change in ("recommender={\"kind\":\"popularity\"}", *changes) for part in ("--set", change)]
    program("run", SCENARIOS / "demo.json", "--agents", agents, "--out", out, *settings)
    return folder / out


def _into_run(run, statement, rows):
    with sqlite3.connect(run / "run.db") as database:
        database.executemany(statement, rows)
    database.close()


def demo(program, folder):
    """The demo's report; agent 4 looks as if a language model had played it."""
    run = _quick_run(program, folder, "demo")
    _into_run(run, "UPDATE agents SET mind = ? WHERE agent = ?", [("a-model", 4)])
    program("report", "demo")
    return run / "report.html"


def hostile(program, folder):
    """The report of a dataset and a scenario whose every text is hostile."""
    _write_hostile_dataset(folder / "hostile-data")
    run = _quick_run(program, folder, "it's <b>hostile", "dataset.path=hostile-data", "population={}",
                     "description=</title></p><script>window.pwned = 1</script>")
    _into_run(run, "INSERT INTO sayings VALUES (0, 1, ?, 1, ?, ?, ?)",
              [(n, 1 if n % 2 else None, "alignment" if n % 2 else "decision", title)
               for n, title in enumerate(HOSTILE_TITLES)])
    _into_run(run, "INSERT INTO failures VALUES (0, 1, 1, 1, 'react', ?, ?, 1)", [(HOSTILE_TITLES[1], HOSTILE_TITLES[3])])
    _into_run(run, "UPDATE agents SET persona = ?, external_id = ? WHERE agent = 0", [(HOSTILE_TITLES[1], HOSTILE_TITLES[3])])
    program("report", "it's <b>hostile")
    return run / "report.html"


def rounds(program, folder):
    """The report of a run whose figures change from round to round."""
    run = _quick_run(program, folder, "rounds")
    names = ["top_genre_share", "distinct_genres", "gini", "coverage"]
    rows = [(n, f"{of}_{name}", 0.33 * (n - 1) + (0.01 if of == "viewed" else 0))
            for n in range(1, 5) for of in ("recommended", "viewed") for name in names]
    _into_run(run, "INSERT OR REPLACE INTO round_metrics VALUES (?, ?, ?)", rows)
    program("report", "rounds")
    return run / "report.html"


def large(program, folder):
    """The report of 10,000 agents."""
    run = _quick_run(program, folder, "large", agents=10_000)
    program("report", "large")
    return run / "report.html"


def larger_than_fits(program, folder):
    """The report of more agents than a page lists, and than it has room to tell the stories of."""
    run = _quick_run(program, folder, "larger", "session.items_per_page=12", agents=22_000)
    program("report", "larger")
    return run / "report.html"


def three_arms(program, folder):
    """The report of a study of three arms over one round, with a causal graph of each."""
    scenario = {"name": "recommenders", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 200},
                "replicates": 2, "baseline": "random", "recommender": {"kind": "random"},
                "arms": {name: {"recommender": {"kind": name}} for name in ("popularity", "itemknn", "random")}}
    (folder / "recommenders.json").write_text(json.dumps(scenario))
    program("run", "recommenders.json", "--out", "recommenders")
    program("report", "recommenders", "--causal")
    return folder / "recommenders" / "report.html"


def small_study(program, folder):
    """The report of a study of two replicates, two rounds and a control."""
    scenario = {"name": "bubble", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 60},
                "recommender": {"kind": "popularity"}, "rounds": 2, "retrain": {"every": "7d", "from": "viewed"},
                "replicates": 2, "control": {"retrain": {"from": "nothing"}}}
    (folder / "bubble.json").write_text(json.dumps(scenario))
    program("run", "bubble.json", "--out", "bubble")
    program("report", "bubble", "--runs")
    return folder / "bubble" / "report.html"


def study(sample_reports, folder):
    """A study's report: several arms, with bands."""
    report = folder / "study.html"
    subprocess.run([sample_reports.resolve(), report], check=True)
    return report


def _write_hostile_dataset(folder):
    folder.mkdir()
    users, items = 30, 3 * len(HOSTILE_TITLES)
    titles = [HOSTILE_TITLES[n] if n < len(HOSTILE_TITLES) else f"item {n}" for n in range(items)]
    interactions = [(u, i, 3 + (u + i) % 3) for u in range(users) for i in range(items) if (u * 7 + i * 3) % 5 < 2]
    tables = {
        "items.csv": [("item_id", "title", "genres")] + [(i, title, "<i>genre") for i, title in enumerate(titles)],
        "users.csv": [("user_id",)] + [(u,) for u in range(users)],
        "interactions.csv": [("user_id", "item_id", "rating")] + interactions,
    }
    for name, rows in tables.items():
        with open(folder / name, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    (folder / "dataset.json").write_text(json.dumps({
        "name": "<script>window.pwned = 1</script>", "format": 1, "genres": ["<i>genre"], "provenance": {},
        "counts": {"users": users, "items": items, "interactions": len(interactions)},
    }))
