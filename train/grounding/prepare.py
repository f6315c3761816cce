"""Fills the trunk's cache: prepare.py TABLE BASE FOLDER"""
import json
import sys

from layout import Store

if __name__ == '__main__':
    table, base, folder = sys.argv[1:4]
    Store(base, folder, [json.loads(line) for line in open(table)])
