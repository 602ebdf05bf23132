#!/usr/bin/env python3
"""Compares two images that packaging/oci_image.py packed, byte by byte, and names what differs.

    tools/dev/compare_images.py ONE.tar OTHER.tar      exit code 1: they differ
"""
import hashlib
import io
import json
import sys
import tarfile
import zlib

ATTRIBUTES = ("type", "mode", "uid", "gid", "uname", "gname", "mtime", "size", "linkname", "pax_headers")


class Image:
    def __init__(self, path):
        with tarfile.open(path) as archive:
            self.files = {entry.name: archive.extractfile(entry).read() for entry in archive}
        [described] = json.loads(self.files["index.json"])["manifests"]
        self.digest = described["digest"]
        self.manifest = json.loads(self.blob(described))
        self.config = json.loads(self.blob(self.manifest["config"]))
        self.packed = [self.blob(layer) for layer in self.manifest["layers"]]
        self.layers = [zlib.decompress(packed, wbits=31) for packed in self.packed]

    def blob(self, descriptor):
        content = self.files["blobs/" + descriptor["digest"].replace(":", "/")]
        if "sha256:" + hashlib.sha256(content).hexdigest() != descriptor["digest"]:
            sys.exit(f"{descriptor['digest']} is not the digest of its content")
        return content


def entries(layer):
    """In their order: name → attributes and content."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {entry.name: ({name: getattr(entry, name) for name in ATTRIBUTES},
                             archive.extractfile(entry).read() if entry.isreg() else b"") for entry in archive}


def shown(key, attributes):
    return oct(attributes[key]) if key == "mode" else repr(attributes[key])


def first_difference(one, other):
    return next((at for at, (left, right) in enumerate(zip(one, other)) if left != right), min(len(one), len(other)))


def differences_of_entries(one, other):
    for name in sorted(one.keys() ^ other.keys()):
        yield f"{name}: only in the {'first' if name in one else 'second'}"
    for name in one.keys() & other.keys():
        (attributes, content), (other_attributes, other_content) = one[name], other[name]
        for key in ATTRIBUTES:
            if attributes[key] != other_attributes[key]:
                yield f"{name}: {key} is {shown(key, attributes)} and {shown(key, other_attributes)}"
        if content != other_content:
            yield f"{name}: contents differ from byte {first_difference(content, other_content)} on"
    if one.keys() == other.keys() and list(one) != list(other):
        yield "entries are in another order"


def differences(one, other):
    for key in sorted(one.config.keys() | other.config.keys()):
        if key != "rootfs" and one.config.get(key) != other.config.get(key):
            yield f"configuration: {key} is {one.config.get(key)} and {other.config.get(key)}"
    for left, right in zip(one.layers, other.layers):
        if left != right:
            yield from sorted(differences_of_entries(entries(left), entries(right)))
    if one.layers == other.layers and one.packed != other.packed:
        yield "the layer is the same, but compressed in another way"


def main():
    paths = sys.argv[1:]
    contents = [open(path, "rb").read() for path in paths]
    one, other = [Image(path) for path in paths]
    for path, image in zip(paths, (one, other)):
        print(f"{path}: image {image.digest}, layers {' '.join(image.config['rootfs']['diff_ids'])}")
    if contents[0] == contents[1]:
        return
    found = list(differences(one, other)) or ["what is around the blobs differs"]
    sys.exit("\n".join(["these images differ:", *found]))


if __name__ == "__main__":
    main()
