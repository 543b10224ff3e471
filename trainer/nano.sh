#!/bin/sh
# Nano from nothing to its published predictions: rows, tower, worked solutions, base, two stages of GRPO. Called in the repository's
# root, after `npm ci` and `pip install -e trainer`; hours on two cores. What was stopped goes on where it was.
set -e
world="./ocean world --size 224 --frame 160 --paraphrase"
solids=counting,existence,relation,depth,distance,referring
./ocean world --split train --count 3000 --seed 20 --size 96 --further --out rows/words
$world --split train --task $solids --count 26000 --seed 70 --further --out rows/solids
$world --split train --task geometry,chart,table,text --count 6000 --seed 71 --further --out rows/flat
$world --split train --task counting,geometry,chart,table,text --count 1500 --seed 72 --out rows/stage1
$world --split train --task counting --count 1600 --seed 73 --out rows/counting
$world --split train --task $solids --count 3000 --seed 74 --out rows/stage2
$world --split val --count 480 --seed 1 --out rows/val

ocean-r1 new --shape trainer/recipes/nano-shape.toml --rows rows/words --out models/nano
for part in tower solutions base; do ocean-r1 sft trainer/recipes/nano-$part.toml; done
for part in stage1 stage2; do ocean-r1 train trainer/recipes/nano-$part.toml; done

./ocean benchmarks samples ocean-world --split test --images pictures > samples.jsonl
for part in base stage1 stage2; do
  last=$(ls -d runs/nano-$part/step-* | tail -1)
  ocean-r1 export --model "$last/model" --out models/nano-$part --rows rows/val --replies 100
  ocean-r1 eval --benchmark ocean-world --split test --samples samples.jsonl --model models/nano-$part --name "Ocean-R1 Nano" \
    --max-new-tokens 256 --out predictions-$part.jsonl
done
