"""Loads in Splink what cci exports, and compares its weights with those stored.

Usage: python tests/data/splink/load.py . (from the root of the repository).
"""
import sys, warnings, logging
warnings.filterwarnings("ignore"); logging.getLogger("splink").setLevel(logging.ERROR)
import duckdb, pandas as pd
from splink import DuckDBAPI, Linker
import splink
root = sys.argv[1]
df = pd.read_csv(f"{root}/tests/data/splink/people.csv", dtype=str).drop(columns="entity"); df["unique_id"] = df.unique_id.astype(int)
for name in ["ready_made", "distances", "adjusted", "joint"]:
    api = DuckDBAPI(connection=duckdb.connect())
    L = Linker(api.register(df), f"{root}/tests/golden/splink/{name}.json")
    p = L.inference.predict().as_duckdbpyrelation().project("least(unique_id_l, unique_id_r) a, greatest(unique_id_l, unique_id_r) b, match_weight w, match_key::int k").df()
    q = pd.read_csv(f"{root}/tests/data/splink/{name}.csv")
    j = q.merge(p, on=["a", "b"])
    print(splink.__version__, name, len(p), len(q), len(j), "furthest", (j.w_x - j.w_y).abs().max())
    if name == "joint":
        print("pairs of each rule", p.k.value_counts().sort_index().tolist())
