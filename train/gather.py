"""Makes scores.npz of what the command score printed: gather.py INDEX PRINTED OUT."""
import json
import sys

import numpy as np

index, printed, out = sys.argv[1:4]
logits = np.array([json.loads(line) for line in open(printed)], np.float32)
index = np.array(json.load(open(index)))
assert len(index) == len(logits), (len(index), len(logits))
np.savez(out, index=index, logits=logits)
