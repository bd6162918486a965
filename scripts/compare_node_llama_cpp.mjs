#!/usr/bin/env node
// The simulated chip beside llama.cpp, live: greedy tokens of several prompts, and perplexity.
//
//   scripts/compare_node_llama_cpp.mjs --weights MODEL.gguf [--peer SAME.gguf] [--text FILE] [--tokens N] [PROMPT...]
//
// --peer is the file that llama.cpp loads. For Q4_0 weights give it their expansion to F32: llama.cpp would
// quantise activations to 8 bits in its own Q4_0 path. A token may differ where llama.cpp's two best logits are
// closer than 0.02; perplexity must agree within 0.5 %. Exit status 0: agreed, or skipped because the npm package
// node-llama-cpp is installed neither in the folder that NODE_LLAMA_CPP names, nor in the working directory, nor
// beside this script; 1: disagreed.
import {execFileSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {parseArgs} from "node:util";

const kCloseLogits = 0.02;
const kPerplexityTolerance = 0.005;
const kPrompts = [
    "Once upon a time", "The dog ran to the", "Lily and Ben", "She said, \"I want", "One day, a big bear", "\n\n",
    "Tom had 3 red cars and", "Zo\u00eb\u2019s caf\u00e9 \u2014 na\u00efve", "  two  spaces", "\u65e5\u672c \ud83d\ude00",
];

const {values: options, positionals} = parseArgs({
    allowPositionals: true,
    options: {
        weights: {type: "string"},
        peer: {type: "string"},
        text: {type: "string"},
        tokens: {type: "string", default: "64"},
        pimtlm: {type: "string", default: path.join(path.dirname(fileURLToPath(import.meta.url)), "../build/pimtlm")},
    },
});

async function findPackage() {
    for (const folder of [process.env.NODE_LLAMA_CPP, process.cwd(), path.dirname(fileURLToPath(import.meta.url))]) {
        if (!folder) continue;
        const entry = path.join(path.resolve(folder), "node_modules/node-llama-cpp/dist/index.js");
        if (existsSync(entry)) return import(pathToFileURL(entry));
    }
    return null;
}

function pimtlm(words) {
    const out = execFileSync(options.pimtlm, [...words, "--json", "-", "--quiet"], {maxBuffer: 1 << 28});
    return JSON.parse(out);
}

function twoBest(logits) {
    const sorted = [...logits.entries()].sort((a, b) => b[1] - a[1]);
    return sorted.slice(0, 2).map(([token, logit]) => ({token: Number(token), logit}));
}

/** The logits after each of `ids`: arrays of [token, logit]. */
async function logitsAfter(context, ids) {
    const sequence = context.getSequence();
    const input = ids.map((id) => [id, {generateNext: {logits: true}}]);
    const results = await sequence.controlledEvaluate(input);
    sequence.dispose();
    return results.map((result) => result.next.logits);
}

/** Follows the chip's tokens with the peer and names the first that it would not have chosen. */
async function comparePrompt(context, model, prompt, count) {
    const ids = model.tokenize(prompt);
    const bos = model.tokens.bos;
    if (ids[0] !== bos) ids.unshift(bos);
    const run = pimtlm(["generate", "--weights", options.weights, "--prompt", prompt, "--generate", String(count),
        "--ignore-eos"]);
    const chip = run.tokens;
    const logits = (await logitsAfter(context, [...ids, ...chip.slice(0, -1)])).slice(ids.length - 1);
    for (let i = 0; i < chip.length; ++i) {
        const [best, second] = twoBest(logits[i]);
        if (best.token === chip[i]) continue;
        const close = second.token === chip[i] && best.logit - second.logit < kCloseLogits;
        return {agreed: close, line: `token ${i}: chip ${chip[i]}, llama.cpp ${best.token} (${best.logit.toFixed(4)}), ` +
            `then ${second.token} (${second.logit.toFixed(4)})`};
    }
    return {agreed: true, line: `${chip.length} tokens equal`};
}

async function comparePerplexity(context, model, file, limit) {
    const text = readFileSync(file, "utf8");
    const ids = model.tokenize(text);
    if (ids[0] !== model.tokens.bos) ids.unshift(model.tokens.bos);
    ids.length = Math.min(ids.length, limit);
    const logits = await logitsAfter(context, ids.slice(0, -1));
    let sum = 0;
    logits.forEach((row, i) => {
        const numbers = new Map([...row.entries()].map(([token, logit]) => [Number(token), logit]));
        const largest = Math.max(...numbers.values());
        let whole = 0;
        for (const logit of numbers.values()) whole += Math.exp(logit - largest);
        sum += Math.log(whole) + largest - numbers.get(Number(ids[i + 1]));
    });
    const peer = Math.exp(sum / logits.length);
    const chip = pimtlm(["perplexity", "--weights", options.weights, "--text", file, "--tokens", String(limit)]).perplexity;
    const agreed = chip.tokens === logits.length && Math.abs(chip.value / peer - 1) < kPerplexityTolerance;
    return {agreed, line: `perplexity over ${chip.tokens} tokens: chip ${chip.value.toFixed(4)}, ` +
        `llama.cpp ${peer.toFixed(4)} over ${logits.length}`};
}

if (!options.weights) {
    console.error("expected --weights MODEL.gguf");
    process.exit(2);
}
if (!existsSync(options.pimtlm)) {
    console.error(`${options.pimtlm}: expected the built executable, or --pimtlm FILE`);
    process.exit(2);
}
const library = await findPackage();
if (library === null) {
    console.log("skipped: the npm package node-llama-cpp is not installed; NODE_LLAMA_CPP may name its folder");
    process.exit(0);
}
const llama = await library.getLlama({build: "never", gpu: false, logLevel: "error"});
const model = await llama.loadModel({modelPath: path.resolve(options.peer ?? options.weights)});
const context = await model.createContext({contextSize: 512});
let agreed = true;
const report = (name, result) => {
    agreed &&= result.agreed;
    console.log(`${result.agreed ? "agrees   " : "DISAGREES"}  ${JSON.stringify(name)}: ${result.line}`);
};
for (const prompt of positionals.length > 0 ? positionals : kPrompts)
    report(prompt, await comparePrompt(context, model, prompt, Number(options.tokens)));
if (options.text) report(path.basename(options.text), await comparePerplexity(context, model, options.text, 511));
process.exit(agreed ? 0 : 1);
