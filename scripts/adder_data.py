"""The sums that the shipped adder model learns and is tested on, and how they are written as tokens."""
import random

# A SentencePiece-like vocabulary of single characters, padded to a multiple of 32.
TOKENS = ["<unk>", "<s>", "</s>", *"0123456789+="]
UNK, BOS, EOS = 0, 1, 2
VOCAB = 32
MAX_TOKENS = 1 + len("9999+9999=") + len("19998") + 1

_ID = {text: i for i, text in enumerate(TOKENS)}


def prompt_text(a, b):
    return f"{a}+{b}="


def answer_text(a, b, reverse):
    """Least significant digit first when `reverse`: each digit then depends on what is already written."""
    return str(a + b)[::-1] if reverse else str(a + b)


def encode(text):
    return [_ID[c] for c in text]


def held_out(a, b):
    """One pair in 32 is never trained on, in neither order. Sums of two numbers below 100 are all trained on: there
    are too few of them to learn the rule for short numbers from a part."""
    lo, hi = min(a, b), max(a, b)
    return hi >= 100 and ((lo * 10007 + hi) * 2654435761 % 2**32 >> 16) % 32 == 0


def _uniform(rng):
    return rng.randrange(10000), rng.randrange(10000)


def _number(rng, digits):
    return rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)


def _lengths(rng):
    """All 16 combinations of operand lengths are equally likely."""
    return _number(rng, rng.randint(1, 4)), _number(rng, rng.randint(1, 4))


def _carry(rng):
    """Chains of digit pairs that add up to 9, where a carry from below decides every digit above."""
    lengths = rng.randint(1, 4), rng.randint(1, 4)
    start, stop = sorted(rng.sample(range(max(lengths) + 1), 2))  # the chain, from the units up
    ripple = rng.random() < 0.75  # else the chain stays just short of a carry
    a = b = 0
    for i in range(max(lengths)):
        x = rng.randint(0, 9)
        y = rng.randint(0, 9)
        if start <= i < stop:
            y = 9 - x
            if i == start and ripple:
                x, y = rng.choice([(p, q) for p in range(1, 10) for q in range(10 - p, 10)])
        if i >= min(lengths):  # only one operand has this digit: it must be 9 to pass a carry on
            x, y = (9 if start <= i < stop else x), 0
        a, b = a + x * 10**i, b + y * 10**i
    return (a, b) if rng.random() < 0.5 else (b, a)


KINDS = {"uniform": _uniform, "lengths": _lengths, "carry": _carry}


def sample(rng, weights=(1, 1, 1)):
    """A training pair from the mixture of all distributions with these weights."""
    while True:
        a, b = rng.choices(list(KINDS.values()), weights)[0](rng)
        if not held_out(a, b):
            return a, b


def test_pairs(kind, count, seed):
    """`count` pairs of one distribution, none of them in the training data."""
    rng = random.Random(f"{kind} {seed}")
    pairs = []
    while len(pairs) < count:
        pair = KINDS[kind](rng)
        if held_out(*pair):
            pairs.append(pair)
    return pairs
