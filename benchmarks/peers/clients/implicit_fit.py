"""argv: data threads als|als_cholesky|bpr. Seconds of an iteration of implicit with 64 factors, from two fits of different length."""
import sys
import time

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from scipy.sparse import csr_matrix

from measured import interactions, tell, threads

users, items, rows, columns = interactions()
matrix = csr_matrix((np.ones(len(users), np.float32), (users, items)), (rows, columns))


def model(iterations):
    if sys.argv[3] == "bpr":
        return BayesianPersonalizedRanking(factors=64, iterations=iterations, num_threads=threads(), random_state=1)
    return AlternatingLeastSquares(factors=64, iterations=iterations, use_cg=sys.argv[3] == "als", num_threads=threads(),
                                   random_state=1)


def fit(iterations):
    begin = time.perf_counter()
    model(iterations).fit(matrix, show_progress=False)
    return time.perf_counter() - begin


fit(1)
few, many = fit(2), fit(7)
tell(seconds=(many - few) / 5)
