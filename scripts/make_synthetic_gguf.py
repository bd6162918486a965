#!/usr/bin/python3
"""Writes a GGUF file of LLaMA-7B's shape with random Q4_0 weights: for measuring speed, not for reading.

Codes and the signs of the scales are random, as half of the scales of a real Q4_0 file are negative; scales are such
that activations keep their size from layer to layer. The vocabulary is of SentencePiece's kind: control and byte
tokens, and made-up pieces. The same seed makes the same file. Usage:
    scripts/make_synthetic_gguf.py --out /tmp/llama-7b.gguf [--layers 32] [--vocab 32000] [--seed 1]
"""
import argparse
import itertools
import math
import string
import time

import numpy as np

import gguf_writer

HIDDEN, HEADS, MLP = 4096, 32, 11008
UNKNOWN, BOS, EOS = 0, 1, 2
NORMAL, UNKNOWN_TYPE, CONTROL, BYTE = 1, 2, 3, 6
BLOCKS_AT_ONCE = 1 << 20
CODE_DEVIATION = math.sqrt((16**2 - 1) / 12)  # of codes that are equally likely


def vocabulary(size):
    """(tokens, scores, types): earlier pieces merge first."""
    pieces = ["\u2581"] + list(string.ascii_lowercase) + [c for c in string.printable if 32 < ord(c) and not c.islower()]
    words = ("".join(letters) for n in (2, 3) for letters in itertools.product(string.ascii_lowercase, repeat=n))
    made_up = itertools.chain.from_iterable((w, "\u2581" + w) for w in words)
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + pieces
    types = [UNKNOWN_TYPE, CONTROL, CONTROL] + [BYTE] * 256 + [NORMAL] * (size - 259)
    tokens += itertools.islice(made_up, size - len(tokens))
    scores = [0.0] * 259 + [-float(i) for i in range(size - 259)]
    return tokens, scores, types


def q4_0(rng, rows, columns, gain):
    """A function that makes the blocks of a random matrix by which a vector grows `gain` times."""
    scale = gain / (CODE_DEVIATION * math.sqrt(columns))

    def make():
        blocks = np.empty((rows * columns // gguf_writer.GROUP, 18), np.uint8)
        for first in range(0, len(blocks), BLOCKS_AT_ONCE):
            part = blocks[first : first + BLOCKS_AT_ONCE]
            part[:, 2:] = np.frombuffer(rng.bytes(16 * len(part)), np.uint8).reshape(-1, 16)
            sizes = rng.uniform(0.5, 1.5, len(part)).astype(np.float32) * rng.choice(np.float32([-scale, scale]), len(part))
            part[:, :2] = sizes.astype("<f2").view(np.uint8).reshape(-1, 2)
        return blocks.reshape(-1).data

    return gguf_writer.Q4_0, (rows, columns), make


def gains():
    return gguf_writer.F32, (HIDDEN,), np.ones(HIDDEN, "<f4").tobytes()


def tensors(layers, vocab, rng):
    result = {
        "token_embd.weight": q4_0(rng, vocab, HIDDEN, math.sqrt(HIDDEN)),
        "output_norm.weight": gains(),
        "output.weight": q4_0(rng, vocab, HIDDEN, 3.0),  # logits of a few units
    }
    added = 1 / math.sqrt(2 * layers)  # what a block adds to the residual stream: as much as all began with, together
    for layer in range(layers):
        for name, rows, columns, gain in (
            ("attn_q", HIDDEN, HIDDEN, 1.0), ("attn_k", HIDDEN, HIDDEN, 1.0), ("attn_v", HIDDEN, HIDDEN, 1.0),
            ("attn_output", HIDDEN, HIDDEN, added), ("ffn_gate", MLP, HIDDEN, 1.0), ("ffn_up", MLP, HIDDEN, 1.0),
            ("ffn_down", HIDDEN, MLP, added),
        ):
            result[f"blk.{layer}.{name}.weight"] = q4_0(rng, rows, columns, gain)
        result[f"blk.{layer}.attn_norm.weight"] = gains()
        result[f"blk.{layer}.ffn_norm.weight"] = gains()
    return result


def write(path, layers, vocab, seed):
    tokens, scores, types = vocabulary(vocab)
    metadata = {
        "general.architecture": "llama",
        "general.name": "synthetic LLaMA-7B",
        "general.file_type": 2,  # mostly Q4_0
        "general.quantization_version": 2,
        "llama.block_count": layers,
        "llama.context_length": 2048,
        "llama.embedding_length": HIDDEN,
        "llama.feed_forward_length": MLP,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": HIDDEN // HEADS,
        "llama.rope.freq_base": 10000.0,
        "llama.vocab_size": vocab,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.unknown_token_id": UNKNOWN,
        "tokenizer.ggml.bos_token_id": BOS,
        "tokenizer.ggml.eos_token_id": EOS,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
    }
    gguf_writer.write(path, metadata, tensors(layers, vocab, np.random.Generator(np.random.SFC64(seed))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the GGUF file to write: 3.8 GB with all layers")
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--vocab", type=int, default=32000, help="at least 512")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.vocab < 512:
        parser.error("--vocab: expected at least 512, the control tokens, bytes and letters")
    began = time.time()
    write(options.out, options.layers, options.vocab, options.seed)
    print(f"{options.out}: {options.layers} layers in {time.time() - began:.0f} s")


if __name__ == "__main__":
    main()
