"""Twisted, with the reactor that is given: TCP, unix and UDP, its web server and client, and what it gives to threads."""

import sys
from importlib import import_module
from io import BytesIO
from warnings import simplefilter

simplefilter("ignore")
import_module("twisted.internet." + sys.argv[1]).install()

from twisted.internet import defer, endpoints, protocol, reactor, task, threads  # noqa: E402
from twisted.protocols.basic import LineReceiver  # noqa: E402
from twisted.web import client, resource, server  # noqa: E402

PATH = sys.argv[2]


class Reverser(LineReceiver):
    def lineReceived(self, line):
        self.sendLine(line[::-1])


class Asker(LineReceiver):
    def connectionMade(self):
        self.sendLine(b"hello")

    def lineReceived(self, line):
        print(line)
        self.transport.loseConnection()

    def connectionLost(self, reason):
        print(reason.value)
        self.factory.done.callback(None)


class Page(resource.Resource):
    isLeaf = True

    def render_POST(self, request):
        return request.path + b" " + b"%d" % len(request.content.read())


class Upper(protocol.DatagramProtocol):
    def datagramReceived(self, content, address):
        self.transport.write(content.upper(), address)


class Sender(protocol.DatagramProtocol):
    def __init__(self, address):
        self.address, self.answer = address, defer.Deferred()

    def startProtocol(self):
        self.transport.connect(self.address.host, self.address.port)
        self.transport.write(b"datagram")

    def datagramReceived(self, content, address):
        self.answer.callback(content)


def asks():
    factory = protocol.ClientFactory.forProtocol(Asker)
    factory.done = defer.Deferred()
    return factory


@defer.inlineCallbacks
def main():
    reverses = protocol.Factory.forProtocol(Reverser)
    port = yield endpoints.serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(reverses)
    factory = asks()
    reactor.connectTCP("127.0.0.1", port.getHost().port, factory)
    yield factory.done
    yield port.stopListening()
    port = yield endpoints.serverFromString(reactor, f"unix:{PATH}").listen(reverses)
    factory = asks()
    reactor.connectUNIX(PATH, factory)
    yield factory.done
    yield port.stopListening()

    port = reactor.listenTCP(0, server.Site(Page()), interface="127.0.0.1")
    url = b"http://localhost:%d/page" % port.getHost().port
    body = client.FileBodyProducer(BytesIO(bytes(300000)))
    response = yield client.Agent(reactor).request(b"POST", url, bodyProducer=body)
    print(response.code, (yield client.readBody(response)))
    try:
        yield client.Agent(reactor).request(b"GET", b"http://127.0.0.1:1/")
    except Exception as error:
        print(type(error).__name__)

    port = reactor.listenUDP(0, Upper(), interface="127.0.0.1")
    sender = Sender(port.getHost())
    reactor.listenUDP(0, sender)
    print((yield sender.answer))
    yield task.deferLater(reactor, 0.01, print, "later")
    print((yield threads.deferToThread(pow, 6, 2)))
    reactor.stop()


def fail(failure):
    failure.printTraceback()
    reactor.stop()


reactor.callWhenRunning(lambda: main().addErrback(fail))
reactor.addSystemEventTrigger("after", "shutdown", print, "stopped")
reactor.run()
