"""Twisted, by the name of the part: a server of the web, and a client that looks the name up in Twisted's pool of threads."""

import io
import sys

from twisted.internet import defer, reactor, task, threads
from twisted.web import client, resource, server

URL = f"http://localhost:{sys.argv[2]}".encode() if len(sys.argv) > 2 else None


class Page(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"page " + request.path

    def render_POST(self, request):
        return request.content.read()[::-1]


def serve():
    port = reactor.listenTCP(0, server.Site(Page()), interface="127.0.0.1")
    print(port.getHost().port)
    reactor.run()


@defer.inlineCallbacks
def ask(reactor):
    pool = client.HTTPConnectionPool(reactor)
    agent = client.Agent(reactor, pool=pool)
    answers = yield defer.gatherResults([agent.request(b"GET", URL + b"/%d" % number) for number in range(5)])
    print((yield defer.gatherResults([client.readBody(answer) for answer in answers])))
    body = client.FileBodyProducer(io.BytesIO(b"abc" * 30_000))
    answer = yield agent.request(b"POST", URL + b"/", None, body)
    print(len((yield client.readBody(answer))))
    yield pool.closeCachedConnections()
    print(sum((yield defer.gatherResults([threads.deferToThread(lambda number: number, number) for number in range(30)]))))
    rounds = []
    again = task.LoopingCall(rounds.append, 1)
    yield defer.gatherResults([again.start(0.001), task.deferLater(reactor, 0.05, again.stop)])
    print(len(rounds) > 3)


serve() if sys.argv[1] == "serve" else task.react(ask)
