#!/bin/sh
# Nano from nothing to its published predictions: rows, tower, worked solutions; new words, told pictures, the tower again, lists of
# what is seen, questions about it; base and two stages of GRPO. Called in the repository's root, after `npm ci` and
# `pip install -e trainer`; hours on two cores. What was stopped goes on where it was.
set -e
world="./ocean world --size 224 --frame 160"
solids=counting,existence,relation,depth,distance,referring
flat=geometry,chart,table,text
./ocean world --split train --count 3000 --seed 20 --size 96 --further --out rows/words
$world --split train --task $solids --count 26000 --seed 70 --further --paraphrase --out rows/solids
$world --split train --task $solids --count 7500 --seed 92 --further --paraphrase --talk --out rows/talk
$world --split train --task $flat --count 16000 --seed 91 --further --places --out rows/flat
$world --split train --task text --count 10000 --seed 89 --further --places --out rows/texts
$world --split train --task geometry --count 2000 --seed 96 --out rows/figures
$world --split train --task chart,table,text --image none --count 14000 --seed 99 --further --places --out rows/told
$world --split train --task geometry --image none --count 12000 --seed 98 --further --places --out rows/theorems
$world --split train --task counting,geometry,chart,table,text --count 2400 --seed 93 --paraphrase --out rows/stage1
$world --split train --task counting --count 1200 --seed 94 --paraphrase --out rows/counting
$world --split train --task $solids --count 2400 --seed 95 --paraphrase --out rows/stage2
$world --split val --task $flat --image none --count 400 --seed 90 --places --out rows/told-val
$world --split val --count 480 --seed 2 --paraphrase --out rows/val

ocean-r1 new --shape trainer/recipes/nano-shape.toml --rows rows/words --out models/nano
for part in tower solutions; do ocean-r1 sft trainer/recipes/nano-$part.toml; done
ocean-r1 grow --model runs/nano-solutions/step-001300/model --rows rows/flat --out models/nano-words
for part in told words-tower lists reading base; do ocean-r1 sft trainer/recipes/nano-$part.toml; done
for part in stage1 stage2; do ocean-r1 train trainer/recipes/nano-$part.toml; done

./ocean benchmarks samples ocean-world --split test --images pictures > samples.jsonl
for part in base stage1 stage2; do
  last=$(ls -d runs/nano-$part/step-* | tail -1)
  ocean-r1 export --model "$last/model" --out models/nano-$part --rows rows/val --replies 100
  ocean-r1 eval --benchmark ocean-world --split test --samples samples.jsonl --model models/nano-$part --name "Ocean-R1 Nano" \
    --max-new-tokens 256 --out predictions-$part.jsonl
done
