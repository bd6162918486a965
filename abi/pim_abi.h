/* The interface of firmware, TLM model and RTL: registers, command descriptors, memory formats.
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
  PIM_REG_MARK = 0x30, /* firmware writes: enum pim_mark | index << 8; phase boundaries for statistics */
  PIM_REG_PROGRAM_BASE = 0x40,  /* RW: bus address of a program of commands */
  PIM_REG_PROGRAM_FIRST = 0x44, /* RW: number from which its commands count what they wait for: its first one's */
  PIM_REG_PROGRAM_RUN = 0x48    /* WO: doorbell; posts so many of its commands, as if they lay in the ring */
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
/* All commands, by the units that run them: COMMAND(name, opcode, which of PIM_BODIES describes it). Their
 * enumerators, their names in texts and the RTL's constants are generated from these lists. */
#define PIM_LINK_COMMANDS(COMMAND)                                                \
  COMMAND(SEND, 1, copy)   /* Controller memory -> BRAM of the addressed banks */ \
  COMMAND(GATHER, 2, copy) /* BRAM of the addressed banks -> Controller memory */ \
  COMMAND(FETCH, 3, copy)  /* BMEM of one bank -> Controller memory (an embedding row) */
#define PIM_BANK_COMMANDS(COMMAND)                                                           \
  COMMAND(MAC, 16, mac)           /* weights in BMEM x vectors in BRAM -> results in BRAM */ \
  COMMAND(SCORE, 17, attention)   /* K cache x queries in BRAM -> scores in BRAM */          \
  COMMAND(SOFTMAX, 18, attention) /* scores -> probabilities, in place in BRAM */            \
  COMMAND(PV, 19, attention)      /* probabilities x V cache -> results in BRAM */           \
  COMMAND(STORE, 20, store)       /* KV records in BRAM -> K and V cache in BMEM */          \
  COMMAND(FILL, 21, fill)         /* one word -> a span of BRAM */
#define PIM_ALU_COMMANDS(COMMAND)                                                     \
  COMMAND(EMBED, 32, alu)       /* table row of a token -> Q16 */                     \
  COMMAND(RMSNORM, 33, alu)     /* Q16 -> activation records */                       \
  COMMAND(QUANT, 34, alu)       /* Q16 -> activation records */                       \
  COMMAND(ROPE_Q, 35, alu)      /* Q16 heads -> rotated query records */              \
  COMMAND(ROPE_K, 36, alu)      /* Q16 heads -> rotated KV records */                 \
  COMMAND(KV_V, 37, alu)        /* Q16 heads -> KV records */                         \
  COMMAND(SILU_MUL, 38, alu)    /* gate, up (Q16) -> activation records */            \
  COMMAND(ADD, 39, alu)         /* residual + y -> residual */                        \
  COMMAND(REDUCE, 40, alu)      /* 64-bit partial sums -> Q16 */                      \
  COMMAND(ALU_SOFTMAX, 41, alu) /* scores in segments -> probabilities in segments */ \
  COMMAND(ARGMAX, 42, alu)      /* logits -> token id */                              \
  COMMAND(SAMPLE, 43, alu)      /* logits -> token id, drawn */                       \
  COMMAND(ADD_RMSNORM, 44, alu) /* residual + y -> residual, and activation records */

#define PIM_ENUMERATOR(name, opcode, body) PIM_OP_##name = opcode,
enum pim_opcode {
  PIM_OP_NOP = 0,
  PIM_LINK_COMMANDS(PIM_ENUMERATOR) PIM_BANK_COMMANDS(PIM_ENUMERATOR) PIM_ALU_COMMANDS(PIM_ENUMERATOR)
};
#undef PIM_ENUMERATOR

/* The purpose of the bytes that a command moves; index of statistics. */
enum pim_stream { PIM_STREAM_WEIGHTS = 0, PIM_STREAM_KV = 1, PIM_STREAM_COUNT = 2 };

enum pim_flag {
  PIM_FLAG_IRQ = 1,        /* raise PIM_IRQ_COMMAND when PIM_REG_QUEUE_DONE reaches this command */
  PIM_FLAG_RAW = 2,        /* MAC, PV: leave exact 64-bit sums instead of Q16 */
  PIM_FLAG_ACCUMULATE = 4, /* MAC: add to the 64-bit sums already there; the last tile without RAW rounds */
  PIM_FLAG_BROADCAST = 8,  /* SEND: slot s gets slice s % column_parts */
  PIM_FLAG_PER_BANK = 16, /* SEND, GATHER: bank i of group g has slice g * banks_per_group + i; else slice g */
  PIM_FLAG_MASKED = 32    /* SCORE, SOFTMAX, PV: the descriptor has a mask */
};

/* The steps of a token through the chip; those of a layer in their order. */
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

enum { PIM_MASK_TOKENS = 64, PIM_MASK_WORDS = 8 };
enum { PIM_MAX_WAITS = 6, PIM_COMMAND_BYTES = 128, PIM_NO_SEQUENCE = 0 };
/* Commands that may be posted and not complete: what the processor keeps the times of. */
enum { PIM_MAX_UNDER_WAY = 16384 };

/* Two-dimensional copy between Controller memory and BRAM. Slice i (of a column part, group or bank, by
 * flags) takes `rows` pieces of `row_bytes`, piece r at address + i * slice_stride + r * row_stride in
 * Controller memory and at bram + r * row_bytes in the bank. */
#define PIM_COPY_FIELDS(FIELD)                      \
  FIELD(uint32_t, address)                          \
  FIELD(uint32_t, bram)                             \
  FIELD(uint32_t, rows)                             \
  FIELD(uint32_t, row_bytes)                        \
  FIELD(uint32_t, row_stride)                       \
  FIELD(uint32_t, slice_stride)                     \
  FIELD(uint32_t, bmem) /* FETCH: offset in BMEM */ \
  FIELD(uint32_t, slot) /* FETCH: which bank */

/* MAC: rows [0, rows) of this bank's slice of one K tile. */
#define PIM_MAC_FIELDS(FIELD)                                                                           \
  FIELD(uint32_t, bmem) /* offset of the tile: rows * row_bytes, row after row */                       \
  FIELD(uint32_t, rows)                                                                                 \
  FIELD(uint32_t, k)       /* weights of a row in this tile; a multiple of group */                     \
  FIELD(uint32_t, vectors) /* activation records in BRAM, one after another */                          \
  FIELD(uint32_t, bram_in)                                                                              \
  FIELD(uint32_t, bram_out) /* [vector][out_rows]: 4 bytes each, or 8 with RAW or while accumulating */ \
  FIELD(uint32_t, out_rows) /* row pitch of the output block */                                         \
  FIELD(uint8_t, group)                                                                                 \
  FIELD(uint8_t, sparsity)        /* 0: dense; 8, 4, 2: kept of each PIM_SPARSE_BLOCK weights */        \
  FIELD(uint8_t, weight_bits)     /* 3, 4, 5 or 8; 16 in timing-only runs */                            \
  FIELD(uint8_t, scale_bits)      /* 16, or 0 in timing-only runs */                                    \
  FIELD(uint8_t, zero_bits)       /* 0, or 4 (8 with weights of more than 4 bits) */                    \
  FIELD(uint8_t, activation_bits) /* 16 or 8 */                                                         \
  FIELD(int16_t, weight_exponent) /* wexp of docs/numerics.md */

/* SCORE, SOFTMAX, PV: attention of the bank's head. Vector v is query head v % heads_per_group of token
 * v / heads_per_group of the tile and sees the first `length + v / heads_per_group` tokens of the sequence,
 * of which this bank holds those with index % banks_per_group == bank % banks_per_group. */
#define PIM_ATTENTION_FIELDS(FIELD)                                                                          \
  FIELD(uint32_t, bmem)     /* offset of this head's K (SCORE) or V (PV) region */                           \
  FIELD(uint32_t, length)   /* tokens seen by the first token of the tile */                                 \
  FIELD(uint32_t, tokens)   /* tokens in the tile */                                                         \
  FIELD(uint32_t, bram_in)  /* SCORE: query records; SOFTMAX: scores, replaced; PV: probabilities */         \
  FIELD(uint32_t, bram_out) /* SCORE: scores; PV: results [vector][head_dim], 4 bytes each, or 8 with RAW */ \
  FIELD(uint32_t, pitch) /* between the rows of two vectors: int32 scores (SCORE, SOFTMAX), uint16 (PV) */   \
  FIELD(uint16_t, head_dim)                                                                                  \
  FIELD(uint8_t, heads_per_group) /* query heads that share the KV head */                                   \
  FIELD(uint8_t, kv_bits)                                                                                    \
  FIELD(uint16_t, multiplier)       /* am */                                                                 \
  FIELD(uint16_t, multiplier_shift) /* ae */                                                                 \
  FIELD(uint32_t, mask_blocks) /* MASKED: blocks of PIM_MASK_TOKENS tokens that the mask speaks of */        \
  FIELD(uint32_t, mask0) /* bit b of mask w: the tokens of block 32 w + b are seen; those beyond are */      \
  FIELD(uint32_t, mask1)                                                                                     \
  FIELD(uint32_t, mask2)                                                                                     \
  FIELD(uint32_t, mask3)                                                                                     \
  FIELD(uint32_t, mask4)                                                                                     \
  FIELD(uint32_t, mask5)                                                                                     \
  FIELD(uint32_t, mask6)                                                                                     \
  FIELD(uint32_t, mask7)

/* STORE: appends `tokens` KV records, from BRAM, K first then V ([token] records each), at token index
 * `first`. */
#define PIM_STORE_FIELDS(FIELD) \
  FIELD(uint32_t, bmem_k)       \
  FIELD(uint32_t, bmem_v)       \
  FIELD(uint32_t, first)        \
  FIELD(uint32_t, tokens)       \
  FIELD(uint32_t, bram_in)      \
  FIELD(uint16_t, head_dim)     \
  FIELD(uint8_t, kv_bits)       \
  FIELD(uint8_t, reserved)

/* FILL: clears accumulators, or presets them, without a byte over the link. */
#define PIM_FILL_FIELDS(FIELD) \
  FIELD(uint32_t, bram)        \
  FIELD(uint32_t, words)       \
  FIELD(uint32_t, value) /* of each word */

/* Controller ALU operation on `rows` rows. Which fields each opcode reads, and how: docs/commands.md. Strides
 * and addresses are bytes, counts are elements. */
#define PIM_ALU_FIELDS(FIELD)                                                                             \
  FIELD(uint32_t, src)                                                                                    \
  FIELD(uint32_t, src2) /* second operand: gain, up, y, frequencies, table, base exponents */             \
  FIELD(uint32_t, dst)                                                                                    \
  FIELD(uint32_t, rows)                                                                                   \
  FIELD(uint32_t, count)      /* elements of a row (REDUCE: of a row in one block) */                     \
  FIELD(uint32_t, src_stride) /* between rows */                                                          \
  FIELD(uint32_t, src2_stride)                                                                            \
  FIELD(uint32_t, dst_stride)                                                                             \
  FIELD(uint32_t, blocks) /* ROPE_*, KV_V: KV heads; REDUCE: row slices or heads; ALU_SOFTMAX: groups */  \
  FIELD(uint32_t, dst_block_stride)   /* ROPE_*, KV_V */                                                  \
  FIELD(uint32_t, segments)           /* REDUCE, ALU_SOFTMAX: parts of a row */                           \
  FIELD(uint32_t, segment_stride)     /* of src; a block of src is segments * segment_stride */           \
  FIELD(uint32_t, dst_segment_stride) /* ALU_SOFTMAX: the same for dst */                                 \
  FIELD(uint32_t, part_count) /* activation records: elements of a column part, zeros beyond count */     \
  FIELD(uint32_t, tile_count) /* activation records: elements of a full K tile */                         \
  FIELD(uint32_t, position)   /* ROPE_*: position of row 0; ALU_SOFTMAX: tokens seen by row 0 */          \
  FIELD(uint32_t, constant)   /* RMSNORM, ADD_RMSNORM: eps32 */                                           \
  FIELD(uint16_t, head_dim)                                                                               \
  FIELD(uint16_t, group)                                                                                  \
  FIELD(int16_t, exponent)        /* EMBED, REDUCE */                                                     \
  FIELD(uint8_t, heads_per_group) /* query heads that share a KV head */                                  \
  FIELD(uint8_t, activation_bits)                                                                         \
  FIELD(uint8_t, kv_bits)                                                                                 \
  FIELD(uint8_t, weight_bits) /* EMBED: format of the table's rows */                                     \
  FIELD(uint8_t, scale_bits)                                                                              \
  FIELD(uint8_t, zero_bits)                                                                               \
  FIELD(uint32_t, src3)       /* third operand: ADD_RMSNORM: gain; SAMPLE: 32 random bits themselves */   \
  FIELD(uint32_t, top_p)      /* SAMPLE: Q0.16, 1..65536 */                                               \
  FIELD(uint16_t, multiplier) /* SAMPLE: log2(e) / temperature = multiplier * 2^(5 - multiplier_shift) */ \
  FIELD(uint16_t, multiplier_shift) /* SAMPLE: 0..62 */

/* All bodies; structures, texts of descriptors and the RTL's constants are generated from their fields. */
#define PIM_BODIES(BODY)     \
  BODY(copy, COPY)           \
  BODY(mac, MAC)             \
  BODY(attention, ATTENTION) \
  BODY(store, STORE)         \
  BODY(fill, FILL)           \
  BODY(alu, ALU)

#define PIM_MEMBER(type, name) type name;
#define PIM_STRUCT(name, NAME)      \
  struct pim_##name {               \
    PIM_##NAME##_FIELDS(PIM_MEMBER) \
  };
PIM_BODIES(PIM_STRUCT)
#undef PIM_STRUCT
#undef PIM_MEMBER

#define PIM_BODY(name, NAME) struct pim_##name name;
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
  /* The purpose of the command. Hardware ignores it; traces and profiles show it. */
  uint8_t step;  /* enum pim_step */
  uint8_t layer; /* modulo 256 */
  uint8_t tile;  /* which of the tiles in flight */
  union {
    PIM_BODIES(PIM_BODY)
    uint32_t words[23];
  } body;
};
#undef PIM_BODY

#ifdef __cplusplus
static_assert(sizeof(struct pim_command) == PIM_COMMAND_BYTES, "a command is one 128-byte descriptor");
#else
_Static_assert(sizeof(struct pim_command) == PIM_COMMAND_BYTES, "a command is one 128-byte descriptor");
#endif
#endif
