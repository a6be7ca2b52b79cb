"""A pool of threads with a blocking client, Agent4Rec's own way: each agent's calls one after the other.

    agent_chains.py URL JOURNAL THREADS

Sends what a run of Throng asked (its journal.db), agent by agent. Waits out 429s as the server says.
"""
import json
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests


def chains(journal):
    """Per agent the bodies of its calls, in order."""
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    texts = dict(database.execute("SELECT text, content FROM texts"))
    agents = {}
    for actor, parts in database.execute("SELECT actor, parts FROM calls ORDER BY number"):
        settings, _, *messages = (texts[part] for part in json.loads(parts))
        body = json.loads(settings)
        body["messages"] = [dict(zip(("role", "content"), message.split("\n", 1))) for message in messages]
        agents.setdefault(actor, []).append(json.dumps(body))
    return list(agents.values())


def run_agent(session, url, bodies):
    completed = 0
    for body in bodies:
        while True:
            reply = session.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=600)
            if reply.status_code == 200:
                reply.json()["choices"][0]["message"]["content"]
                completed += 1
                break
            time.sleep(float(reply.headers.get("retry-after", 1)))
    return completed


def main():
    url, journal, threads = sys.argv[1] + "/v1/chat/completions", sys.argv[2], int(sys.argv[3])
    agents = chains(journal)
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=threads, pool_maxsize=threads))
    started = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        completed = sum(pool.map(lambda bodies: run_agent(session, url, bodies), agents))
    print(json.dumps({"seconds": time.monotonic() - started, "completed": completed}))


if __name__ == "__main__":
    main()
