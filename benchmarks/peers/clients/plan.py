"""What every peer does: the same calls, read from the command line. The result goes to stdout as JSON."""
import json
import sys
import time

URL, CALLS, IN_FLIGHT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MODEL = "mock"


def messages(number):
    """A prompt of some 2 KB, another one for every call."""
    return [
        {"role": "system", "content": "You are a film lover who decides what to watch. " * 8},
        {"role": "user", "content": f"Page {number}. " + "The film tells of people who meet and part again. " * 30},
    ]


def report(started, completed, failed):
    print(json.dumps({"seconds": time.monotonic() - started, "completed": completed, "failed": failed}))
