#!/usr/bin/env python3
"""Git over real HTTP: `git http-backend` behind a few lines of CGI, on a free loopback port.

git_server.py ROOT USER PASSWORD: serves the bare repositories below ROOT, to that user alone. Says its port in the first
line of its output, and ends with its standard input.
"""
import base64
import http.server
import os
import subprocess
import sys
import threading

root, user, password = sys.argv[1:4]
expected = 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()


class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get('Transfer-Encoding') != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length', 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b''.join(parts)

    def do_POST(self):
        body = self.body()
        if self.headers.get('Authorization') != expected:
            return self.answer(401, [('WWW-Authenticate', 'Basic realm="git"')], b'')
        path, _, query = self.path.partition('?')
        if path.startswith('/moved/'):
            return self.answer(301, [('Location', 'http://127.0.0.1:1/elsewhere')], b'')
        environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path, QUERY_STRING=query,
                           REQUEST_METHOD=self.command, REMOTE_USER=user, REMOTE_ADDR='127.0.0.1',
                           CONTENT_TYPE=self.headers.get('Content-Type', ''), CONTENT_LENGTH=str(len(body)),
                           HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding', ''),
                           GIT_PROTOCOL=self.headers.get('Git-Protocol', ''))
        said = subprocess.run(['git', 'http-backend'], input=body, env=environment, capture_output=True, check=False).stdout
        head, _, rest = said.partition(b'\r\n\r\n')
        headers = [line.split(': ', 1) for line in head.decode().split('\r\n') if ': ' in line]
        status = next((int(value.split()[0]) for name, value in headers if name == 'Status'), 200)
        return self.answer(status, [pair for pair in headers if pair[0] != 'Status'], rest)

    do_GET = do_POST


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Backend)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
