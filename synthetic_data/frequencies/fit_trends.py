"""Fits how the popularity of given names changed with the year of birth. Not part of the build.

    python synthetic_data/frequencies/fit_trends.py FOLDER

FOLDER holds baby_names_england_wales.csv.gz (year, sex, name, n), from the R package ukbabynames,
from Office for National Statistics, Baby names in England and Wales (Open Government Licence v3.0).
The counts are fitted here and not shipped. Needs numpy and anyascii.
"""
import collections
import csv
import gzip
import os
import re
import sys

import numpy as np
from anyascii import anyascii

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST_YEAR, LAST_YEAR = 1996, 2020
# Years whose counts rank the lists (prepare_names.py): over these a trend has mean 1.
LEVEL_YEARS = range(2006, 2021)
# Decades from this year are the unit of the trend.
MIDDLE = 2008
# Fewest registrations in all years: fewer say too little about a trend.
FEWEST = 300

YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
X = (YEARS - MIDDLE) / 10


def folded(name):
    return re.sub(r"[^A-Z]", "", anyascii(name).upper())


def fit(counts, totals, order):
    """Fits log(share) = a + b1 x + b2 x^2 ... by Poisson likelihood; returns b1, b2 ..."""
    design = np.stack([X**power for power in range(order + 1)], axis=1)
    parameters = np.zeros(order + 1)
    parameters[0] = np.log(counts.sum() / totals.sum())
    for _ in range(60):
        mean = totals * np.exp(np.clip(design @ parameters, -30, 0))
        # A thousandth keeps names that are absent in most years from running away.
        step = np.linalg.solve(design.T @ (design * mean[:, None]) + 1e-3 * np.eye(order + 1), design.T @ (counts - mean))
        largest = np.abs(step).max()
        parameters += step / max(1.0, largest)
        if largest < 1e-9:
            break
    return parameters[1:]


def factors(trend):
    """Returns the factor of each year; its mean over the level years is 1."""
    curve = np.exp(sum(b * X ** (power + 1) for power, b in enumerate(trend)))
    return curve / curve[np.isin(YEARS, LEVEL_YEARS)].mean()


def gap(counts, weights):
    """Returns the mean over years of half the summed differences between shares (0 to 1)."""
    found, made = counts / counts.sum(axis=0), weights / weights.sum(axis=0)
    return float(np.abs(found - made).sum(axis=0).mean() / 2)


official = {sex: collections.defaultdict(lambda: np.zeros(len(YEARS))) for sex in "FM"}
with gzip.open(os.path.join(sys.argv[1], "baby_names_england_wales.csv.gz"), "rt") as file:
    for row in csv.DictReader(file):
        official[row["sex"]][folded(row["name"])][int(row["year"]) - FIRST_YEAR] += int(row["n"])

with open(os.path.join(HERE, "given_names.csv"), encoding="utf-8") as file:
    lists = collections.defaultdict(list)
    for row in csv.DictReader(file):
        lists[row["group"], row["sex"]].append(row["name"])

rows = []
for (group, sex), names in lists.items():
    british = {folded(name) for name in lists["british", sex]}
    # Of a name at home in two lists the counts say nothing about the smaller group.
    own = [name for name in names if group == "british" or folded(name) not in british]
    counts = {name: official[sex][folded(name)] for name in own if official[sex][folded(name)].sum() >= FEWEST}
    if len(counts) < 20:
        continue
    table = np.array(list(counts.values()))
    totals = table.sum(axis=0)
    for order in (1, 2, 3) if "--orders" in sys.argv else (2,):
        trends = [fit(one, totals, order) for one in table]
        level = table[:, np.isin(YEARS, LEVEL_YEARS)].sum(axis=1)
        flat = np.repeat(level[:, None], len(YEARS), axis=1)
        moving = level[:, None] * np.array([factors(trend) for trend in trends])
        print(group, sex, "names", len(counts), "of", len(names), "births", int(table.sum()), "order", order,
              "gap without trend %.4f, with %.4f" % (gap(table, flat), gap(table, moving)),
              "steepest", np.abs(trends).max(axis=0).round(2))
    if "--orders" not in sys.argv:
        rows += [(group, sex, name, *(round(float(b), 3) for b in trend)) for name, trend in zip(counts, trends)]

if rows:
    with open(os.path.join(HERE, "given_name_trends.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["group", "sex", "name", "slope", "curvature"])
        writer.writerows(rows)
