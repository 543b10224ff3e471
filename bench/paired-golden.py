"""Writes lib/stats/comparisons.golden.json: what scipy and statsmodels make of tables of our own.

Needs scipy, statsmodels (pip install scipy==1.17.1 statsmodels==0.15.0) and takes a minute. Tango's interval is in neither: here
it is found from its definition, with the likelihood maximised numerically at each difference. The library solves a square equation.

    python bench/paired-golden.py
"""

import json
import math
import random
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

random.seed(20)
Z = stats.norm.ppf(0.975)
Z_POWER = stats.norm.ppf(0.8)


def likeliest_broken(n, fixed, broken, delta):
    """The share of broken pairs of greatest likelihood where the share of fixed ones is greater by delta."""
    rest = n - fixed - broken
    # As what it has above the least that it can be, so that nothing is lost near the ends.
    more, least, room = max(0.0, delta), max(0.0, -delta), 1 - abs(delta)

    def slope(u):
        return fixed / (u + more) + broken / (u + least) - 2 * rest / (room - 2 * u)

    if rest == 0:
        return least + room / 2
    margin = 1e-15 * room
    if slope(margin) <= 0:
        return least
    return least + brentq(slope, margin, room / 2 - margin, xtol=1e-18, rtol=1e-15, maxiter=500)


def tango(n, fixed, broken, quantile):
    estimate = (fixed - broken) / n

    def excess(delta):
        q = likeliest_broken(n, fixed, broken, delta)
        variance = n * (2 * q + delta * (1 - delta))
        return (fixed - broken - n * delta) ** 2 - quantile**2 * variance

    def bound(end):
        # Strictly between the ends: at 1 and -1 the likelihood has no inside.
        near, far = estimate, end * (1 - 1e-13)
        if abs(near) >= abs(far) and near * end > 0:
            return end
        step = end * 1e-12
        return brentq(excess, near + step if excess(near) >= 0 else near, far, xtol=1e-15, rtol=1e-15, maxiter=500)

    return 100 * bound(-1), 100 * bound(1)


def detectable(n, discordance, quantile):
    """From the sample size formula of McNemar's test, turned round by root finding; the difference itself is discordant."""

    def missing(delta):
        psi = max(discordance, delta)
        return quantile * math.sqrt(psi) + Z_POWER * math.sqrt(psi - delta**2) - delta * math.sqrt(n)

    if missing(1 - 1e-12) > 0:
        return None
    return 100 * brentq(missing, 1e-12, 1 - 1e-12, xtol=1e-16, rtol=1e-15)


def independent(n, fixed, broken):
    table = [[(n - fixed - broken) // 2, broken], [fixed, (n - fixed - broken + 1) // 2]]
    low, high = tango(n, fixed, broken, Z)
    p = 1.0 if fixed + broken == 0 else float(mcnemar(table, exact=False, correction=False).pvalue)
    exact = 1.0 if fixed + broken == 0 else float(mcnemar(table, exact=True).pvalue)
    return [n, fixed, broken, low, high, p, exact, detectable(n, (fixed + broken) / n, Z)]


def clustered(images):
    """images: (both right, fixed, broken, both wrong) of each."""
    difference, group = [], []
    for g, (right, fixed, broken, wrong) in enumerate(images):
        each = [0] * right + [1] * fixed + [-1] * broken + [0] * wrong
        difference += each
        group += [g] * len(each)
    d = np.array(difference, float)
    n, count = len(d), len(images)
    fit = sm.OLS(d, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": np.array(group)})
    error = float(fit.bse[0])
    plain = float(stats.sem(d))
    fixed, broken = int((d > 0).sum()), int((d < 0).sum())
    effect = (error / plain) ** 2 if error > 1e-12 and plain > 0 else n / count
    t = stats.t.ppf(0.975, count - 1)
    low, high = tango(n, fixed, broken, t * math.sqrt(effect))
    p = 1.0
    if fixed != broken:
        p = float(2 * stats.t.sf(abs(fixed - broken) / math.sqrt((fixed + broken) * effect), count - 1))
    found = detectable(n / effect, (fixed + broken) / n, t)
    return {"images": images, "expected": [100 * error if error > 1e-12 else 0, low, high, p, found]}


def random_independent():
    n = random.choice([2, 3, 5, 10, 37, 200, 754, 2638, 10834])
    changed = int(n * random.choice([0.02, 0.1, 0.3, 0.8]) * random.random())
    fixed = round(changed * random.choice([0, 0.2, 0.5, 0.5, 0.55, 0.9, 1]))
    return n, fixed, changed - fixed


def random_clustered():
    weights = random.choice([(5, 2, 1, 4), (1, 1, 1, 1), (20, 1, 1, 20), (1, 8, 0, 1), (10, 0, 1, 10)])
    images = []
    for _ in range(random.choice([2, 3, 5, 9, 14])):
        own = [w * random.random() for w in weights]
        kinds = random.choices(range(4), own, k=random.randint(1, 5))
        images.append([kinds.count(k) for k in range(4)])
    images[0][3] += 2  # at least one image is asked about twice
    return images


extremes = [(1, 0, 0), (1, 1, 0), (1, 0, 1), (2, 1, 1), (200, 0, 0), (200, 200, 0), (200, 0, 200), (200, 100, 100), (10834, 1, 0)]
clustered_extremes = [
    [[5, 0, 0, 0], [3, 0, 0, 2]],
    [[0, 4, 0, 0], [0, 2, 0, 0], [0, 1, 0, 0]],
    [[0, 0, 3, 0], [0, 0, 3, 0]],
    [[0, 1, 0, 1], [1, 1, 0, 0], [0, 1, 0, 1]],
    [[1, 1, 1, 0], [0, 2, 2, 1]],
]


def random_unpaired():
    n1, n2 = random.choice([20, 200, 754, 3940]), random.choice([20, 200, 754, 3940])
    right1, right2 = random.randint(0, n1), random.randint(0, n2)
    # statsmodels' difference is the first minus the second.
    low, high = confint_proportions_2indep(right2, n2, right1, n1, method="newcomb", compare="diff")
    return [right1, n1, right2, n2, 100 * float(low), 100 * float(high)]


def random_family():
    p = [random.choice([random.random() ** 3, random.random() / 100, 0.04]) for _ in range(random.randint(1, 12))]
    return {"p": p, "adjusted": [float(a) for a in multipletests(p, method="holm")[1]]}


golden = {
    "independent": [independent(*t) for t in extremes + [random_independent() for _ in range(700)]],
    "clustered": [clustered(i) for i in clustered_extremes + [random_clustered() for _ in range(300)]],
    "unpaired": [random_unpaired() for _ in range(100)],
    "holm": [random_family() for _ in range(50)],
    "student": [
        [df, t, float(2 * stats.t.sf(t, df)), float(stats.t.ppf(0.975, df))]
        for df in (1, 2, 3, 7, 40, 199, 10833)
        for t in (0.01, 0.5, 1.3, 1.96, 3, 9, 30)
    ],
    "normal": [[z, float(2 * stats.norm.sf(z))] for z in (0.001, 0.3, 1, 1.7, 1.75, 1.96, 3, 8, 30)],
}
path = Path(__file__).parent.parent / "lib/stats/comparisons.golden.json"
path.write_text(json.dumps(golden) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes")
