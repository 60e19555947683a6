#!/usr/bin/env python3
"""Makes languages.bin of the model that the Python package py3langid 0.4.0 ships.

  pip install py3langid==0.4.0 && python3 make_model.py languages.bin

Kept are the languages below and the FEATURES byte n-grams that tell most about
them (the divergence of their frequencies over the languages); a weight is how
far a feature's log-probability lies above its language's floor, in 255 steps.
The same package version gives the same file.
"""
import struct, sys
from collections import deque
from pathlib import Path

import numpy as np
import py3langid
from py3langid.modelio import load_model

FEATURES = 40_000
LEAST_WEIGHT = 0.7
KEPT = """af am ar as az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr ht hu
hy id ig is it ja jv ka kk km kn ko ku ky la lb lo lt lv mg mk ml mn mr ms mt my ne nl nn no om or pa pl ps
pt ro ru rw sa si sk sl sn so sq sr st sv sw ta te tg th tk tl tr tt ug uk ur uz vi wuu xh yo yue zh zu zxx""".split()
# What the published tag is called where it is not the model's own label.
LABELS = {"no": "nb", "yue": "zh", "wuu": "zh", "zxx": "und"}
# Of two close languages the one that far less news is written in needs more
# evidence, in units of log-probability.
PRIORS = {"bs": -4, "ms": -3, "la": -6, "tk": -4, "mk": -2, "yue": -4, "wuu": -4, "jv": -4, "gl": -1, "nn": -3}


def ngrams(next_state, row, output):
    """Feature number -> n-gram, off the automaton."""
    found, strings, queue = {}, {0: b""}, deque([0])
    while queue:
        state = queue.popleft()
        if output[state] >= 0:
            found.setdefault(output[state], strings[state])
        for byte, target in enumerate(next_state[row[state]].tolist()):
            if target not in strings:
                strings[target] = strings[state] + bytes([byte])
                queue.append(target)
    return found


def main():
    path = Path(py3langid.__file__).parent / "data" / "model.npz.xz"
    weights, _, classes, next_state, row, output = load_model(path)
    columns = [i for i, label in enumerate(classes) if label in KEPT]
    names = [classes[i] for i in columns]
    weights = np.asarray(weights).astype(np.float32)[:, columns]
    grams = ngrams(np.asarray(next_state).reshape(-1, 256), row, output)
    floors = weights.min(0)
    share = np.exp(weights)
    mean = share.mean(1, keepdims=True)
    told = (share * np.log(share / mean) * (weights > floors + 0.3)).sum(1)
    chosen = sorted(np.argsort(-told, kind="stable")[:FEATURES].tolist(), key=lambda f: grams[f])
    excess = weights[chosen] - floors
    excess[excess <= LEAST_WEIGHT] = 0
    step = float(excess.max() / 255)
    out = [b"cdlang1\0", struct.pack("<HfI", len(names), step, len(chosen))]
    for name, floor in zip(names, floors):
        label = LABELS.get(name, name).encode()
        out.append(struct.pack("<B", len(label)) + label + struct.pack("<ff", floor, PRIORS.get(name, 0)))
    for feature, line in zip(chosen, np.rint(excess / step).astype(int)):
        gram, known = grams[feature], np.nonzero(line)[0]
        out.append(struct.pack("<B", len(gram)) + gram + struct.pack("<B", len(known)))
        out.append(b"".join(struct.pack("<BB", c, line[c]) for c in known))
    Path(sys.argv[1]).write_bytes(b"".join(out))


if __name__ == "__main__":
    main()
