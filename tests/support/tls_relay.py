#!/usr/bin/env python3
"""TLS in front of a plain server on loopback, with a certificate of a private authority.

tls_relay.py DIRECTORY PORT: makes DIRECTORY/ca.pem and a certificate for localhost and 127.0.0.1 that it has signed, and
passes on what arrives to PORT. Says its own port in the first line of its output, and ends with its standard input.
"""
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

directory, to = pathlib.Path(sys.argv[1]), int(sys.argv[2])


def openssl(*arguments):
    subprocess.run(['openssl', *map(str, arguments)], check=True, capture_output=True)


openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=a private authority',
        '-keyout', directory / 'ca.key', '-out', directory / 'ca.pem')
openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', directory / 'server.key',
        '-out', directory / 'server.csr')
(directory / 'names').write_text('subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1\n')
openssl('x509', '-req', '-in', directory / 'server.csr', '-CA', directory / 'ca.pem', '-CAkey', directory / 'ca.key',
        '-CAcreateserial', '-days', '2', '-extfile', directory / 'names', '-out', directory / 'server.pem')
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(directory / 'server.pem', directory / 'server.key')


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(client):
    try:
        client = context.wrap_socket(client, server_side=True)
        server = socket.create_connection(('127.0.0.1', to))
    except OSError:
        client.close()
        return
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    pump(client, server)


listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), listener.close(), __import__('os')._exit(0)), daemon=True).start()
while True:
    threading.Thread(target=relay, args=(listener.accept()[0],), daemon=True).start()
