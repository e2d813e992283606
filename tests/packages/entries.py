"""ldap3, with a server of LDAP at the port that holds `dc=test`."""

import sys

import ldap3
from ldap3.core.exceptions import LDAPBindError

ADMIN, PASSWORD, BASE = "cn=admin,dc=test", "secret", "dc=test"

server = ldap3.Server("127.0.0.1", port=int(sys.argv[1]), get_info=ldap3.ALL)
with ldap3.Connection(server, ADMIN, PASSWORD, auto_bind=True) as connection:
    print(server.info.naming_contexts, "person" in server.schema.object_classes)
    print(connection.add(BASE, ["dcObject", "organization"], {"dc": "test", "o": "Test"}))
    for number in range(250):
        attributes = {"sn": f"name {number}", "description": "x" * 1000}
        connection.add(f"cn=person {number},{BASE}", "person", attributes)
    found = connection.extend.standard.paged_search(BASE, "(sn=name 1*)", attributes=["sn"], paged_size=50)
    print(len(list(found)))
    print(connection.modify(f"cn=person 7,{BASE}", {"sn": [(ldap3.MODIFY_REPLACE, ["other"])]}))
    connection.search(BASE, "(sn=other)", attributes=ldap3.ALL_ATTRIBUTES)
    print([(entry.entry_dn, len(entry.description.value)) for entry in connection.entries])
    print(connection.compare(f"cn=person 8,{BASE}", "sn", "name 8"))
    print(connection.delete(f"cn=person 9,{BASE}"), connection.delete(f"cn=person 9,{BASE}"), connection.result["description"])
with ldap3.Connection(server, client_strategy=ldap3.SAFE_SYNC, auto_bind=True) as connection:
    status, result, response, _ = connection.search(BASE, "(cn=person 1)", attributes=["sn"])
    print(status, result["description"], response[0]["attributes"])
try:
    ldap3.Connection(server, ADMIN, "another", auto_bind=True)
except LDAPBindError as error:
    print(error)
