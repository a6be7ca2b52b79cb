"""argv: data threads. Seconds of potrf and potri (OpenBLAS, float32) on a matrix as large as the catalogue: what EASE needs beside its
Gram matrix."""
import numpy as np
from scipy.linalg.lapack import spotrf, spotri
from threadpoolctl import threadpool_limits

from measured import interactions, seconds, tell, threads

size = interactions()[3]
random = np.random.default_rng(1)
half = random.standard_normal((size, 64), np.float32)
matrix = np.asfortranarray(half @ half.T)
matrix[np.diag_indices(size)] += 600


def invert():
    factor, info = spotrf(matrix, lower=1)
    assert info == 0
    _, info = spotri(factor, lower=1, overwrite_c=1)
    assert info == 0


with threadpool_limits(threads()):
    tell(seconds=seconds(invert, 1 if size > 10000 else 3))
