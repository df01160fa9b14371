"""spopt's Skater (Assunção et al. 2006): connected regions over the Delaunay graph, no fewer accounts than 80 % of n/k.

spopt has no heuristic that takes limits on measures from both sides; Skater's floor on counts comes nearest.
"""
import geopandas
import libpysal
import numpy as np
from spopt.region import Skater

from common import arguments

base, out = arguments()
n, k = len(base.ids), len(base.people)
x, y = base.lon * np.cos(np.radians(base.lat.mean())), base.lat
frame = geopandas.GeoDataFrame({"x": x, "y": y}, geometry=geopandas.points_from_xy(x, y))
weights = libpysal.weights.Delaunay(np.stack([x, y], 1))
model = Skater(frame, weights, ["x", "y"], n_clusters=k, floor=int(0.8 * n / k), islands="ignore")
model.solve()
base.write(out, np.asarray(model.labels_).astype(int))
