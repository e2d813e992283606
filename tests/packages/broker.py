"""paho-mqtt, with a broker at the port or the path: gets what it publishes, and leaves."""

import sys

import paho.mqtt.client as mqtt

PLACE = sys.argv[1]


def connected(client, received, flags, reason, properties):
    print(reason)
    client.subscribe("topic/#", qos=1)


def subscribed(client, received, identifier, reasons, properties):
    for number in range(10):
        client.publish(f"topic/{number}", bytes([number]) * 20_000, qos=number % 3)


def got(client, received, message):
    received.append((message.topic, len(message.payload)))
    if len(received) == 10:
        client.disconnect()


received = []
transport = "tcp" if PLACE.isdigit() else "unix"
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, userdata=received, transport=transport)
client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, got
if PLACE.isdigit():
    client.connect("localhost", int(PLACE))
else:
    client.connect(PLACE)
client.loop_forever()
print(sorted(received)[0], sorted(received)[-1], len(received))
