#!/bin/sh
# Write the *.gz of this folder. PYTHON has tokenizers==0.13.3, DATA holds the project's authored *.jsonl, BERT and XLMR
# are tokenizer.json of all-MiniLM-L6-v2 and of multilingual-e5-small (xlmr.py makes the latter).
set -eu
cd "$(dirname "$0")"
"$PYTHON" lines.py "$DATA" 600 lines.gz 240
"$PYTHON" trim.py "$BERT" lines.gz bert.json.gz 2000
"$PYTHON" trim.py "$XLMR" lines.gz xlmr.json.gz 2000
"$PYTHON" -c 'import json; [print(k, v["base"]) for k, v in json.load(open("variants.json")).items()]' | while read -r name base; do
	"$PYTHON" golden.py "$base" lines.gz "$name.golden.gz" "$name"
done
