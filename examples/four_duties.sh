#!/bin/sh
# The four duties as four folders: holder, custodian, issuer, researcher.
# Each command opens its own duty's folder; what passes from one duty to another is a copied file.
# Usage, from the root of the repository: examples/four_duties.sh [OUT [DATA]]
set -eu
umask 077
cci=${CCI:-target/release/cci}
out=${1:-four-duties}
data=${2:-synthetic_data/small}
as_at=2026-04-01
project=research/attendance
agencies="health education social_care police"

say() { printf '\n== %s\n' "$1"; }

if [ -e "$out" ]; then
    echo "$out is there already: name another folder" >&2
    exit 2
fi
mkdir -p "$out/custodian/inbox" "$out/issuer/inbox" "$out/issuer/outbox" "$out/researcher"
for agency in $agencies; do
    mkdir -p "$out/holder/$agency/own"
    # An agency's file, and the histories beside it.
    cp "$data/$agency.csv" "$data/$agency"_*.csv "$out/holder/$agency/own"
done

say "Holders: linkage attributes out, payload and own identifiers stay"
for agency in $agencies; do
    holder=$out/holder/$agency
    "$cci" prepare "$holder/own/$agency.csv" --schema "$agency" --as-at "$as_at" \
        --holder "$out/holder" --out "$holder/to_custodian"
    cp "$holder/to_custodian/$agency".* "$out/custodian/inbox"
done

say "Custodian: link, keep handles, classify"
# The agencies' settings, with the holders' tables in place of their files.
sed '/^\[\[source\]\]/,/^$/d' schemas/linkage/agencies.toml > "$out/custodian/cci.toml"
for agency in $agencies; do
    cat "$out/custodian/inbox/$agency.toml" >> "$out/custodian/cci.toml"
done
"$cci" link --config "$out/custodian/cci.toml" --data "$out/custodian/inbox" \
    --as-at "$as_at" --out "$out/custodian/run"
"$cci" id assign --run "$out/custodian/run" --custodian "$out/custodian/store" --apply
for agency in $agencies; do
    cp "$out/custodian/store/handles/$agency.csv" "$out/issuer/inbox"
    cp "$out/custodian/store/classes/$agency.csv" "$out/holder/$agency/classes.csv"
done

say "Issuer: person keys, and pseudonyms of the project's scope"
"$cci" keys new --issuer "$out/issuer/store"
"$cci" keys new --scope "$project" --issuer "$out/issuer/store"
"$cci" keys move "$project" 0 active --issuer "$out/issuer/store"
for agency in $agencies; do
    "$cci" id issue --scope "$project" --issuer "$out/issuer/store" \
        --handles "$out/issuer/inbox/$agency.csv" --out "$out/issuer/outbox/$agency.csv"
    cp "$out/issuer/outbox/$agency.csv" "$out/holder/$agency/pseudonyms.csv"
done

say "Holders: payload out under the project's pseudonyms"
release() {
    holder=$out/holder/$1
    "$cci" release "$holder/own/$1.csv" --schema "$1" --as-at "$as_at" --holder "$out/holder" \
        --scope "$project" --pseudonyms "$holder/pseudonyms.csv" \
        --classes "$holder/classes.csv" --columns "$2" --out "$holder/extract.csv"
    cp "$holder/extract.csv" "$out/researcher/$1.csv"
}
release health GENDER,GP_PRACTICE_CODE,ETHNIC_CATEGORY
release education Sex,Ethnicity,URN
release social_care la_code,ethnicity,uasc_flag
release police force_code,self_defined_ethnicity,role

say "Researcher: one child, one pseudonym, whoever holds the record"
children() { tail -q -n +2 "$@" | cut -d, -f1 | sort -u; }
for agency in $agencies; do
    children "$out/researcher/$agency.csv"
done | sort | uniq -c | awk '{ seen[$1]++ }
    END { for (n = 1; n <= 4; n++) printf "children whom %d of the extracts have: %d\n", n, seen[n] }'
