"""argv: data threads mf|lightgcn|multvae. Seconds of an epoch in PyTorch, from the median time of a step: the same model, batch and
optimiser as Throng's defaults, written as one writes it with autograd."""
import math
import sys

import numpy as np
import torch
from torch.nn.functional import dropout, log_softmax, logsigmoid, normalize

from measured import interactions, seconds, tell, threads

FACTORS, BATCH = 64, 2048
torch.set_num_threads(threads())
torch.manual_seed(1)
users, items, rows, columns = interactions()
random = np.random.default_rng(1)


def comparisons():
    chosen = random.integers(0, len(users), BATCH)
    return (torch.from_numpy(users[chosen].astype(np.int64)), torch.from_numpy(items[chosen].astype(np.int64)),
            torch.from_numpy(random.integers(0, columns, BATCH)))


def bpr_loss(user, positive, negative):
    return -logsigmoid((user * (positive - negative)).sum(1)).mean()


def mf():
    user_factors = torch.nn.Embedding(rows, FACTORS, sparse=True)
    item_factors = torch.nn.Embedding(columns, FACTORS, sparse=True)
    optimiser = torch.optim.SparseAdam([*user_factors.parameters(), *item_factors.parameters()], lr=0.002)

    def step():
        u, i, j = comparisons()
        optimiser.zero_grad()
        eu, ei, ej = user_factors(u), item_factors(i), item_factors(j)
        loss = bpr_loss(eu, ei, ej) + 0.02 * (eu.square() + ei.square() + ej.square()).sum(1).mean()
        loss.backward()
        optimiser.step()

    return step, len(users) / BATCH, 30


def lightgcn():
    degree_u = np.maximum(np.bincount(users, minlength=rows), 1)
    degree_i = np.maximum(np.bincount(items, minlength=columns), 1)
    weights = (1 / np.sqrt(degree_u[users] * degree_i[items])).astype(np.float32)
    places = np.stack([np.concatenate([users, items + rows]), np.concatenate([items + rows, users])])
    graph = torch.sparse_coo_tensor(torch.from_numpy(places.astype(np.int64)), torch.from_numpy(np.tile(weights, 2)),
                                    (rows + columns, rows + columns)).coalesce().to_sparse_csr()
    vectors = torch.nn.Parameter(0.1 * torch.randn(rows + columns, FACTORS))
    optimiser = torch.optim.Adam([vectors], lr=0.002)

    def step():
        u, i, j = comparisons()
        optimiser.zero_grad()
        layers = [vectors]
        for _ in range(3):
            layers.append(graph @ layers[-1])
        final = torch.stack(layers).mean(0)
        eu, ei, ej = vectors[u], vectors[i + rows], vectors[j + rows]
        loss = bpr_loss(final[u], final[i + rows], final[j + rows])
        loss = loss + 0.0005 * (eu.square() + ei.square() + ej.square()).sum(1).mean()
        loss.backward()
        optimiser.step()

    return step, len(users) / BATCH, 3


def multvae(hidden=600, latent=200, batch=None):
    batch = batch or int(sys.argv[4])
    order = np.argsort(users, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=rows))])
    by_user = items[order]
    layers = [torch.nn.Linear(columns, hidden), torch.nn.Linear(hidden, 2 * latent), torch.nn.Linear(latent, hidden),
              torch.nn.Linear(hidden, columns)]
    optimiser = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=0.001)

    def step():
        dense = np.zeros((batch, columns), np.float32)
        for n, user in enumerate(random.integers(0, rows, batch)):
            dense[n, by_user[offsets[user]:offsets[user + 1]]] = 1
        x = torch.from_numpy(dense)
        optimiser.zero_grad()
        h = torch.tanh(layers[0](dropout(normalize(x), 0.5)))
        mean, log_variance = layers[1](h).chunk(2, 1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        logits = layers[3](torch.tanh(layers[2](z)))
        kl = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1).mean()
        loss = -(log_softmax(logits, 1) * x).sum(1).mean() + 0.2 * kl
        loss.backward()
        optimiser.step()

    return step, math.ceil(rows / batch), 3


step, steps_per_epoch, repeat = {"mf": mf, "lightgcn": lightgcn, "multvae": multvae}[sys.argv[3]]()
tell(seconds=seconds(step, repeat) * steps_per_epoch)
