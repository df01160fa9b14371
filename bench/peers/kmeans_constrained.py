"""k-means-constrained: sizes within 5 % of n/k. It balances the number of accounts; it knows no measures."""
import numpy as np
from k_means_constrained import KMeansConstrained

from common import arguments

base, out = arguments()
n, k = len(base.ids), len(base.people)
plane = np.stack([base.lat, base.lon * np.cos(np.radians(base.lat.mean()))], 1)
model = KMeansConstrained(
    k, size_min=int(n / k * 0.95), size_max=int(np.ceil(n / k * 1.05)), n_init=1, max_iter=30, random_state=1
)
base.write(out, model.fit_predict(plane))
