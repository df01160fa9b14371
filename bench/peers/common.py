"""What the peers share: the accounts, a first set of centres, and where an answer goes."""
import csv
import sys

import numpy as np

EARTH_KM = 6371.0088


class Base:
    """A customer base on the unit sphere."""

    def __init__(self, folder):
        with open(f"{folder}/accounts.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        with open(f"{folder}/employees.csv", newline="") as file:
            self.people = [row["employee_id"] for row in csv.DictReader(file)]
        self.ids = [row["account_id"] for row in rows]
        self.lat, self.lon, self.work, self.potential = (
            np.array([float(row[name]) for row in rows]) for name in ("latitude", "longitude", "workload", "potential")
        )
        self.xyz = on_sphere(self.lat, self.lon)

    def seeds(self, seed=1):
        """Weighted k-means++ (Arthur & Vassilvitskii 2007): as many centres as employees."""
        rng = np.random.default_rng(seed)
        centres = [self.xyz[rng.choice(len(self.ids), p=self.work / self.work.sum())]]
        least = np.full(len(self.ids), np.inf)
        while len(centres) < len(self.people):
            least = np.minimum(least, ((self.xyz - centres[-1]) ** 2).sum(1))
            share = self.work * least
            centres.append(self.xyz[rng.choice(len(self.ids), p=share / share.sum())])
        return np.array(centres)

    def middles(self, owner):
        """Workload-weighted centres."""
        count = len(self.people)
        sums = np.stack([np.bincount(owner, self.xyz[:, axis] * self.work, count) for axis in range(3)], 1)
        return sums / (np.linalg.norm(sums, axis=1, keepdims=True) + 1e-30)

    def cost(self, owner, centres):
        """Mean kilometres, weighted by workload."""
        return (km(self.xyz, centres[owner]) * self.work).sum() / self.work.sum()

    def write(self, path, owner):
        with open(path, "w") as file:
            file.write("account_id,employee_id\n")
            file.writelines(f"{name},{self.people[of]}\n" for name, of in zip(self.ids, owner))


def on_sphere(lat, lon):
    lat, lon = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)


def km(a, b):
    return EARTH_KM * 2 * np.arcsin(np.clip(np.linalg.norm(a - b, axis=-1) / 2, 0, 1))


def location_allocation(base, assign, rounds=20):
    """Cooper 1963: assign to given centres, move each centre into the middle of its accounts, again while it pays."""
    centres, best, found = base.seeds(), np.inf, None
    for _ in range(rounds):
        owner = assign(base, centres)
        centres = base.middles(owner)
        cost = base.cost(owner, centres)
        if cost < best:
            found = owner
        if cost > best * (1 - 1e-3):
            break
        best = cost
    return found


def arguments():
    """DIR OUT.csv"""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} DIR OUT.csv")
    return Base(sys.argv[1]), sys.argv[2]
