#!/bin/sh
# Nano learns to read and to calculate, from its published stage 2 on: new words, told pictures, the tower, lists of what is seen,
# questions about it, then base and both stages of GRPO as in nano.sh. Called in the repository's root, after `npm ci` and
# `pip install -e trainer`. Run as far as the base, on rows without look-ups and bars; nano/MODEL_CARD.md has what was measured, and
# nano/reading what came of it. What was stopped goes on where it was.
set -e
world="./ocean world --size 224 --frame 160"
solids=counting,existence,relation,depth,distance,referring
flat=geometry,chart,table,text
$world --split train --task chart,table,text --image none --count 14000 --seed 99 --further --places --out rows/told
$world --split train --task geometry --image none --count 16000 --seed 98 --further --places --out rows/theorems
$world --split val --task $flat --image none --count 400 --seed 90 --places --out rows/told-val
$world --split train --task $flat --count 16000 --seed 91 --further --places --out rows/flat
$world --split train --task geometry --count 2000 --seed 96 --out rows/figures
$world --split train --task $solids --count 12000 --seed 92 --further --paraphrase --talk --out rows/solids
$world --split train --task counting,$flat --count 2400 --seed 93 --paraphrase --out rows/stage1
$world --split train --task counting --count 1600 --seed 94 --paraphrase --out rows/counting
$world --split train --task $solids --count 3000 --seed 95 --paraphrase --out rows/stage2
$world --split val --count 480 --seed 2 --paraphrase --out rows/val

ocean-r1 grow --model public/models/nano-stage2 --rows rows/flat --out models/nano-words
for part in told words-tower lists reading; do ocean-r1 sft trainer/recipes/nano-$part.toml; done
ocean-r1 sft trainer/recipes/nano-base.toml --set model.path=runs/nano-reading/step-001100/model
for part in stage1 stage2; do ocean-r1 train trainer/recipes/nano-$part.toml; done

./ocean world --size 224 --split test --count 1000 --seed 31 --out rows/unseen
for part in base stage1 stage2; do
  last=$(ls -d runs/nano-$part/step-* | tail -1)
  python trainer/bench/by_kind.py --model "$last/model" --rows rows/unseen --wrong wrong-$part.jsonl
done
