"""Packs a character map into the `precompiled_charsmap` of tokenizer.json (the layout of sentencepiece: a double-array trie
over UTF-8 bytes, then the replacements, each ended by a zero byte)."""
import base64
import struct


def pack(mapping):
    """mapping: {source string: replacement string}; returns the base64 text that the normaliser "Precompiled" takes."""
    blob, offset = bytearray(), {}
    for to in sorted(set(mapping.values())):
        offset[to] = len(blob)
        blob += to.encode() + b'\0'
    root = {}
    for source, to in mapping.items():
        node = root
        for byte in source.encode():
            node = node.setdefault(byte, {})
        node[0] = offset[to]  # no key holds a zero byte
    units = double_array(root)
    raw = struct.pack('<I', 4 * len(units)) + struct.pack(f'<{len(units)}I', *units) + bytes(blob)
    return base64.b64encode(raw).decode()


def double_array(root):
    units, used, bases, low = {0: 0}, {0}, set(), 1
    queue = [(root, 0)]
    while queue:
        node, at = queue.pop()
        labels = sorted(node)
        base = low
        while base in bases or any(base ^ c in used for c in labels) or not fits(at ^ base):
            base += 1
        bases.add(base)
        step = at ^ base
        units[at] |= step << 10 if step < 1 << 21 else step << 2 | 1 << 9
        if 0 in node:
            units[at] |= 1 << 8
        for c in labels:
            used.add(base ^ c)
            if c == 0:
                units[base] = node[0] | 1 << 31
            else:
                units[base ^ c] = c
                queue.append((node[c], base ^ c))
        while low in used:
            low += 1
    size = (max(units) | 255) + 1
    return [units.get(i, 0) for i in range(size)]


def fits(step):
    return step < 1 << 21 or (step & 255 == 0 and step < 1 << 29)
