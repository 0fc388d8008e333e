"""Prepares given_names.csv, family_names.csv and nicknames.csv, and fits the rank-frequency law.

A one-off step, not part of the build. It needs the Python packages Faker, nicknames, anyascii,
numpy and scipy, and a folder with two files that are fitted but not shipped:
baby_names_england_wales.csv.gz (year, sex, name, n) and lastname_uk.csv (surname, freq).

    python prepare_names.py FOLDER_OF_COUNTS
"""
import collections, csv, gzip, hashlib, importlib, importlib.resources, json, os, re, sys

import numpy as np
from anyascii import anyascii
from scipy.optimize import minimize

COUNTS, HERE = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
FIRST_YEAR, LAST_YEAR = 2006, 2020


def provider(locale):
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def listed(locale, *attributes):
    names = []
    for attribute in attributes:
        names.extend(getattr(provider(locale), attribute))
    return names


def latin(names):
    """Transliterates names of another script and gives them capital letters."""
    out = []
    for name in names:
        name = anyascii(name).replace("'", "").strip()
        if len(name) >= 3:
            out.append("-".join(part.capitalize() for part in name.split("-")))
    return out


def both(locale):
    return {"F": listed(locale, "first_names_female"), "M": listed(locale, "first_names_male")}


def merged(*tables):
    return {sex: sum((table[sex] for table in tables), []) for sex in "FM"}


# Common knowledge, written down here because Faker has no such list (assumption).
OWN_MUSLIM_F = """Aisha Ayesha Fatima Maryam Zainab Khadija Hafsa Amina Aaliyah Inaya Zara Sana Iqra
Sumayyah Safa Marwa Zoya Hiba Noor Anaya Eshal Mahnoor Hania Minahil Areeba Laiba Alina Rabia Saima
Nadia Shazia Samina Farah Bushra Asma Humaira Sadia Sidra Maha Rida Kinza Aleena Amara Malaika Alisha
Haleema Ruqayyah Safiyyah Madiha Nabila Rukhsar Tahira Yasmin Zahra Mariam Jannat Arooj Aamna Arisha
Fizza Hadia Hoorain Izma Javeria Kashaf Kiran Mahira Mehreen Mishal Muskan Nimra Rameen Rimsha Saba
Sehrish Shanza Sobia Sundus Tayyaba Urwa Wajiha Warda Zunaira Anisa Habiba Jamila Nusrat Sabiha Salma
Shabana Sharmin Sultana Tahmina Tasnim Nargis Mahima Nadira Raisa Samiha Nafisa Maisha Afsana""".split()
OWN_MUSLIM_M = """Muhammad Mohammed Mohammad Ahmed Ali Hamza Ibrahim Yusuf Omar Umar Adam Hassan Hussain
Bilal Zain Zayn Rayyan Musa Isa Abdullah Abdul Abdur-Rahman Haroon Sulaiman Ismail Idris Zakariya
Mustafa Usman Imran Adnan Faisal Kamran Rehan Saad Shayan Tariq Waleed Yahya Aariz Eesa Ayaan Rafay
Hashim Junaid Khalid Nabeel Naveed Qasim Rizwan Salman Shahid Sohail Tahir Wasim Zeeshan Zubair""".split()
OWN_PAKISTANI = """Khan Hussain Ahmed Ali Malik Shah Mahmood Iqbal Akhtar Begum Bibi Hussein Rehman Rahman
Butt Chaudhry Choudhry Mirza Raja Qureshi Siddiqui Sheikh Sheikh Akram Ashraf Aslam Azam Aziz Bashir
Farooq Ghani Hanif Hamid Hassan Ilyas Javed Kauser Khalid Latif Majid Mahmood Mehmood Mohammed Mohammad
Muhammad Nawaz Nazir Parveen Perveen Rafiq Rashid Rauf Riaz Sadiq Saeed Saleem Shabir Shafiq Sharif
Shaukat Tariq Yaqoob Yasin Younis Yousaf Zaman Ahmad Anwar Arif Asghar Bhatti Dar Hayat Ishaq Jamil
Kazmi Abbasi Ansari Awan Baig Gul Jan Kayani Lodhi Memon Naqvi Niazi Rana Satti Syed Usman Waheed""".split()
OWN_BANGLADESHI = """Begum Ali Miah Ahmed Uddin Islam Hussain Rahman Khatun Khanom Chowdhury Choudhury Khan
Hoque Haque Alam Akhtar Akther Ullah Hasan Kabir Karim Mannan Mia Mohammed Rashid Sarkar Shah Sultana
Talukdar Talukder Zaman Abdin Amin Azad Bari Bhuiyan Das Deb Dey Ghosh Hannan Jahan Kamal Khanam Latif
Malik Matin Mukith Noor Nessa Paul Quddus Rouf Roy Salam Saha Sheikh Siddique Syed Yasmin""".split()
OWN_SOMALI = """Mohamed Ali Ahmed Hassan Abdi Hussein Omar Ibrahim Yusuf Osman Farah Warsame Jama Aden
Adan Abdullahi Abdirahman Mohamud Nur Isse Muse Elmi Duale Guled Hersi Sheikh Salah Said""".split()
OWN_SIKH = """Singh Kaur Gill Sidhu Dhillon Sandhu Grewal Bains Dhaliwal Johal Sahota Mann Brar Dosanjh
Atwal Bhogal Sohal Virk Uppal Rai Patel Sharma Shah Kumar Mistry Parmar Solanki Chauhan Desai Joshi
Mehta Verma Gupta Thakrar Lakhani Pandya Trivedi Bhatt Vyas Amin""".split()

muslim = {
    "F": OWN_MUSLIM_F + listed("fr_DZ", "first_names_female") + listed("ha_NG", "first_names_female"),
    "M": OWN_MUSLIM_M + listed("en_PK", "first_names") + listed("fr_DZ", "first_names_male")
    + listed("ha_NG", "first_names_male"),
}
british = merged(both("en_GB"), both("en_IE"), both("en_NZ"), both("en_US"))
ukrainian = {"F": latin(listed("uk_UA", "first_names_female")), "M": latin(listed("uk_UA", "first_names_male"))}
romanised = {sex: ["-".join(p.capitalize() for p in n.split("-")) for n in listed("zh_TW", f"first_romanized_names_{word}")]
             for sex, word in (("F", "female"), ("M", "male"))}

GIVEN = {
    "british": british,
    "irish": merged(both("ga_IE"), both("en_IE")),
    "eastern_european": merged(both("pl_PL"), both("ro_RO"), ukrainian),
    "southern_european": merged(both("it_IT"), both("pt_PT"), both("es_ES")),
    "turkish": both("tr_TR"),
    "indian": both("en_IN"),
    "muslim": muslim,
    "chinese": romanised,
    "african": merged(both("yo_NG"), both("ig_NG"), both("en_NG"), both("tw_GH"), both("en_KE")),
}
FAMILY = {
    "british": listed("en_GB", "last_names") + listed("en_NZ", "last_names")[:300] + listed("en_US", "last_names")
    + listed("en_IE", "last_names"),
    "irish": listed("en_IE", "last_names") + [n for n in listed("ga_IE", "last_names") if n.startswith("Ó ")][:40],
    "eastern_european": [n for n in listed("pl_PL", "male_last_names")]
    + listed("pl_PL", "unisex_last_names")[:300] + listed("ro_RO", "last_names") * 1
    + latin(listed("uk_UA", "last_names_common")[:200]),
    "southern_european": listed("it_IT", "last_names")[:400] + listed("pt_PT", "last_names") + listed("es_ES", "last_names")[:400],
    "turkish": listed("tr_TR", "last_names"),
    "indian": OWN_SIKH + listed("en_IN", "last_names"),
    "pakistani": OWN_PAKISTANI + listed("en_PK", "last_names"),
    "bangladeshi": OWN_BANGLADESHI,
    "chinese": [n.capitalize() for n in listed("zh_CN", "last_romanized_names")]
    + [n.capitalize() for n in listed("zh_TW", "last_romanized_names")],
    "african": listed("yo_NG", "last_names_female") + listed("ig_NG", "last_names") + listed("en_NG", "last_names")
    + listed("tw_GH", "last_names") + listed("en_KE", "last_names")[:400],
    "arab": OWN_SOMALI + listed("fr_DZ", "last_names"),
}
# The official counts are of everybody, most of them White British. A name of another group that is
# also British is ranked by this share of its count (assumption).
SHARED = 0.01


def folded(name):
    return re.sub(r"[^A-Z]", "", anyascii(name).upper())


def tidy(name):
    name = name.replace("’", "'").strip()
    return name if re.fullmatch(r"[^\W\d_][^\W\d_'\- ]*(?:['\- ][^\W\d_]+)*", name) and len(name) >= 2 else None


def ranked(names, count, british=None):
    """Orders names by official count; those without a count follow, in an order fixed by a hash.

    The British list keeps only names that the official counts know.
    """
    seen = {}
    for name in filter(None, map(tidy, names)):
        seen.setdefault(folded(name), name)
    if british is None:
        seen = {key: name for key, name in seen.items() if count.get(key, 0) > 0}
    weight = lambda key: count.get(key, 0) * (SHARED if british and key in british else 1)
    chance = lambda key: hashlib.sha256(key.encode()).hexdigest()
    return [seen[key] for key in sorted(seen, key=lambda key: (-weight(key), chance(key)))]


def tables(source, count, elsewhere):
    """Ranks every group; the British list leaves out names that are at home elsewhere."""
    british = ranked([name for name in source["british"] if folded(name) not in elsewhere], count)
    keys = {folded(n) for n in british}
    return {group: british if group == "british" else ranked(names, count, keys) for group, names in source.items()}


def fit(counts, top):
    """Fits weight = (rank + shift)^-exponent to the first ranks by maximum likelihood."""
    n = np.sort(np.asarray(list(counts), float))[::-1][:top]
    share, rank = n / n.sum(), np.arange(1, len(n) + 1)

    def law(p):
        w = (rank + np.exp(p[0])) ** -p[1]
        return w / w.sum()

    best = minimize(lambda p: -(share * np.log(law(p))).sum(), [2.0, 1.2], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000})
    w = law(best.x)
    return {
        "exponent": round(float(best.x[1]), 3), "shift": round(float(np.exp(best.x[0])), 2), "ranks": len(n),
        "largest_gap_of_cumulative_shares": round(float(np.abs(np.cumsum(share) - np.cumsum(w)).max()), 4),
        "rms_error_of_log10_share": round(float(np.sqrt(((np.log10(share) - np.log10(w)) ** 2).mean())), 4),
    }


official = {"F": collections.Counter(), "M": collections.Counter()}
with gzip.open(os.path.join(COUNTS, "baby_names_england_wales.csv.gz"), "rt") as file:
    for row in csv.DictReader(file):
        if FIRST_YEAR <= int(row["year"]) <= LAST_YEAR:
            official[row["sex"]][folded(row["name"])] += int(row["n"])
with open(os.path.join(COUNTS, "lastname_uk.csv")) as file:
    surnames = {folded(row["surname"]): float(row["freq"]) for row in csv.DictReader(file)}

def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


fold_all = lambda names: {folded(name) for name in names}
given_elsewhere = fold_all(OWN_MUSLIM_F + OWN_MUSLIM_M) - {"ADAM", "ZARA"}
family_elsewhere = fold_all(OWN_PAKISTANI + OWN_BANGLADESHI + OWN_SOMALI + OWN_SIKH) - {"PAUL", "MANN"}
family_elsewhere |= fold_all(FAMILY["chinese"] + FAMILY["southern_european"]) - fold_all(listed("en_GB", "last_names"))
given_of = {sex: tables({group: table[sex] for group, table in GIVEN.items()}, official[sex], given_elsewhere)
            for sex in "FM"}
given = [(group, sex, name, rank) for group in GIVEN for sex in "FM"
         for rank, name in enumerate(given_of[sex][group], 1)]
family = [(group, "A", name, rank) for group, names in tables(FAMILY, surnames, family_elsewhere).items()
          for rank, name in enumerate(names, 1)]
write("given_names.csv", ["group", "sex", "name", "rank"], given)
write("family_names.csv", ["group", "sex", "name", "rank"], family)

shipped = {folded(row[2]): row[2] for row in given}
rows = set()
with importlib.resources.files("nicknames").joinpath("names.csv").open() as file:
    for row in csv.DictReader(file):
        formal, nickname = row["name1"], row["name2"].strip()
        if folded(formal) in shipped and re.fullmatch(r"[a-z]{2,}", nickname):
            rows.add((shipped[folded(formal)], nickname.capitalize()))
write("nicknames.csv", ["name", "nickname"], sorted(rows))

for sex in "FM":
    print("given", sex, json.dumps(fit(official[sex].values(), 3000)))
print("family", json.dumps(fit(surnames.values(), 8432)))
for what, rows in (("given", given), ("family", family)):
    print(what, dict(collections.Counter((r[0], r[1]) for r in rows)))
for what, rows in (("given", given), ("family", family)):
    for key in dict.fromkeys((r[0], r[1]) for r in rows):
        print(what, *key, [r[2] for r in rows if (r[0], r[1]) == key][:14])
