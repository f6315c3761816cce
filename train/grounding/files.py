"""Rows of files, and which of them are kept aside."""
import gzip
import hashlib
import json


def load(path):
    opened = gzip.open(path, 'rt') if path.endswith('.gz') else open(path)
    with opened as f:
        return [json.loads(line) for line in f]


def split(group):
    """train, calibrate or test, by the group's hash: it never moves."""
    d = int(hashlib.sha1(group.encode()).hexdigest()[:8], 16) % 20
    return 'test' if d < 3 else 'calibrate' if d < 5 else 'train'
