// Runs the models of onnx_models.lua in ONNX Runtime; onnx_ort.txt was written by
//    npm install --ignore-scripts --prefix build/peers onnxruntime-node
//    build/lua tests/golden/onnx_models.lua DIRECTORY
//    NODE_PATH=build/peers/node_modules node tests/golden/onnx_ort.js DIRECTORY > tests/golden/onnx_ort.txt
// A line for each: name, FNV-1a hash of the file, then the probabilities of four images from the linear
// congruential generator of onnx_models.lua.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const SIZES = { binary: [1, 10, 13], classes: [2, 11, 9], vectors: [3, 5, 6] };

function hash(bytes) {
  let state = 0xcbf29ce484222325n;
  for (const byte of bytes) state = BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n);
  return state.toString(16).padStart(16, '0');
}

function images(count) {
  let state = 7;
  return Float32Array.from({ length: count }, () => {
    state = (Number((1664525n * BigInt(state)) & 0xffffffffn) + 1013904223) % 4294967296;
    return Math.floor(state / 256) / 16777216;
  });
}

async function main() {
  for (const name of Object.keys(SIZES)) {
    const file = path.join(process.argv[2], `${name}.onnx`);
    const session = await ort.InferenceSession.create(file);
    const shape = [4, ...SIZES[name]];
    const data = images(shape.reduce((a, b) => a * b));
    const { probability } = await session.run({ image: new ort.Tensor('float32', data, shape) });
    console.log([name, hash(fs.readFileSync(file)), ...Array.from(probability.data, (p) => p.toPrecision(9))].join(' '));
  }
}

main();
