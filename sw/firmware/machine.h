/* State of the firmware, and the functions that post its commands. */
#ifndef PIM_MACHINE_H
#define PIM_MACHINE_H

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "abi/pim_plan.h"
#include "sw/firmware/queue.h"
#include "sw/firmware/sampling.h"
#include "sw/firmware/scoreboard.h"

/* Tokens that pass through the layers together, and the buffers that they use. */
struct pim_tile {
  uint32_t index;    /* number of the tile's buffers: 0..tiles_in_flight-1 */
  uint32_t decoding; /* 1: a single decode token with its own buffers; no other tile is in flight */
  uint32_t tokens;
  uint32_t position; /* of the first token, in the sequence */
  uint32_t ids;      /* address in Controller memory: the tokens' uint32 ids */
};

/* Layout of the input records of a matrix step, in Controller memory and in BRAM: [column part][K
 * tile][token]. The matrices of a step share their input. The layout is stored because its sizes take
 * divisions. */
struct pim_input {
  uint32_t k, k_tile, tokens; /* key of the stored layout, with the format of the weights */
  uint8_t weight_bits, zero_bits, sparsity;
  uint32_t tiles;
  uint32_t tile_bytes;     /* bytes of a full K tile, all tokens */
  uint32_t last_bytes;     /* bytes of the last K tile, all tokens */
  uint32_t part_bytes;     /* bytes of all K tiles, all tokens */
  uint32_t last_k;         /* elements of the last K tile */
  uint32_t first_exponent; /* offset of the base exponent in a record of the first tile */
  uint32_t first_record_bytes;
  uint32_t weight_row_bytes; /* bytes per weight row of a full K tile */
};

/* Sizes for attention that follow from the plan, computed once per job. */
struct pim_heads {
  uint32_t per_group;               /* query heads that share a KV head */
  uint32_t rounds;                  /* passes in which the chip serves all KV heads */
  uint32_t kv_record, query_record; /* bytes */
  uint32_t stored_at_once;          /* tokens whose KV records fit into BRAM together */
};

/* Values of words of a decode step that depend on its context. */
enum pim_quantity {
  PIM_POSITION,
  PIM_LENGTH,      /* tokens that the token sees, itself included */
  PIM_PITCH,       /* elements of a bank's score row */
  PIM_PITCH_2,     /* 2 * pitch: bytes of a row of 16-bit probabilities; also its elements, where it replaces
                      32-bit scores */
  PIM_PITCH_4,     /* 4 * pitch: bytes of a row of scores */
  PIM_SCORE_BYTES, /* all score rows of a bank */
  PIM_PROBABILITY_BYTES, /* all rows of probabilities of a bank */
  PIM_QUANTITIES,
  /* These depend on the previous token: bmem of the FETCH of its row, with slot behind it; the random number.
   */
  PIM_ROW,
  PIM_RANDOM
};

/* The recorded decode step: program.h. */
struct pim_program {
  uint32_t commands;    /* 0: no program is recorded */
  uint32_t position;    /* of the token for which it was recorded */
  uint32_t notes_end;   /* address */
  uint32_t open;        /* the note that pim_program_close completes */
  uint32_t row, random; /* addresses of the words PIM_ROW and PIM_RANDOM; 0: there are none */
};

struct pim_machine {
  const struct pim_hal* hal;
  uint32_t registers;
  struct pim_plan plan;
  struct pim_layer layer; /* the layer being posted */
  uint32_t layer_index;
  uint8_t step; /* enum pim_step; with layer_index and tile it labels commands */
  uint8_t tile;
  struct pim_queue queue;
  struct pim_scoreboard board;
  uint32_t vector_turn, result_turn; /* which of the two BRAM buffers is used next */
  struct pim_sampling sampling;
  struct pim_heads heads;
  struct pim_input inputs[PIM_STEP_COUNT];
  union { /* the command that is being filled in */
    struct pim_command command;
    uint32_t words[PIM_COMMAND_BYTES / 4 + 4]; /* allows clearing four words at a time */
  } draft;
  uint32_t draft_bytes; /* of its descriptor: the head and the body that its opcode has */
  struct pim_program program;
};

/* Reads the plan and prepares the machine for a job. The caller has set hal and registers. */
enum pim_error pim_begin_job(struct pim_machine* machine, uint32_t plan, const struct pim_job* job);

static inline const struct pim_buffers* pim_tile_buffers(const struct pim_machine* machine,
                                                         const struct pim_tile* tile) {
  return tile->decoding ? &machine->plan.decode_buffers : &machine->plan.buffers[tile->index];
}

/* Describes the use of one buffer of the tile; `buffer` is the enum pim_buffer of tile 0. */
static inline struct pim_use pim_tile_use(const struct pim_tile* tile, enum pim_buffer buffer,
                                          enum pim_access access) {
  struct pim_use use;
  use.buffer = (uint8_t)((uint32_t)buffer + tile->index * PIM_BUFS_PER_TILE);
  use.access = (uint8_t)access;
  return use;
}

static inline struct pim_use pim_buffer_use(enum pim_buffer buffer, enum pim_access access) {
  struct pim_use use;
  use.buffer = (uint8_t)buffer;
  use.access = (uint8_t)access;
  return use;
}

/* Labels the commands that follow with this step of the tile. */
static inline void pim_begin_step(struct pim_machine* machine, enum pim_step step,
                                  const struct pim_tile* tile) {
  machine->step = (uint8_t)step;
  machine->tile = (uint8_t)tile->index;
}

/* Begins a command: fills in its head and clears its body. The command stays valid until the next one begins;
 * the caller may change fields and post it again. */
struct pim_command* pim_new_command(struct pim_machine* machine, enum pim_opcode opcode,
                                    enum pim_stream stream, uint32_t groups, uint32_t banks_per_group,
                                    uint32_t column_parts);

/* Adds the waits to the current command and posts it; returns its sequence number. With plan.overlap = 0 the
 * command waits for the previous command instead. `uses` has at most PIM_MAX_USES entries. */
uint32_t pim_post(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count);

/* Posts the last posted command again with changed fields. Unit, banks and buffers must be the same. */
uint32_t pim_post_again(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count);

/* Notes that `word` of the command begun last has this value, which depends on the context. Call it before
 * the post. No effect while nothing is recorded. */
void pim_program_note(struct pim_machine* machine, const uint32_t* word, enum pim_quantity quantity);
static inline void pim_note(struct pim_machine* machine, const uint32_t* word, enum pim_quantity quantity) {
  if (pim_queue_is_recording(&machine->queue)) pim_program_note(machine, word, quantity);
}

/* Returns whether attention has masks in prefill (decoding 0) or in decode (1). */
static inline int pim_is_masked(const struct pim_plan* plan, uint32_t decoding) {
  return plan->mask_rows && plan->mask_phases >> decoding & 1;
}

/* Selects the next of two double buffers and returns its number. */
static inline uint32_t pim_next_vector(struct pim_machine* machine) {
  return machine->vector_turn ^= 1u;
}
static inline uint32_t pim_next_result(struct pim_machine* machine) {
  return machine->result_turn ^= 1u;
}

#endif
