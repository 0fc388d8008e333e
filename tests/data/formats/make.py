"""Writes the Parquet and Arrow files of this folder with pyarrow, so that another writer than ours made them.

    python make.py            (pyarrow 26.0.1 made the files that are here)

Every child in them is invented.
"""

import datetime

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

DAYS = [datetime.date(2015, 2, 1), datetime.date(2014, 2, 1), None, datetime.date(2013, 7, 31)]
TEXTS = {
    "id": pa.array(["1", "2", "3", "4"]),
    "surname": pa.array(["GREEN", 'O"NEIL, B', "", None]),
    "forename": pa.array(["MAY", "ZOË", "AL", "JO"]).dictionary_encode(),
    "dob": pa.array(["2015-02-01", "2014-02-01", None, "2013-07-31"]),
}


def write(name, columns, **options):
    options = {"compression": "snappy", "write_page_checksum": True, **options}
    pq.write_table(pa.table({**TEXTS, **columns}), name + ".parquet", store_schema=False, **options)


write("text", {})
write("plain", {"dob": pa.array(DAYS)}, compression="none", use_dictionary=False)
write("days", {"dob": pa.array(DAYS)}, compression="zstd", data_page_version="2.0")
write("groups", {"dob": pa.array(DAYS)}, row_group_size=1)
write("local", {"dob": pa.array(DAYS).cast(pa.timestamp("us"))}, use_dictionary=["forename"])
write("zoned", {"dob": pa.array(DAYS).cast(pa.timestamp("us", tz="UTC"))})
write("numbers", {"id": pa.array([1, 2, 3, 4]), "nhs": pa.array([9990123454, 9990123462, None, None])})
write("fractions", {"nhs": pa.array([9990123454.0, None, None, None])})
write("lists", {"surname": pa.array([["GREEN"], [], None, ["GREY", "BROWN"]])})
write("gzip", {}, compression="gzip")
write("deltas", {}, use_dictionary=False, column_encoding={"surname": "DELTA_BYTE_ARRAY"})
write(
    "bad_row",
    {
        "dob": pa.array(["2015-02-01", "31/02/2015", None, "2013-07-31"]),
    },
)
one = {"id": pa.array(["1"]), "forename": pa.array(["MAY"]), "dob": pa.array(["2015-02-01"])}
pq.write_table(
    pa.table({**one, "surname": pa.array(["X" * (20 << 20)])}),
    "page_bomb.parquet",
    compression="zstd",
    use_dictionary=False,
    write_statistics=False,
    store_schema=False,
)
rows = 200_000
pq.write_table(
    pa.table({name: pa.array(values * rows) for name, values in
              {"id": ["1"], "surname": ["X" * 1_000], "forename": ["MAY"], "dob": ["2015-02-01"]}.items()}),
    "row_bomb.parquet",
    write_statistics=False,
    store_schema=False,
)


def write_arrow(name, columns, new=ipc.new_file, batch=4, **options):
    table = pa.table({**TEXTS, **columns})
    with new(name, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=batch)


write_arrow("text.arrow", {})
write_arrow("days.arrow", {"dob": pa.array(DAYS)}, batch=1)
write_arrow("views.arrow", {"surname": TEXTS["surname"].cast(pa.string_view())})
write_arrow("local.arrows", {"dob": pa.array(DAYS).cast(pa.timestamp("ns"))}, new=ipc.new_stream)
write_arrow("text.arrows", {"more": pa.array([[1], [], None, [2]])}, new=ipc.new_stream, batch=2)
write_arrow("zoned.arrow", {"dob": pa.array(DAYS).cast(pa.timestamp("us", tz="UTC"))})
write_arrow("numbers.arrow", {"id": pa.array([1, 2, 3, 4]), "nhs": pa.array([9990123454, None, None, None])})
write_arrow("lz4.arrow", {}, compression="lz4")
nothing = pa.nulls(rows)
write_arrow(
    "row_bomb.arrow",
    {"id": nothing, "surname": nothing, "forename": nothing, "dob": nothing, "more": nothing},
    batch=rows,
)
