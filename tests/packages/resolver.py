"""dnspython, with a DNS server at the port."""

import asyncio
import sys

import dns.asyncquery
import dns.asyncresolver
import dns.message
import dns.query
import dns.resolver

PORT = int(sys.argv[1])

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = ["127.0.0.1"], PORT
for tcp in False, True:
    print([str(answer) for answer in resolver.resolve("host.test", "A", tcp=tcp)])
print(resolver.resolve("text.test", "TXT")[0].strings, resolver.resolve_address("192.0.2.7")[0])
try:
    resolver.resolve("none.test")
except dns.resolver.NXDOMAIN as error:
    print(error)
question = dns.message.make_query("host.test", "AAAA")
print(dns.query.udp(question, "127.0.0.1", port=PORT, timeout=30).answer[0][0])
print(dns.query.tcp(question, "127.0.0.1", port=PORT, timeout=30).answer[0][0])


async def main():
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], PORT
    answers = await asyncio.gather(*(resolver.resolve("host.test", "A", tcp=number % 2 == 0) for number in range(10)))
    print({str(answer[0]) for answer in answers})


asyncio.run(main())
