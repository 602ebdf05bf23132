#!/usr/bin/python3
"""Git over real SSH on a free loopback port.

git_ssh_server.py ROOT KEYS: serves the bare repositories below ROOT to clients that have the key KEYS/id. Makes that, a key
that the server does not know (KEYS/stranger), and KEYS/known_hosts; says its port in the first line of its output, and ends with its
standard input.
"""
import asyncio
import os
import re
import shlex
import sys

import asyncssh

root, keys = sys.argv[1:3]


def make_key(name):
    key = asyncssh.generate_private_key('ssh-ed25519')
    key.write_private_key(os.path.join(keys, name))
    os.chmod(os.path.join(keys, name), 0o600)
    return key


async def serve(process):
    said = shlex.split(process.command or '')
    if len(said) != 2 or said[0] not in ('git-upload-pack', 'git-receive-pack') or not re.fullmatch(r'/\w+\.git', said[1]):
        process.stderr.write(f'what is {process.command}?\n'.encode())
        return process.exit(128)
    child = await asyncio.create_subprocess_exec(
        said[0], root + said[1], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE)
    await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
    return process.exit(await child.wait())


async def main():
    host, known = make_key('host'), make_key('id')
    make_key('stranger')
    users = asyncssh.import_authorized_keys(known.export_public_key().decode())
    server = await asyncssh.listen('127.0.0.1', 0, server_host_keys=[host], authorized_client_keys=users,
                                   process_factory=serve, encoding=None)
    port = server.sockets[0].getsockname()[1]
    with open(os.path.join(keys, 'known_hosts'), 'w', encoding='ascii') as file:
        file.write(f'[127.0.0.1]:{port} {host.export_public_key().decode()}')
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
