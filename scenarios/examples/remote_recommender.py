#!/usr/bin/env python3
"""A recommender of one's own for Throng, in Python's standard library: copy it and put your model in `Model`.

    scenarios/examples/remote_recommender.py --port 9000
    throng run scenarios/examples/remote.json

The protocol is described in docs/remote-recommender.md.
"""

import argparse
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Model:
    """Ranks by how often an item occurs together with the items of a history ("cooccurrence"), or by how many
    users have it ("popularity"). Ties go to the item that is first in the catalogue."""

    def __init__(self):
        self.items = []  # the catalogue, in its order
        self.users_of = Counter()  # item -> how many users have it
        self.together = {}  # item -> item -> how many users have both

    def fit(self, items, train):
        self.items = items
        self.users_of = Counter(item for row in train for item in row["items"])
        self.together = {item: Counter() for item in items}
        for row in train:
            for item in row["items"]:
                self.together[item].update(row["items"])

    def feedback(self, sessions):
        """What users did with what they were shown. This model learns from /fit alone."""

    def rank(self, name, history, exclude, k):
        scores = self.users_of if name == "popularity" or not history else self.score(history)
        excluded = set(exclude)
        best_first = sorted(self.items, key=lambda item: -scores[item])  # sorted() keeps the order of ties
        return [item for item in best_first if item not in excluded][:k]

    def score(self, history):
        scores = Counter()
        for item in history:
            size = self.users_of[item] or 1
            for other, count in self.together[item].items():
                scores[other] += count / (size * self.users_of[other]) ** 0.5
        return scores


class Refusal(Exception):
    """Answered with a status; 412 is not tried again."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Recommender:
    """The model and the name of what it knows. Throng may repeat a request: none does harm when it is repeated."""

    def __init__(self):
        self.lock = threading.Lock()
        self.model = Model()
        self.state = None

    def fit(self, request):
        with self.lock:
            if request["state"] != self.state:
                self.model.fit(request["items"], request["train"])
                self.state = request["state"]
        return {}

    def feedback(self, request):
        with self.lock:
            if request["state"] != self.state:
                self.model.feedback(request["sessions"])
                self.state = request["state"]
        return {}

    def rank(self, request):
        context = request["context"]
        with self.lock:
            if context["state"] != self.state:
                raise Refusal(412, "this server does not know that state; resume the run and it will be taught again")
            return {
                "rankings": [
                    {
                        "user": user["user"],
                        "items": self.model.rank(context["model"], user["history"], user["exclude"], context["k"]),
                    }
                    for user in request["users"]
                ]
            }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    wbufsize = 64 * 1024  # a reply is sent in one piece
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/health":
            self.reply(200, {"protocol": 1, "name": "throng's example recommender"})
        else:
            self.reply(404, {"error": f"there is no {self.path}"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        recommender = self.server.recommender
        action = {"/fit": recommender.fit, "/feedback": recommender.feedback, "/rank": recommender.rank}.get(self.path)
        if action is None:
            self.reply(404, {"error": f"there is no {self.path}"})
            return
        try:
            self.reply(200, action(json.loads(body)))
        except Refusal as refusal:
            self.reply(refusal.status, {"error": str(refusal)})
        except (KeyError, TypeError, ValueError) as error:
            self.reply(400, {"error": f"{type(error).__name__}: {error}"})

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9000, help="0: any free one")
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler)
    server.daemon_threads = True
    server.recommender = Recommender()
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
