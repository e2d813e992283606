"""pg8000, with a PostgreSQL at the port and at the path, which wants a password."""

import sys

import pg8000.dbapi
import pg8000.native

PORT, PATH = int(sys.argv[1]), sys.argv[2]
WHO = {"user": "tester", "password": "secret", "database": "postgres"}

for place in {"host": "localhost", "port": PORT}, {"unix_sock": PATH}:
    connection = pg8000.dbapi.connect(**WHO, **place)
    cursor = connection.cursor()
    cursor.execute("create temporary table things (number integer, name text)")
    cursor.executemany("insert into things values (%s, %s)", [(number, f"name {number}") for number in range(100)])
    cursor.execute("select count(*), max(name), sum(number) from things where number < %s", (50,))
    print(cursor.fetchone())
    connection.rollback()
    try:
        cursor.execute("select * from things")
    except pg8000.dbapi.DatabaseError as error:
        print(error.args[0]["M"])
    connection.close()

with pg8000.native.Connection(**WHO, port=PORT) as connection:
    print(connection.run("select length(:text), now() > :when", text="x" * 1_000_000, when="2020-01-01"))
    connection.run("listen channel")
    connection.run("notify channel, 'payload'")
    connection.run("select 1")
    print([payload for _, _, payload in connection.notifications])
try:
    pg8000.native.Connection(**{**WHO, "password": "wrong"}, port=PORT)
except pg8000.native.DatabaseError as error:
    print(error.args[0]["C"])
