/* What the firmware, the TLM model and the RTL agree on: registers, command descriptors, memory formats.
 *
 * Plain C, freestanding. All fields are little-endian and naturally aligned. Addresses of the Controller's
 * memories (CRAM, CMEM) are 32-bit bus addresses of the Controller; bank addresses are byte offsets within
 * that bank's BRAM or BMEM.
 */
#ifndef PIM_ABI_H
#define PIM_ABI_H

#include <stdint.h>

/* ---- Controller registers (offsets from the register page, 32-bit) ---- */
enum pim_reg {
  PIM_REG_ID = 0x00,            /* RO: PIM_ID_VALUE */
  PIM_REG_IRQ_STATUS = 0x04,    /* RO: enum pim_irq bits */
  PIM_REG_IRQ_CLEAR = 0x08,     /* WO: write one to clear */
  PIM_REG_QUEUE_TAIL = 0x10,    /* RW: doorbell; number of commands ever posted to the ring */
  PIM_REG_QUEUE_DONE = 0x14,    /* RO: number of commands completed, in order */
  PIM_REG_QUEUE_BASE = 0x18,    /* RW: bus address of the ring of commands */
  PIM_REG_QUEUE_SIZE = 0x1C,    /* RW: capacity of the ring in commands */
  PIM_REG_HOST_DOORBELL = 0x20, /* host writes 1: a job waits in the mailbox */
  PIM_REG_JOB_ADDRESS = 0x24,   /* host writes: bus address of struct pim_job */
  PIM_REG_TOKEN = 0x28,         /* firmware writes: the token just generated; raises the host's interrupt */
  PIM_REG_STATUS = 0x2C,        /* firmware writes: enum pim_status */
  PIM_REG_MARK = 0x30 /* firmware writes: enum pim_mark | index << 8; phase boundaries for statistics */
};
enum { PIM_ID_VALUE = 0x314D4950 /* "PIM1" */ };
enum pim_irq { PIM_IRQ_JOB = 1, PIM_IRQ_COMMAND = 2 };
enum pim_status { PIM_STATUS_IDLE = 0, PIM_STATUS_BUSY = 1, PIM_STATUS_DONE = 2, PIM_STATUS_ERROR = 3 };
enum pim_mark { PIM_MARK_PREFILL = 1, PIM_MARK_DECODE = 2, PIM_MARK_END = 4 };

/* ---- Commands ---- */
/* A group is a set of neighbouring banks of one die that share one piece of work: one bank for a slice of
 * matrix rows, n banks for an attention head. Group g lives on die g % dies and takes banks first_bank + (g /
 * dies) * banks_per_group ... + banks_per_group - 1 there. A slot is a bank counted in that order: slot =
 * bank * dies + die. A command addresses the first `groups` groups. */
enum pim_opcode {
  PIM_OP_NOP = 0,
  /* link */
  PIM_OP_SEND = 1,   /* Controller memory -> BRAM of the addressed banks */
  PIM_OP_GATHER = 2, /* BRAM of the addressed banks -> Controller memory */
  PIM_OP_FETCH = 3,  /* BMEM of one bank -> Controller memory (an embedding row) */
  /* bank */
  PIM_OP_MAC = 16,     /* weights in BMEM x vectors in BRAM -> results in BRAM */
  PIM_OP_SCORE = 17,   /* K cache x queries in BRAM -> scores in BRAM */
  PIM_OP_SOFTMAX = 18, /* scores -> probabilities, in place in BRAM */
  PIM_OP_PV = 19,      /* probabilities x V cache -> results in BRAM */
  PIM_OP_STORE = 20,   /* KV records in BRAM -> K and V cache in BMEM */
  /* Controller ALUs */
  PIM_OP_EMBED = 32,       /* table row of a token -> Q16 */
  PIM_OP_RMSNORM = 33,     /* Q16 -> activation records */
  PIM_OP_QUANT = 34,       /* Q16 -> activation records */
  PIM_OP_ROPE_Q = 35,      /* Q16 heads -> rotated query records */
  PIM_OP_ROPE_K = 36,      /* Q16 heads -> rotated KV records */
  PIM_OP_KV_V = 37,        /* Q16 heads -> KV records */
  PIM_OP_SILU_MUL = 38,    /* gate, up (Q16) -> activation records */
  PIM_OP_ADD = 39,         /* residual + y -> residual */
  PIM_OP_REDUCE = 40,      /* 64-bit partial sums -> Q16 */
  PIM_OP_ALU_SOFTMAX = 41, /* scores in segments -> probabilities in segments */
  PIM_OP_ARGMAX = 42,      /* logits -> token id */
  PIM_OP_SAMPLE = 43       /* logits -> token id, drawn */
};

/* What the bytes of a command are moved for; indexes statistics. */
enum pim_stream { PIM_STREAM_WEIGHTS = 0, PIM_STREAM_KV = 1, PIM_STREAM_COUNT = 2 };

enum pim_flag {
  PIM_FLAG_IRQ = 1,        /* raise PIM_IRQ_COMMAND when PIM_REG_QUEUE_DONE reaches this command */
  PIM_FLAG_RAW = 2,        /* MAC, PV: leave exact 64-bit sums instead of Q16 */
  PIM_FLAG_ACCUMULATE = 4, /* MAC: add to the 64-bit sums already there; the last tile without RAW rounds */
  PIM_FLAG_BROADCAST = 8,  /* SEND: slot s gets slice s % column_parts */
  PIM_FLAG_PER_BANK = 16 /* SEND, GATHER: bank i of group g has slice g * banks_per_group + i; else slice g */
};

/* The parts of a token's way through the chip; those of a layer in their order. */
enum pim_step {
  PIM_STEP_NONE = 0,
  PIM_STEP_EMBED = 1,
  PIM_STEP_QKV = 2,
  PIM_STEP_ATTENTION = 3,
  PIM_STEP_OUTPUT = 4,
  PIM_STEP_GATE_UP = 5,
  PIM_STEP_DOWN = 6,
  PIM_STEP_HEAD = 7,
  PIM_STEP_COUNT = 8
};

enum { PIM_MAX_WAITS = 6, PIM_COMMAND_BYTES = 128, PIM_NO_SEQUENCE = 0 };

/* Two-dimensional copy between Controller memory and BRAM. Slice i (of a column part, group or bank, by
 * flags) takes `rows` pieces of `row_bytes`, piece r at address + i * slice_stride + r * row_stride in
 * Controller memory and at bram + r * row_bytes in the bank. */
struct pim_copy {
  uint32_t address;
  uint32_t bram;
  uint32_t rows;
  uint32_t row_bytes;
  uint32_t row_stride;
  uint32_t slice_stride;
  uint32_t bmem; /* FETCH: offset in BMEM */
  uint32_t slot; /* FETCH: which bank */
};

/* MAC: rows [0, rows) of this bank's slice of one K tile. */
struct pim_mac {
  uint32_t bmem; /* offset of the tile: rows * row_bytes, row after row */
  uint32_t rows;
  uint32_t k;       /* weights of a row in this tile; a multiple of group */
  uint32_t vectors; /* activation records in BRAM, one after another */
  uint32_t bram_in;
  uint32_t bram_out; /* [vector][out_rows]: 4 bytes each, or 8 with RAW or while accumulating */
  uint32_t out_rows; /* row pitch of the output block */
  uint16_t group;
  uint8_t weight_bits;     /* 4; 16 in timing-only runs */
  uint8_t scale_bits;      /* 16, or 0 in timing-only runs */
  uint8_t zero_bits;       /* 0 or 4 */
  uint8_t activation_bits; /* 16 or 8 */
  int16_t weight_exponent; /* wexp of docs/numerics.md */
};

/* SCORE, SOFTMAX, PV: attention of the bank's head. Vector v is query head v % heads_per_group of token
 * v / heads_per_group of the tile and sees the first `length + v / heads_per_group` tokens of the sequence,
 * of which this bank holds those with index % banks_per_group == bank % banks_per_group. */
struct pim_attention {
  uint32_t bmem;     /* offset of this head's K (SCORE) or V (PV) region */
  uint32_t length;   /* tokens seen by the first token of the tile */
  uint32_t tokens;   /* tokens in the tile */
  uint32_t bram_in;  /* SCORE: query records; SOFTMAX: scores, then probabilities; PV: probabilities */
  uint32_t bram_out; /* SCORE: scores; PV: results [vector][head_dim], 4 bytes each, or 8 with RAW */
  uint32_t pitch;    /* between the rows of two vectors: int32 scores (SCORE, SOFTMAX), uint16 (PV) */
  uint16_t head_dim;
  uint8_t heads_per_group; /* query heads that share the KV head */
  uint8_t kv_bits;
  uint16_t multiplier;       /* am */
  uint16_t multiplier_shift; /* ae */
};

/* STORE: appends `tokens` KV records, from BRAM, K first then V ([token] records each), at token index
 * `first`. */
struct pim_store {
  uint32_t bmem_k;
  uint32_t bmem_v;
  uint32_t first;
  uint32_t tokens;
  uint32_t bram_in;
  uint16_t head_dim;
  uint8_t kv_bits;
  uint8_t reserved;
};

/* Controller ALU operation on `rows` rows. Which fields each opcode reads, and how: docs/commands.md. Strides
 * and addresses are bytes, counts are elements. */
struct pim_alu {
  uint32_t src;
  uint32_t src2; /* second operand: gain, up, y, frequencies, table, base exponents */
  uint32_t dst;
  uint32_t rows;
  uint32_t count;      /* elements of a row (REDUCE: of a row in one block) */
  uint32_t src_stride; /* between rows */
  uint32_t src2_stride;
  uint32_t dst_stride;
  uint32_t blocks;             /* ROPE_*, KV_V: KV heads; REDUCE: row slices or heads; ALU_SOFTMAX: groups */
  uint32_t dst_block_stride;   /* ROPE_*, KV_V */
  uint32_t segments;           /* REDUCE, ALU_SOFTMAX: parts of a row */
  uint32_t segment_stride;     /* between the segments of src; a block of src is segments * segment_stride */
  uint32_t dst_segment_stride; /* ALU_SOFTMAX: the same for dst */
  uint32_t part_count;         /* activation records: elements of a column part, zeros beyond count */
  uint32_t tile_count;         /* activation records: elements of a full K tile */
  uint32_t position;           /* ROPE_*: position of row 0; ALU_SOFTMAX: tokens seen by row 0 */
  uint32_t constant;           /* RMSNORM: eps32 */
  uint16_t head_dim;
  uint16_t group;
  int16_t exponent;        /* EMBED, REDUCE */
  uint8_t heads_per_group; /* query heads that share a KV head */
  uint8_t activation_bits;
  uint8_t kv_bits;
  uint8_t weight_bits; /* EMBED: format of the table's rows */
  uint8_t scale_bits;
  uint8_t zero_bits;
  uint32_t random;           /* SAMPLE: 32 random bits */
  uint32_t top_p;            /* SAMPLE: Q0.16, 1..65536 */
  uint16_t multiplier;       /* SAMPLE: log2(e) / temperature = multiplier * 2^(5 - multiplier_shift) */
  uint16_t multiplier_shift; /* SAMPLE: 0..62 */
};

struct pim_command {
  uint8_t opcode;                   /* enum pim_opcode */
  uint8_t flags;                    /* enum pim_flag */
  uint8_t stream;                   /* enum pim_stream */
  uint8_t waits;                    /* entries of wait_for */
  uint32_t wait_for[PIM_MAX_WAITS]; /* sequence numbers (1-based post count) that must be complete */
  uint16_t groups;
  uint8_t banks_per_group;
  uint8_t column_parts; /* 2-D mapping: slot s works on part s % column_parts of the input */
  uint8_t first_bank;   /* attention: where in each die the groups begin; a multiple of banks_per_group */
  /* What the command is for. Hardware ignores it; traces and profiles show it. */
  uint8_t step;  /* enum pim_step */
  uint8_t layer; /* modulo 256 */
  uint8_t tile;  /* which of the tiles in flight */
  union {
    struct pim_copy copy;
    struct pim_mac mac;
    struct pim_attention attention;
    struct pim_store store;
    struct pim_alu alu;
    uint32_t words[23];
  } body;
};

#ifdef __cplusplus
static_assert(sizeof(struct pim_command) == PIM_COMMAND_BYTES, "a command is one 128-byte descriptor");
#else
_Static_assert(sizeof(struct pim_command) == PIM_COMMAND_BYTES, "a command is one 128-byte descriptor");
#endif
#endif
