#!/usr/bin/python3
"""Train the model that ships with the project: a tiny LLaMA that adds two numbers of up to four digits.

    train_adder.py --out sw/models/adder-q4_0.gguf          trains (10 to 15 minutes of one core) and exports
    check_adder.py sw/models/adder-q4_0.gguf                measures the exported file

Needs Debian's python3-torch, and libopenblas0-pthread (the reference BLAS is many times slower).

The model is a plain LLaMA (RMSNorm, interleaved RoPE, grouped-query attention, SwiGLU, no biases). A sequence is BOS,
the prompt "1234+5678=", the answer, EOS; the loss covers the answer and EOS. From `--qat-from` on, every matrix goes
through Q4_0 (ggml's 4-bit groups of 32) in the forward pass and the gradient passes straight through, so that the
exported codes are the ones that were trained. The matrices of the layers are trained with Muon (momentum made
orthogonal), the embedding, the output head and the norms with AdamW.

Answers are written with the units first ("1234+5678=" gives "2196"): each digit then needs only the digits already
written and two more of the prompt. The key `pimtlm.answer = "reversed"` in the file tells readers to turn them round.

The same seed gives the same model on the same machine and library; another BLAS rounds differently.
"""
import argparse
import math
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import adder_data as data
import gguf_writer

DIM, LAYERS, HEADS, KV_HEADS, MLP = 128, 3, 4, 2, 256
HEAD_DIM = DIM // HEADS
ROPE_BASE, EPS, CONTEXT = 10000.0, 1e-5, 32
GROUP = gguf_writer.GROUP


def q4_0(weight):
    """ggml's Q4_0: codes 0..15 (meaning code - 8) and one float16 scale per group of 32 along the input."""
    groups = weight.reshape(-1, GROUP)
    peak = groups.gather(1, groups.abs().argmax(1, keepdim=True))  # the largest in magnitude becomes -8
    scale = peak / -8
    inverse = torch.where(scale == 0, scale, 1 / scale)
    codes = torch.clamp(torch.floor(groups * inverse + 8.5), 0, 15)
    return codes, scale.half()


class Matrix(nn.Module):
    """A (rows, cols) weight matrix; `Matrix.quantised` switches all of them to their 4-bit values."""

    quantised = False

    def __init__(self, rows, cols, std):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, cols) * std)

    def value(self):
        if not Matrix.quantised:
            return self.weight
        with torch.no_grad():
            codes, scale = q4_0(self.weight)
            error = ((codes - 8) * scale.float()).reshape(self.weight.shape) - self.weight
        return self.weight + error

    def forward(self, x):
        return F.linear(x, self.value())


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(DIM))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPS) * self.weight


def rope(x, cos, sin):
    """Rotates the pairs (2j, 2j+1) of (batch, head, position, HEAD_DIM)."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Layer(nn.Module):
    """Parameters carry the names of their GGUF tensors."""

    def __init__(self):
        super().__init__()
        std, deep = DIM**-0.5, (2 * LAYERS) ** -0.5
        self.attn_norm, self.ffn_norm = Norm(), Norm()
        self.attn_q = Matrix(DIM, DIM, std)
        self.attn_k = Matrix(KV_HEADS * HEAD_DIM, DIM, std)
        self.attn_v = Matrix(KV_HEADS * HEAD_DIM, DIM, std)
        self.attn_output = Matrix(DIM, DIM, std * deep)
        self.ffn_gate, self.ffn_up = Matrix(MLP, DIM, std), Matrix(MLP, DIM, std)
        self.ffn_down = Matrix(DIM, MLP, MLP**-0.5 * deep)

    def forward(self, x, cos, sin, mask):
        batch, length, _ = x.shape

        def heads(y, count):
            return y.view(batch, length, count, HEAD_DIM).transpose(1, 2)

        y = self.attn_norm(x)
        q = rope(heads(self.attn_q(y), HEADS), cos, sin)
        k = rope(heads(self.attn_k(y), KV_HEADS), cos, sin)
        v = heads(self.attn_v(y), KV_HEADS)
        k, v = (t.repeat_interleave(HEADS // KV_HEADS, 1) for t in (k, v))
        p = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(HEAD_DIM) + mask, -1)
        x = x + self.attn_output((p @ v).transpose(1, 2).reshape(batch, length, DIM))
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Adder(nn.Module):
    def __init__(self):
        super().__init__()
        self.token_embd = Matrix(data.VOCAB, DIM, 1.0)
        self.blk = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.output_norm = Norm()
        self.output = Matrix(data.VOCAB, DIM, DIM**-0.5)

    def forward(self, ids):
        length = ids.shape[1]
        frequency = ROPE_BASE ** (-torch.arange(0, HEAD_DIM, 2) / HEAD_DIM)
        angle = torch.arange(length)[:, None] * frequency
        mask = torch.full((length, length), -math.inf).triu(1)
        x = F.embedding(ids, self.token_embd.value())
        for layer in self.blk:
            x = layer(x, angle.cos(), angle.sin(), mask)
        return self.output_norm(x)  # logits = output(...), where they are wanted


def encode(pairs, reverse):
    """Token ids (n, MAX_TOKENS) and the mask of the positions that the model must predict."""
    ids = torch.full((len(pairs), data.MAX_TOKENS), data.EOS)
    wanted = torch.zeros(len(pairs), data.MAX_TOKENS, dtype=torch.bool)
    for row, (a, b) in enumerate(pairs):
        prompt = [data.BOS] + data.encode(data.prompt_text(a, b))
        answer = data.encode(data.answer_text(a, b, reverse)) + [data.EOS]
        end = len(prompt) + len(answer)
        ids[row, :end] = torch.tensor(prompt + answer)
        wanted[row, len(prompt) : end] = True
    return ids, wanted


@torch.no_grad()
def accuracy(model, pairs, reverse):
    """Share of exact answers: greedy decoding is right if every token is, given the right ones before it."""
    ids, wanted = encode(pairs, reverse)
    right = model.output(model(ids[:, :-1])).argmax(-1) == ids[:, 1:]
    return (right | ~wanted[:, 1:]).all(1).float().mean().item()


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal by five Newton-Schulz steps, for matrices."""

    def __init__(self, params, lr, decay, momentum=0.95):
        super().__init__(params, dict(lr=lr, decay=decay, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                average = self.state[p].setdefault("average", torch.zeros_like(p))
                average.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(average, group["momentum"]))
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(update, alpha=-group["lr"] * max(1, p.shape[0] / p.shape[1]) ** 0.5)


def orthogonal(m):
    """Drives all singular values of `m` to about 1 (the quintic's coefficients trade exactness for speed)."""
    tall = m.shape[0] > m.shape[1]
    x = (m.T if tall else m) / (m.norm() + 1e-7)
    for _ in range(5):
        s = x @ x.T
        x = 3.4445 * x + (-4.7750 * s + 2.0315 * s @ s) @ x
    return x.T if tall else x


def train(args):
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    model = Adder()
    inner = [p for p in model.blk.parameters() if p.dim() == 2]
    outer = [model.token_embd.weight, model.output.weight]
    gains = [p for p in model.parameters() if p.dim() == 1]
    optimizers = [
        Muon(inner, args.muon_lr, args.decay),
        torch.optim.AdamW(
            [dict(params=outer), dict(params=gains, weight_decay=0.0)],
            lr=args.adam_lr,
            betas=(0.9, 0.98),
            weight_decay=args.decay,
        ),
    ]
    peaks = [[group["lr"] for group in o.param_groups] for o in optimizers]
    checks = {kind: data.test_pairs(kind, 500, args.seed) for kind in data.KINDS}
    print(f"{sum(p.numel() for p in model.parameters())} parameters", flush=True)
    start, average = time.time(), 2.5
    for step in range(args.steps):
        done = step / args.steps
        factor = min(1, (step + 1) / 100, (1 - done) / (1 - args.cool_from))
        for optimizer, rates in zip(optimizers, peaks):
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * factor
        Matrix.quantised = done >= args.qat_from
        ids, wanted = encode([data.sample(rng) for _ in range(args.batch)], args.reverse)
        wanted = wanted[:, 1:]
        loss = F.cross_entropy(model.output(model(ids[:, :-1])[wanted]), ids[:, 1:][wanted])
        model.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        average += 0.02 * (loss.item() - average)
        if (step + 1) % args.report == 0:
            shares = {kind: accuracy(model, pairs, args.reverse) for kind, pairs in checks.items()}
            shares = "  ".join(f"{kind} {100 * share:.1f}" for kind, share in shares.items())
            bits = "4 bits" if Matrix.quantised else "float"
            print(f"step {step + 1}  {time.time() - start:.0f} s  loss {average:.4f}  {bits}: {shares} %", flush=True)
    return model


def export(model, path, reverse):
    """Writes the 4-bit codes that the training saw, with the tokenizer."""
    unused = [f"<unused{i}>" for i in range(data.VOCAB - len(data.TOKENS))]
    normal, unknown, control, unused_type = 1, 2, 3, 5  # SentencePiece's piece types
    types = [unknown, control, control] + [normal] * (len(data.TOKENS) - 3) + [unused_type] * len(unused)
    metadata = {
        "general.architecture": "llama",
        "general.name": "adder",
        "general.description": "Adds two numbers of up to four digits: 1234+5678=",
        "general.license": "apache-2.0",
        "general.file_type": 2,  # mostly Q4_0
        "general.quantization_version": 2,
        "llama.vocab_size": data.VOCAB,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": DIM,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": MLP,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": EPS,
        "llama.rope.dimension_count": HEAD_DIM,
        "llama.rope.freq_base": ROPE_BASE,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": data.TOKENS + unused,
        "tokenizer.ggml.scores": [0.0] * data.VOCAB,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.unknown_token_id": data.UNK,
        "tokenizer.ggml.bos_token_id": data.BOS,
        "tokenizer.ggml.eos_token_id": data.EOS,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
    }
    if reverse:
        metadata["pimtlm.answer"] = "reversed"
    tensors = {}
    for name, p in model.named_parameters():
        shape = list(p.shape)
        p = p.detach()
        if p.dim() == 1:
            tensors[name] = (gguf_writer.F32, shape, p.numpy().astype("<f4").tobytes())
        else:
            codes, scales = q4_0(p)
            tensors[name] = (gguf_writer.Q4_0, shape, gguf_writer.pack_q4_0(codes.numpy(), scales.numpy()))
    gguf_writer.write(path, metadata, tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the GGUF file to write")
    parser.add_argument("--plain", dest="reverse", action="store_false", help="answers in the usual order (harder)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--adam-lr", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05, help="weight decay")
    parser.add_argument("--qat-from", type=float, default=0.3, help="share of the steps before 4-bit weights")
    parser.add_argument("--cool-from", type=float, default=0.4, help="share of the steps at full learning rate")
    parser.add_argument("--report", type=int, default=250, help="steps between reports")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = train(args)
    export(model, args.out, args.reverse)


if __name__ == "__main__":
    main()
