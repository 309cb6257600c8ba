"""client.py ADDRESS DOMAIN ORDERS: carries out each order of a JSON list, and prints the statuses it got as JSON.

An order is {"request": [METHOD, PATH], "times": N, "way": "in turn" | "at once" | "and leave" | "in part"}; who leaves gets none,
and who sends a part of a request gets the seconds until the connection was closed.
"""
import json
import socket
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor

address, domain, orders = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
context = ssl._create_unverified_context()


def send(method, path):
    connection = context.wrap_socket(socket.create_connection((address, 8443), 60), server_hostname=domain)
    head = f"{method} {path} HTTP/1.1\r\nHost: {domain}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def ask(request):
    with send(*request) as connection:
        return int(connection.recv(65536).split()[1])


def seconds_until_closed():
    with context.wrap_socket(socket.create_connection((address, 8443), 50), server_hostname=domain) as connection:
        start = time.monotonic()
        connection.sendall(b"GET / HTTP/1.1\r\n")
        while connection.recv(65536):
            pass
        return round(time.monotonic() - start)


def carry_out(order):
    requests = [order["request"]] * order["times"]
    if order["way"] == "in part":
        return [seconds_until_closed() for _ in requests]
    if order["way"] == "in turn":
        return [ask(request) for request in requests]
    if order["way"] == "at once":
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(ask, requests))
    connections = [send(*request) for request in requests]
    time.sleep(1)
    for connection in connections:
        connection.close()
    time.sleep(0.5)
    return []


print(json.dumps([carry_out(order) for order in orders]))
