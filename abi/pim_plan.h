/* The plan: describes to the firmware a model that is laid out on a chip. The packer writes it once into
 * Controller memory before the firmware starts; the firmware knows the model only through the plan. */
#ifndef PIM_PLAN_H
#define PIM_PLAN_H

#include <stdint.h>

enum {
  PIM_PLAN_MAGIC = 0x4E4C5050 /* "PPLN" */,
  PIM_PLAN_VERSION = 4,
  PIM_MAX_EOS = 4,
  PIM_MAX_IN_FLIGHT = 2
};

/* One matrix in the banks. Slot s holds rows [(s / column_parts) * rows, +rows) of part s % column_parts. */
struct pim_matrix {
  uint32_t bmem;       /* offset of the slice, the same in every bank: K tiles one after another */
  uint32_t rows;       /* rows of one slot (the last slots are padded with zero weights) */
  uint32_t total_rows; /* rows of the matrix */
  uint32_t k;          /* input elements of one column part; the last part may end in zero weights */
  uint32_t k_tile;     /* input elements of a K tile; the last tile may be shorter */
  uint16_t slots;      /* slots that hold anything */
  uint8_t column_parts;
  uint8_t weight_bits; /* weight_bits, zero_bits, sparsity: as in struct pim_mac */
  int16_t exponent;    /* wexp */
  uint8_t zero_bits;
  uint8_t sparsity;
};

struct pim_layer {
  uint32_t attention_gain; /* Controller memory: hidden x Q16 */
  uint32_t mlp_gain;
  struct pim_matrix qkv[3]; /* plan.qkv_matrices of them: fused q|k|v, or q, k, v */
  struct pim_matrix output;
  struct pim_matrix gate_up[2]; /* plan.gate_up_matrices of them: fused gate|up, or gate, up */
  struct pim_matrix down;
};

/* Working buffers in Controller memory of one token tile. Sized for its tokens. */
struct pim_buffers {
  uint32_t residual;      /* [token][hidden] Q16 */
  uint32_t activation;    /* activation records, [column part][K tile][token] */
  uint32_t qkv;           /* [token][qkv_pitch] Q16: q | k | v; each matrix padded to whole slots */
  uint32_t query;         /* [token][kv head] query records */
  uint32_t kv_records;    /* [kv head][K, V][token] KV records */
  uint32_t scores;        /* [group][bank of group][vector][pitch] int32 (n banks a head) */
  uint32_t probabilities; /* [group][bank of group][vector][pitch] uint16 */
  uint32_t attention;     /* [token][heads * head_dim] Q16 */
  uint32_t partial;       /* 64-bit partial sums: [slot][token][rows] (2-D mapping) or
                           * [group][bank of group][vector][head_dim] */
  uint32_t gate_up;       /* [token][gate_up_pitch] Q16: gate | up; each matrix padded to whole slots */
  uint32_t result;        /* [token][hidden, padded to whole slots] Q16 */
};

struct pim_range {
  uint32_t offset, bytes;
};

struct pim_plan {
  uint32_t magic, version;
  /* model */
  uint32_t layers, hidden, heads, kv_heads, head_dim, mlp, vocab;
  uint32_t context_limit; /* tokens the cache has room for */
  uint32_t eps32;         /* RMSNorm */
  uint16_t attention_multiplier, attention_shift;
  uint32_t eos_count, eos[PIM_MAX_EOS];
  /* chip */
  uint32_t dies, banks_per_die;
  /* formats; those of a matrix beside it */
  uint8_t scale_bits, activation_bits, kv_bits;
  uint8_t embedding_bits, embedding_scale_bits, embedding_zero_bits;
  /* Masks of attention: rows of blocks of PIM_MASK_TOKENS tokens that they have for each layer, 0: there are none;
   * bit 0 of mask_phases: for prefill, bit 1: for decode. Queries of later rows see everything. The table follows the
   * layer table: uint32_t [layer][row][(mask_rows + 31) / 32], bit c % 32 of word c / 32: block c is seen. */
  uint8_t mask_rows, mask_phases;
  uint32_t group;
  /* mapping */
  uint32_t qkv_matrices, gate_up_matrices;
  uint32_t banks_per_head;
  uint32_t heads_per_round; /* KV heads that the chip takes at once; head h is group h % heads_per_round */
  uint32_t kv_sets;         /* layers take turns with the banks: layer l is in set l % kv_sets, whose banks */
  uint32_t kv_set_banks;    /* begin at l % kv_sets * kv_set_banks of each die */
  uint32_t kv_bmem;         /* cache: region ((l / kv_sets * rounds + round) * 2 + is_v) of kv_region_bytes */
  uint32_t kv_region_bytes;
  /* schedule */
  uint32_t token_tile;      /* tokens of a prefill tile */
  uint32_t attention_tile;  /* tokens of a tile whose scores fit into BRAM at once at context_limit */
  uint32_t tiles_in_flight; /* 1..PIM_MAX_IN_FLIGHT prefill tiles interleaved */
  uint16_t overlap;         /* 0: every command waits for the one before */
  uint16_t fuse_residual_norm; /* 1: ADD_RMSNORM in place of ADD and RMSNORM */
  /* BRAM map, the same in every bank */
  struct pim_range bram_vector[2]; /* inputs, double buffered; the second follows the first */
  struct pim_range bram_result[2]; /* outputs, double buffered, or twice the same */
  struct pim_range bram_query, bram_score,
      bram_value; /* of attention: these three may overlap all of the above */
  uint32_t
      bram_input_bytes; /* most that one token's input may take at bram_vector[0], into the second buffer */
  uint32_t score_pitch; /* elements of a bank's score row at context_limit */
  /* Controller memory */
  uint32_t layer_table; /* struct pim_layer[layers] */
  uint32_t final_gain;
  uint32_t rope_frequencies; /* head_dim / 2 x uint32 turns per position, Q32 */
  uint32_t embedding;        /* table in Controller memory, 0: in the banks */
  uint32_t
      embedding_row_bytes; /* weight row (K = hidden, one tile) or, in Controller memory, the same format */
  uint32_t
      embedding_bmem; /* in the banks: id v is row v % embedding_rows of slot v / embedding_rows from here */
  uint32_t embedding_rows;
  int32_t embedding_exponent;
  uint32_t embedding_buffer; /* where FETCH puts [token] rows */
  struct pim_matrix head;
  uint32_t logits; /* [vocab, padded to head_pitch] Q16 */
  uint32_t token;  /* where ARGMAX or SAMPLE leaves the id; EMBED reads ids from here on */
  uint32_t qkv_pitch, gate_up_pitch, hidden_pitch, head_pitch; /* elements */
  struct pim_buffers buffers[PIM_MAX_IN_FLIGHT]; /* of prefill tiles: token_tile tokens */
  struct pim_buffers decode_buffers;             /* of a decode token */
  uint32_t ring, ring_size; /* command ring: address, capacity in commands */
  /* A decode step as a program and the notes of what in it depends on the context (sw/firmware/program.h); 0: its
   * commands are posted to the ring for each token. */
  uint32_t program, program_notes;
};

/* A job in the mailbox. GENERATE: prefill, then decode. MATRIX: multiplies plan.head by the prompt_tokens
 * vectors of plan.hidden elements at buffers[0].residual, one token tile at a time, and writes the results to
 * plan.logits ([vector][head_pitch]); MARK_DECODE marks the time at which the first tile's input is
 * quantised. Both end with MARK_END. */
enum pim_job_kind { PIM_JOB_GENERATE = 0, PIM_JOB_MATRIX = 1 };
struct pim_job {
  uint32_t kind;   /* enum pim_job_kind */
  uint32_t prompt; /* Controller memory: uint32 ids */
  uint32_t prompt_tokens;
  uint32_t generate; /* tokens to generate */
  uint32_t position; /* position of the first prompt token: cache before it is taken as filled */
  uint32_t ignore_eos;
  uint32_t
      emit_prompt_logits; /* post a token for every prompt position, not just the last: one LM head each */
  /* Sampling (docs/numerics.md): as in PIM_OP_SAMPLE; multiplier 0 takes the largest logit instead */
  uint16_t multiplier, multiplier_shift;
  uint32_t top_p;
  uint32_t seed[2]; /* low word first */
};

/* Errors that the firmware detects and returns. */
enum pim_error {
  PIM_OK = 0,
  PIM_ERROR_PLAN = 1,   /* magic or version */
  PIM_ERROR_JOB = 2,    /* no prompt, or nothing to generate */
  PIM_ERROR_CONTEXT = 3 /* prompt beyond the context */
};

#endif
