"""A pool of 500 threads, each with a blocking client: the way of Agent4Rec, which starts a thread per agent."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from plan import CALLS, IN_FLIGHT, MODEL, URL, messages, report

local = threading.local()


def ask(number):
    if not hasattr(local, "session"):
        local.session = requests.Session()
    for _ in range(8):
        try:
            reply = local.session.post(f"{URL}/chat/completions", timeout=600,
                                       json={"model": MODEL, "messages": messages(number), "max_tokens": 64})
            if reply.status_code == 200 and reply.json()["choices"]:
                return True
        except (requests.RequestException, ValueError):
            pass
    return False


started = time.monotonic()
with ThreadPoolExecutor(min(500, IN_FLIGHT)) as pool:
    done = sum(pool.map(ask, range(CALLS)))
report(started, done, CALLS - done)
