"""Makes this folder's files: invented people, models that Splink saves, pairs that it scores.

Usage: python make.py FOLDER, with the packages of README.md installed.
"""
import json, random, sys, warnings, logging
warnings.filterwarnings("ignore"); logging.getLogger("splink").setLevel(logging.ERROR)
import duckdb, pandas as pd, splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
out = sys.argv[1]
random.seed(5)
given = ["anna","anne","hannah","ben","benjamin","zoe","chloe","mohammed","muhammad","jack","jake","olivia","olive","amelia","emily","emilia","george","harry","harriet","noah","leo","leon","isla","ava","eva","oscar","freya","grace","theo","thea"]
family = ["smith","smyth","jones","johnson","johnston","khan","kahn","patel","taylor","tailor","brown","browne","davies","davis","evans","evan","thomas","thompson","roberts","robertson","walker","wright","white","green","greene","hall","clark","clarke","lewis","lewes"]
def weighted(values): return random.choices(values, [1/(i+1) for i in range(len(values))])[0]
def slip(t):
    k = random.randrange(4); i = random.randrange(len(t)); c = random.choice("abcdeimnorst")
    if k == 0: return t[:i] + c + t[i:]
    if k == 1 and len(t) > 2: return t[:i] + t[i+1:]
    if k == 2: return t[:i] + c + t[i+1:]
    return t[:i] + t[i:i+2][::-1] + t[i+2:]
def digit_slip(t):
    i = random.choice([i for i, c in enumerate(t) if c.isdigit()]); return t[:i] + random.choice("0123456789") + t[i+1:]
def valid(d):
    try: return pd.Timestamp(d) is not None and 1990 <= int(d[:4]) <= 2025
    except Exception: return False
rows = []; n = 0
for person in range(420):
    g, f = weighted(given), weighted(family)
    dob = f"{random.randrange(2005,2016)}-{random.randrange(1,13):02}-{random.randrange(1,29):02}"
    pc = f"{random.choice(['AB', 'CD', 'E'])}{random.randrange(1,9)} {random.randrange(1,6)}{random.choice('CD')}{random.choice('EF')}"
    mail = f"{g}.{f}{random.randrange(90)}@example.org"
    sex = random.choice("FM"); school = f"{random.randrange(1000, 1040)}"
    for copy in range(1 + (random.random() < .6)):
        n += 1; r = dict(unique_id=n, first_name=g, surname=f, dob=dob, postcode=pc, email=mail, sex=sex, school=school, entity=person)
        if copy:
            for a in ("first_name", "surname"):
                if random.random() < .25: r[a] = slip(r[a])
                if random.random() < .05: r[a] = weighted(given if a == "first_name" else family)
            if random.random() < .06: r["dob"] = f"{int(dob[:4]) + random.choice([-3, -1, 1, 2])}{dob[4:8]}{random.randrange(1,29):02}"
            elif random.random() < .05: r["dob"] = f"{dob[:8]}{random.randrange(1,29):02}"
            elif random.random() < .2:
                d = digit_slip(dob); r["dob"] = d if valid(d) else dob
            if random.random() < .15: r["postcode"] = f"{pc[:2] if pc[1].isalpha() else pc[0]}{random.randrange(1,9)} {random.randrange(1,6)}CE"
            if random.random() < .2: r["email"] = f"{slip(mail.split('@')[0])}@example.org"
            if random.random() < .1: r["email"] = f"{mail.split('@')[0]}@example.com"
            if random.random() < .2: r["school"] = digit_slip(school)
            if random.random() < .03: r["sex"] = "M" if sex == "F" else "F"
        for a in ("first_name", "surname", "dob", "postcode", "email", "school", "sex"):
            if copy and rows and random.random() < .05: r[a] = random.choice(rows)[a]
            if random.random() < .06: r[a] = None
        rows.append(r)
df = pd.DataFrame(rows)
df.to_csv(f"{out}/people.csv", index=False, lineterminator="\n")
block = [block_on("surname"), block_on("dob"), block_on("postcode"), block_on("email")]
tf = lambda c: c.configure(term_frequency_adjustments=True)
models = {
  "ready_made": [cl.NameComparison("first_name"), tf(cl.NameComparison("surname")), cl.DateOfBirthComparison("dob", input_is_string=True), cl.PostcodeComparison("postcode"), cl.EmailComparison("email"), tf(cl.ExactMatch("sex"))],
  "distances": [cl.JaroWinklerAtThresholds("first_name", [.95, .85]), cl.JaroAtThresholds("surname", [.9, .8]), cl.AbsoluteDateDifferenceAtThresholds("dob", input_is_string=True, metrics=["day", "year"], thresholds=[10, 1]),
     cl.DamerauLevenshteinAtThresholds("email", [1, 3]), tf(cl.LevenshteinAtThresholds("school", [1, 2])), tf(cl.ExactMatch("postcode")), cl.ExactMatch("sex")],
  "adjusted": [tf(cl.NameComparison("first_name")),
     cl.CustomComparison(output_column_name="surname", comparison_levels=[cll.NullLevel("surname"), cll.ExactMatchLevel("surname").configure(tf_adjustment_column="surname", tf_adjustment_weight=.5, tf_minimum_u_value=.02), cll.JaroWinklerLevel("surname", .9), cll.ElseLevel()]),
     cl.DateOfBirthComparison("dob", input_is_string=True), cl.ExactMatch("sex")],
}
for name, comparisons in models.items():
    api = DuckDBAPI(connection=duckdb.connect())
    src = api.register(df.drop(columns="entity"))
    L = Linker(src, SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=block, retain_matching_columns=False))
    L.training.estimate_probability_two_random_records_match([block_on("first_name", "surname", "dob")], recall=.6)
    L.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for r in (block_on("dob"), block_on("surname"), block_on("postcode")):
        L.training.estimate_parameters_using_expectation_maximisation(r, estimate_without_term_frequencies=True)
    L.misc.save_model_to_json(f"{out}/{name}.json", overwrite=True)
    p = L.inference.predict().as_duckdbpyrelation().project("unique_id_l a, unique_id_r b, match_weight w").df()
    swap = p.a > p.b; p.loc[swap, ["a", "b"]] = p.loc[swap, ["b", "a"]].values
    p["a"] = p.a.astype(int); p["b"] = p.b.astype(int)
    p = p.sort_values(["a", "b"])
    print(name, len(df), "records", len(p), "pairs")
    # Every pair that could be a match, and every 16th of the others.
    p = p[(p.w > 0) | (pd.Series(range(len(p)), index=p.index) % 16 == 0)]

    p.to_csv(f"{out}/{name}.csv", index=False, lineterminator="\n", float_format="%.9f")
# Comparisons of Splink's library that have no equivalent, saved as they are, untrained.
beyond = [cl.ForenameSurnameComparison("first_name", "surname"), cl.JaccardAtThresholds("school", [.9]), cl.ArrayIntersectAtSizes("aliases", [1]), cl.DistanceInKMAtThresholds("lat", "long", [1]),
  cl.CustomComparison(output_column_name="email", comparison_levels=[cll.NullLevel("email"), cll.ExactMatchLevel("email"), cll.LevenshteinLevel("email", 2).configure(tf_adjustment_column="email"), cll.ElseLevel()])]
api = DuckDBAPI(connection=duckdb.connect())
src = api.register(df.drop(columns="entity").assign(lat=51.0, long=0.0, aliases=[[]] * len(df)))
Linker(src, SettingsCreator(link_type="dedupe_only", comparisons=beyond)).misc.save_model_to_json(f"{out}/beyond.json", overwrite=True)
