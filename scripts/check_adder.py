#!/usr/bin/python3
"""Measure a trained adder: read the GGUF file back and decode test sums greedily, apart from the training code.

    check_adder.py sw/models/adder-q4_0.gguf                1000 sums of every distribution, none of them trained on
    check_adder.py sw/models/adder-q4_0.gguf --sum 1234+5678

Exits with 1 if fewer than 99.8 % of a distribution are right. Needs python3-numpy.
"""
import argparse
import sys

try:
    import numpy as np
except ImportError:
    print("check_adder.py needs numpy (Debian: python3-numpy)", file=sys.stderr)
    sys.exit(77)  # a skipped test, by convention

import adder_data as data
import gguf_writer


class Llama:
    """A LLaMA with the 4-bit weights of a GGUF file and float32 arithmetic."""

    def __init__(self, path):
        self.metadata, self.tensors = gguf_writer.read(path)
        self.heads = self.metadata["llama.attention.head_count"]
        self.kv_heads = self.metadata["llama.attention.head_count_kv"]
        self.head_dim = self.metadata["llama.rope.dimension_count"]
        self.eps = self.metadata["llama.attention.layer_norm_rms_epsilon"]
        self.base = self.metadata.get("llama.rope.freq_base", 10000.0)
        tokens = self.metadata["tokenizer.ggml.tokens"]
        self.text = dict(enumerate(tokens))
        self.id = {text: i for i, text in self.text.items()}
        self.bos = self.metadata["tokenizer.ggml.bos_token_id"]
        self.eos = self.metadata["tokenizer.ggml.eos_token_id"]

    def matrix(self, name, x):
        return x @ self.tensors[name + ".weight"].T

    def norm(self, name, x):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.eps) * self.tensors[name + ".weight"]

    def heads_of(self, x, count):
        return x.reshape(*x.shape[:2], count, self.head_dim).swapaxes(1, 2)

    def rope(self, x):
        position = np.arange(x.shape[2], dtype=np.float32)[:, None]
        angle = position * self.base ** (-np.arange(0, self.head_dim, 2, dtype=np.float32) / self.head_dim)
        pairs = np.ascontiguousarray(x, np.float32).view(np.complex64)  # (2j, 2j+1) as one complex number
        return (pairs * np.exp(1j * angle).astype(np.complex64)).view(np.float32)

    def logits(self, ids):
        """(batch, length) token ids -> (batch, length, vocabulary)."""
        x = self.tensors["token_embd.weight"][ids]
        future = np.triu(np.full((ids.shape[1],) * 2, -np.inf, np.float32), 1)
        for layer in range(self.metadata["llama.block_count"]):
            name = f"blk.{layer}."
            y = self.norm(name + "attn_norm", x)
            q = self.rope(self.heads_of(self.matrix(name + "attn_q", y), self.heads))
            k = self.rope(self.heads_of(self.matrix(name + "attn_k", y), self.kv_heads))
            v = self.heads_of(self.matrix(name + "attn_v", y), self.kv_heads)
            k, v = (t.repeat(self.heads // self.kv_heads, 1) for t in (k, v))
            scores = q @ k.swapaxes(2, 3) / np.float32(np.sqrt(self.head_dim)) + future
            p = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (p / p.sum(-1, keepdims=True)) @ v
            x = x + self.matrix(name + "attn_output", mixed.swapaxes(1, 2).reshape(x.shape))
            y = self.norm(name + "ffn_norm", x)
            gate = self.matrix(name + "ffn_gate", y)
            x = x + self.matrix(name + "ffn_down", gate / (1 + np.exp(-gate)) * self.matrix(name + "ffn_up", y))
        head = "output" if "output.weight" in self.tensors else "token_embd"
        return self.matrix(head, self.norm("output_norm", x))

    def sums(self, prompts):
        """What the model writes after each prompt, up to its end of text, the digits in the usual order."""
        starts = [[self.bos] + [self.id[c] for c in prompt] for prompt in prompts]
        lengths = np.array([len(s) for s in starts])
        longest = len("19998") + 1
        ids = np.full((len(prompts), lengths.max() + longest), self.eos)
        for row, start in zip(ids, starts):
            row[: len(start)] = start
        rows = np.arange(len(prompts))
        for i in range(longest):
            ids[rows, lengths + i] = self.logits(ids)[rows, lengths + i - 1].argmax(-1)
        answers = []
        for row, length in zip(ids, lengths):
            text = "".join(self.text[t] for t in row[length : length + longest])
            text = text.split(self.text[self.eos])[0]
            answers.append(text[::-1] if self.metadata.get("pimtlm.answer") == "reversed" else text)
        return answers


def share_right(model, label, pairs):
    right = 0
    for at in range(0, len(pairs), 500):
        part = pairs[at : at + 500]
        for (a, b), answer in zip(part, model.sums([data.prompt_text(a, b) for a, b in part])):
            right += answer == str(a + b)
            if answer != str(a + b):
                print(f"  wrong: {data.prompt_text(a, b)}{answer}, expected {a + b}")
    print(f"{label}: {right} of {len(pairs)} right, {100 * right / len(pairs):.2f} %", flush=True)
    return right / len(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="the GGUF file")
    parser.add_argument("--count", type=int, default=1000, help="sums per distribution")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--all-short", action="store_true", help="also all sums of two numbers below 100")
    parser.add_argument("--sum", metavar="A+B", help="one sum instead of a measurement")
    args = parser.parse_args()
    model = Llama(args.model)
    if args.sum:
        print(model.sums([args.sum + "="])[0])
        return 0
    sets = {kind: data.test_pairs(kind, args.count, args.seed) for kind in data.KINDS}
    if args.all_short:
        sets["below 100"] = [(a, b) for a in range(100) for b in range(100)]
    shares = [share_right(model, kind, pairs) for kind, pairs in sets.items()]
    return 0 if min(shares) >= 0.998 else 1


if __name__ == "__main__":
    sys.exit(main())
