"""Reads YAML files as PyYAML does (YAML 1.1), and prints {file: [documents]} as JSON. A date would fail to print."""

import json
import sys

import yaml

documents = {}
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        documents[name] = list(yaml.safe_load_all(file))
json.dump(documents, sys.stdout, ensure_ascii=False)
