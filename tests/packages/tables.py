"""PyMySQL, and mysql-mimic as the server, by the name of the part."""

import asyncio
import sys

PASSWORD = "secret"


async def _serve():
    from mysql_mimic import MysqlServer, Session
    from mysql_mimic.auth import IdentityProvider, NativePasswordAuthPlugin, User

    class Told(Session):
        async def query(self, expression, sql, attrs):
            print(sql, flush=True)
            return [(number, "x" * 1000) for number in range(300)], ["number", "text"]

    class Users(IdentityProvider):
        def get_plugins(self):
            return [NativePasswordAuthPlugin()]

        async def get_user(self, username):
            hashed = NativePasswordAuthPlugin.create_auth_string(PASSWORD)
            return User(name=username, auth_string=hashed, auth_plugin=NativePasswordAuthPlugin.name)

    server = MysqlServer(session_factory=Told, identity_provider=Users())
    await server.start_server(host="127.0.0.1", port=0)
    print(server._server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def server():
    asyncio.run(_serve())


def client(port):
    import pymysql

    def connect(password):
        return pymysql.connect(host="127.0.0.1", port=int(port), user="me", password=password, database="things")

    with connect(PASSWORD) as connection, connection.cursor() as cursor:
        count = cursor.execute("select number, text from things where name = %s", ("it's",))
        rows = cursor.fetchall()
        print(count, rows[-1][0], sum(len(text) for _, text in rows), [column[0] for column in cursor.description])
        connection.ping()
    try:
        connect("another")
    except pymysql.err.OperationalError as error:
        print(error.args[0])


globals()[sys.argv[1]](*sys.argv[2:])
