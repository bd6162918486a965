"""Write and read GGUF v3 files: just enough for the models that this project makes (F32 and Q4_0 tensors).

A file is: magic, version, tensor count, key count, keys, tensor directory, padding to `ALIGNMENT`, tensor data, each
tensor padded to `ALIGNMENT`. Shapes are stored innermost dimension first, so a (rows, cols) matrix is [cols, rows].
"""
import struct

import numpy as np

ALIGNMENT = 32
GROUP = 32  # weights that share one Q4_0 scale
F32, Q4_0 = 0, 2  # ggml tensor types
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9  # metadata value types
_PACK = {_UINT32: "<I", _INT32: "<i", _FLOAT32: "<f", _BOOL: "<?"}


def pack_q4_0(codes, scales):
    """Bytes of a Q4_0 matrix: codes (rows, cols) in 0..15 (meaning code - 8), scales (rows, cols / 32) as float16.

    A block is the scale and 16 bytes; byte j holds element j in the low nibble and element j + 16 in the high one.
    """
    codes = codes.reshape(-1, GROUP).astype(np.uint8)
    nibbles = codes[:, :16] | codes[:, 16:] << 4
    scales = np.ascontiguousarray(scales.reshape(-1, 1), dtype="<f2")
    return np.hstack([scales.view(np.uint8), nibbles]).tobytes()


def unpack_q4_0(data, shape):
    """The float32 matrix of `shape` that a Q4_0 tensor stands for."""
    blocks = np.frombuffer(data, np.uint8).reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    codes = np.hstack([nibbles & 15, nibbles >> 4]).astype(np.float32) - 8
    return (codes * scales).reshape(shape)


def _string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _kind(value):
    for python, kind in ((bool, _BOOL), (int, _UINT32), (float, _FLOAT32), (str, _STRING)):
        if isinstance(value, python):
            return kind
    raise TypeError(f"no GGUF type for {value!r}")


def _scalar(value, kind):
    return _string(value) if kind == _STRING else struct.pack(_PACK[kind], value)


def _value(value):
    if not isinstance(value, list):
        kind = _kind(value)
        return struct.pack("<I", kind) + _scalar(value, kind)
    kind = _kind(value[0])
    kind = _INT32 if kind == _UINT32 else kind  # token types are an INT32 array by convention
    body = b"".join(_scalar(v, kind) for v in value)
    return struct.pack("<IIQ", _ARRAY, kind, len(value)) + body


def _padding(size):
    return b"\0" * (-size % ALIGNMENT)


def tensor_bytes(kind, shape):
    count = int(np.prod(shape))
    return count * 4 if kind == F32 else count // GROUP * 18


def write(path, metadata, tensors):
    """metadata: dict of key -> bool, int (UINT32), float (FLOAT32), str or a list of one of them.
    tensors: dict of name -> (type, shape, bytes), shape outermost dimension first. Instead of bytes: a function that
    makes them when it is their turn, so that a file may be larger than memory."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += _string(key) + _value(value)
    offset = 0
    for name, (kind, shape, _) in tensors.items():
        head += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), kind, offset)
        size = tensor_bytes(kind, shape)
        offset += size + len(_padding(size))
    with open(path, "wb") as out:
        out.write(head + _padding(len(head)))
        for name, (kind, shape, raw) in tensors.items():
            raw = raw() if callable(raw) else raw
            if len(raw) != tensor_bytes(kind, shape):
                raise ValueError(f"tensor {name}: {len(raw)} bytes, expected {tensor_bytes(kind, shape)}")
            out.write(raw)
            out.write(_padding(len(raw)))


def read(path):
    """(metadata, tensors) of a file that `write` could have made, tensors as float32 arrays."""
    with open(path, "rb") as f:
        raw = f.read()
    at = 0

    def take(fmt):
        nonlocal at
        values = struct.unpack_from(fmt, raw, at)
        at += struct.calcsize(fmt)
        return values if len(values) > 1 else values[0]

    def string():
        nonlocal at
        size = take("<Q")
        at += size
        return raw[at - size : at].decode()

    def value(kind):
        if kind == _ARRAY:
            kind, count = take("<IQ")
            return [value(kind) for _ in range(count)]
        return string() if kind == _STRING else take(_PACK[kind])

    magic, version, tensor_count, key_count = take("<4sIQQ")
    if (magic, version) != (b"GGUF", 3):
        raise ValueError(f"{path}: expected a GGUF version 3 file")
    metadata = {}
    for _ in range(key_count):
        key = string()
        metadata[key] = value(take("<I"))
    directory = {}
    for _ in range(tensor_count):
        name = string()
        shape = [take("<Q") for _ in range(take("<I"))][::-1]
        directory[name] = (shape, *take("<IQ"))
    start = at + len(_padding(at))
    tensors = {}
    for name, (shape, kind, offset) in directory.items():
        count = int(np.prod(shape))
        if kind == F32:
            tensors[name] = np.frombuffer(raw, "<f4", count, start + offset).reshape(shape)
        elif kind == Q4_0:
            data = raw[start + offset : start + offset + count // GROUP * 18]
            tensors[name] = unpack_q4_0(data, shape)
        else:
            raise ValueError(f"{path}: tensor {name} has type {kind}, expected F32 or Q4_0")
    return metadata, tensors
