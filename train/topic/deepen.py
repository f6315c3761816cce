"""Takes the rows that the trunk gives on through layers that stay as they are too: deepen.py BASE SET CUT. Writes hidden<CUT> beside
hidden6, in the form of store.py."""
import json
import os
import sys

import numpy as np
import torch

from model import Tower, batches, encoder
from train import Material


def main():
    base, path, cut = sys.argv[1], sys.argv[2], int(sys.argv[3])
    folder = os.path.dirname(path)
    m = Material(base, path, folder)
    tower = Tower(encoder(base).encoder.layer[6:cut])
    out, at, end = f'{folder}/hidden{cut}', {}, 0
    if os.path.exists(out + '.json'):
        at = json.load(open(out + '.json'))
        end = os.path.getsize(out + '.f16') // (2 * m.rows.width)
    missing = list({n: i for i, n in enumerate(m.rows.names) if n not in at}.values())
    with open(out + '.f16', 'ab') as f:
        for batch in batches([m.rows.lengths[i] for i in missing], 4096) if missing else ():
            indices = [missing[j] for j in batch]
            x, mask = m.rows.batch(indices)
            with torch.no_grad():
                h = tower.hidden(x, mask).numpy()
            for row, i in enumerate(indices):
                n = m.rows.lengths[i]
                f.write(h[row, :n].astype(np.float16).tobytes())
                at[m.rows.names[i]] = end
                end += n
    json.dump(at, open(out + '.json', 'w'))


if __name__ == '__main__':
    main()
