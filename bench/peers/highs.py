"""HiGHS alone: the transportation programme with workload and potential within 5 %, inside location-allocation."""
import highspy
import numpy as np
from scipy.sparse import coo_array
from scipy.spatial import cKDTree

from common import arguments, km, location_allocation

NEAREST = 12


def assign(base, centres):
    n, k = len(base.ids), len(centres)
    for near in (min(NEAREST, k), min(4 * NEAREST, k), k):
        _, to = cKDTree(centres).query(base.xyz, near)
        to = to.reshape(n, near)
        cost = (km(base.xyz[:, None, :], centres[to]) * base.work[:, None]).ravel()
        share = solve(base, to, cost, n, k, near)
        if share is not None:
            return to[np.arange(n), share.reshape(n, near).argmax(1)]
    raise SystemExit("no programme keeps the limits")


def solve(base, to, cost, n, k, near):
    arcs = np.arange(n * near)
    unit = np.repeat(np.arange(n), near)
    rows, values = [unit], [np.ones(n * near)]
    lower, upper = [np.ones(n)], [np.ones(n)]
    for index, measure in enumerate((base.work, base.potential)):
        mean = measure.sum() / k
        rows.append(n + index * k + to.ravel())
        values.append(measure[unit] / mean)
        lower.append(np.full(k, 0.95))
        upper.append(np.full(k, 1.05))
    matrix = coo_array((np.concatenate(values), (np.concatenate(rows), np.tile(arcs, 3)))).tocsc()
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = n * near, n + 2 * k
    programme.col_cost_ = cost
    programme.col_lower_, programme.col_upper_ = np.zeros(n * near), np.ones(n * near)
    programme.row_lower_, programme.row_upper_ = np.concatenate(lower), np.concatenate(upper)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = matrix.indptr, matrix.indices
    programme.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(programme)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)


base, out = arguments()
base.write(out, location_allocation(base, assign))
