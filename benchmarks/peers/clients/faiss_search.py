"""argv: data threads. Rankings per second of IndexFlatIP: top 20 of all items, 64 dimensions, 256 users at a time."""
import faiss
import numpy as np

from measured import interactions, seconds, tell, threads

_, _, rows, columns = interactions()
random = np.random.default_rng(1)
faiss.omp_set_num_threads(threads())
index = faiss.IndexFlatIP(64)
index.add(random.standard_normal((columns, 64), np.float32))
users = random.standard_normal((4096, 64), np.float32)


def search():
    for first in range(0, len(users), 256):
        index.search(users[first:first + 256], 20)


tell(rankings_per_second=len(users) / seconds(search))
