#!/bin/sh
# Installs ONNX Runtime into the given directory and exports the networks for it; does nothing when all is there.
set -eu
cd "$(dirname "$0")/../.."
directory=$1
mkdir -p "$directory"
[ -d "$directory/node_modules/onnxruntime-node" ] ||
    npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$directory" onnxruntime-node
for model in cnn10 cnn15 cnn15w; do
    [ -f "$directory/$model.onnx" ] || /usr/bin/python3 tests/bench/peer_torch.py $model export "$directory/$model.onnx"
done
