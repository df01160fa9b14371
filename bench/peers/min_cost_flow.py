"""OR-Tools' min-cost flow inside location-allocation: workload within 5 %, each account then whole to its largest share."""
import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.spatial import cKDTree

from common import arguments, km, location_allocation

NEAREST = 16
GRAIN = 100  # units of flow an hour


def assign(base, centres):
    n, k = len(base.ids), len(centres)
    near = min(NEAREST, k)
    for near in (near, min(4 * near, k), k):
        _, to = cKDTree(centres).query(base.xyz, near)
        to = to.reshape(n, near)
        load = np.round(base.work * GRAIN).astype(np.int64)
        mean = load.sum() / k
        lower, upper = int(np.ceil(mean * 0.95)), int(np.floor(mean * 1.05))
        cost = np.round(km(base.xyz[:, None, :], centres[to]) * 100).astype(np.int64)
        flow = min_cost_flow.SimpleMinCostFlow()
        source = np.repeat(np.arange(n), near)
        arcs = flow.add_arcs_with_capacity_and_unit_cost(source, n + to.ravel(), np.repeat(load, near), cost.ravel())
        sink = n + k
        must = -10 * int(cost.max() + 1)  # reaching the lower limit is worth more than any way
        centre = n + np.arange(k)
        flow.add_arcs_with_capacity_and_unit_cost(centre, np.full(k, sink), np.full(k, lower), np.full(k, must))
        flow.add_arcs_with_capacity_and_unit_cost(centre, np.full(k, sink), np.full(k, upper - lower), np.zeros(k, int))
        flow.set_nodes_supplies(np.append(np.arange(n), sink), np.append(load, -load.sum()))
        if flow.solve() == flow.OPTIMAL:
            share = flow.flows(arcs).reshape(n, near)
            return to[np.arange(n), share.argmax(1)]
    raise SystemExit("no flow keeps the limits")


base, out = arguments()
base.write(out, location_allocation(base, assign))
