#!/usr/bin/env python3
"""Packs a root file system as an OCI image in one tar file, which `docker load`, `podman load` and `skopeo` read.

    packaging/oci_image.py ROOT NAME:TAG FILE

How the image is run is what packaging/Dockerfile says of its last stage. The same root gives the same bytes: entries
are sorted, owners are numbers, and the only time in it is SOURCE_DATE_EPOCH.
"""
import datetime
import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shlex
import sys
import tarfile

DOCKERFILE = pathlib.Path(__file__).with_name("Dockerfile")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
NANOSECONDS = {"s": 10**9, "m": 60 * 10**9}


def last_stage(text):
    """The instructions after the last FROM, as pairs of a word and its arguments."""
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines()
    instructions = [line.split(None, 1) for line in lines if line.strip()]
    begin = max(i for i, (word, _) in enumerate(instructions) if word == "FROM")
    return instructions[begin + 1:]


def health_check(arguments):
    options, command = arguments.split("CMD", 1)
    check = {"Test": ["CMD", *json.loads(command)]}
    for option in options.split():
        name, value = option.removeprefix("--").split("=")
        key = "".join(word.capitalize() for word in name.split("-"))
        check[key] = int(value) if value.isdigit() else int(value[:-1]) * NANOSECONDS[value[-1]]
    return check


def run_configuration(instructions):
    config = {}
    for word, arguments in instructions:
        if word in ("ENTRYPOINT", "CMD"):
            config[word.capitalize()] = json.loads(arguments)
        elif word == "ENV":
            config.setdefault("Env", []).extend(shlex.split(arguments))
        elif word == "LABEL":
            config.setdefault("Labels", {}).update(pair.split("=", 1) for pair in shlex.split(arguments))
        elif word == "USER":
            config["User"] = arguments
        elif word == "WORKDIR":
            config["WorkingDir"] = arguments
        elif word == "HEALTHCHECK":
            config["Healthcheck"] = health_check(arguments)
        elif word != "COPY":
            sys.exit(f"{DOCKERFILE}: {word} in the last stage is not known here")
    return config


def add(archive, name, content, mtime):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), mtime, 0o644
    archive.addfile(entry, io.BytesIO(content))


def layer(root):
    def anonymous(entry):
        entry.uname = entry.gname = ""
        return entry

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(root.rglob("*")):
            archive.add(path, path.relative_to(root), recursive=False, filter=anonymous)
    return buffer.getvalue()


def compressed(content):
    """Not gzip.compress(): Python's versions write different headers with it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


class Layout:
    """An OCI image layout that is being written into a tar file."""

    def __init__(self, archive, mtime):
        self.archive, self.mtime = archive, mtime

    def file(self, name, content):
        add(self.archive, name, content, self.mtime)

    def json(self, name, value):
        self.file(name, json.dumps(value, sort_keys=True).encode())

    def blob(self, media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        self.file(f"blobs/sha256/{digest}", content)
        return {"mediaType": f"application/vnd.oci.image.{media_type}", "digest": f"sha256:{digest}", "size": len(content)}


def path_of(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")


def write(root, name, out, epoch):
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = layer(root)
    packed = compressed(plain)
    config = {
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": created,
        "config": run_configuration(last_stage(DOCKERFILE.read_text())),
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(plain).hexdigest()]},
        "history": [{"created": created, "created_by": "packaging/assemble.sh"}],
    }
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as archive:
        layout = Layout(archive, epoch)
        layers = [layout.blob("layer.v1.tar+gzip", packed)]
        described = layout.blob("config.v1+json", json.dumps(config, sort_keys=True).encode())
        manifest = layout.blob("manifest.v1+json", json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": described, "layers": layers}, sort_keys=True).encode())
        manifest["annotations"] = {"org.opencontainers.image.ref.name": name.rpartition(":")[2],
                                   "io.containerd.image.name": name}
        layout.json("index.json", {"schemaVersion": 2, "manifests": [manifest]})
        layout.json("oci-layout", {"imageLayoutVersion": "1.0.0"})
        # For a Docker that does not know OCI layouts.
        layout.json("manifest.json", [{"Config": path_of(described), "RepoTags": [name],
                                       "Layers": [path_of(each) for each in layers]}])


def main():
    root, name, out = sys.argv[1:]
    partial = out + ".tmp"
    write(pathlib.Path(root), name, partial, int(os.environ.get("SOURCE_DATE_EPOCH", "0")))
    os.replace(partial, out)


if __name__ == "__main__":
    main()
