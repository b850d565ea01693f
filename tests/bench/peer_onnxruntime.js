// Images a second of the networks in ONNX Runtime.
//
// usage: node peer_onnxruntime.js MODEL infer BATCH THREADS SECONDS
//
// MODEL is cnn10, cnn15 or cnn15w as in network.c; build/peers has node_modules/onnxruntime-node and MODEL.onnx,
// which peer_torch.py exports. Prints a line as network.c does.
const path = require('path');
const peers = path.join(__dirname, '../../build/peers');
const ort = require(path.join(peers, 'node_modules/onnxruntime-node'));

const SIZES = { cnn10: [100, 100], cnn15: [250, 250], cnn15w: [350, 175] };
const WINDOWS = 7;

const now = () => Number(process.hrtime.bigint()) * 1e-9;

async function rateOf(step, batch, seconds) {
  const begin = now();
  let images = 0, elapsed = 0;
  do {
    await step();
    images += batch;
    elapsed = now() - begin;
  } while (elapsed < seconds);
  return images / elapsed;
}

async function main(name, batch, threads, seconds) {
  const [width, height] = SIZES[name];
  const session = await ort.InferenceSession.create(path.join(peers, name + '.onnx'),
    { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all', executionProviders: ['cpu'] });
  const data = new Float32Array(batch * width * height).map(() => Math.random());
  const feed = { x: new ort.Tensor('float32', data, [batch, 1, height, width]) };
  const step = () => session.run(feed);
  await rateOf(step, batch, 1);
  const rates = [];
  for (let k = 0; k < WINDOWS; k++) rates.push(await rateOf(step, batch, seconds / WINDOWS));
  rates.sort((a, b) => a - b);
  const [least, median, most] = [0, WINDOWS >> 1, WINDOWS - 1].map((k) => rates[k].toFixed(1));
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${name} infer onnxruntime batch=${batch} threads=${threads} ${median} images/s ` +
    `(min ${least} max ${most}) rss=${memory}MiB`);
}

main(process.argv[2], ...process.argv.slice(4).map(Number));
