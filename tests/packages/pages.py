"""Applications of Flask and Bottle, on the servers of wsgiref and Werkzeug, by the names of both."""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import bottle
import flask
import werkzeug.serving


def of_flask():
    app = flask.Flask(__name__)

    @app.post("/<name>")
    def page(name):
        return flask.jsonify(name=name, json=flask.request.get_json(), address=flask.request.remote_addr)

    return app


def of_bottle():
    app = bottle.Bottle()

    @app.post("/<name>")
    def page(name):
        return {"name": name, "json": bottle.request.json, "address": bottle.request.remote_addr}

    return app


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


app = globals()[f"of_{sys.argv[1]}"]()
if sys.argv[2] == "wsgiref":
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
else:
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=sys.argv[2] == "threads")
print(server.server_port)
server.serve_forever()
