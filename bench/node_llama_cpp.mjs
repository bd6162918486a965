// Generates greedily with node-llama-cpp and prints what it cost as JSON. Started by host_speed.py:
//   node node_llama_cpp.mjs FOLDER MODEL THREADS GENERATE ID...
// FOLDER is where `npm install node-llama-cpp` was run.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, modelPath, threadCount, generate, ...prompt] = process.argv.slice(2);
const threads = Number(threadCount);
const entry = createRequire(pathToFileURL(join(folder, 'package.json'))).resolve('node-llama-cpp');
const { getLlama } = await import(pathToFileURL(entry));

const seconds = () => performance.now() / 1000;
const began = seconds();
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: threads });
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const context = await model.createContext({ contextSize: 512, threads });
const sequence = context.getSequence();
const loaded = seconds();

const tokens = [];
let first, last;
for await (const token of sequence.evaluate(prompt.map(Number), { temperature: 0, yieldEogToken: true })) {
  tokens.push(token);
  last = seconds();
  first ??= last;
  if (tokens.length === Number(generate)) break;
}
console.log(JSON.stringify({
  load_seconds: loaded - began,
  first_token_seconds: first - loaded,
  decode_tokens_per_second: (tokens.length - 1) / (last - first),
  peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  tokens,
}));
process.exit(0); // without waiting for the model to be taken down
