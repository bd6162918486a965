/* State of the firmware, and the one way in which it posts commands. */
#ifndef PIM_MACHINE_H
#define PIM_MACHINE_H

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "abi/pim_plan.h"
#include "sw/firmware/queue.h"
#include "sw/firmware/sampling.h"
#include "sw/firmware/scoreboard.h"

/* Some tokens on their way through the layers, and the buffers they use. */
struct pim_tile {
  uint32_t index;    /* which buffers: 0..tiles_in_flight-1 */
  uint32_t decoding; /* 1: a decode token, with buffers of its own; it runs when no tile does */
  uint32_t tokens;
  uint32_t position; /* of the first token */
  uint32_t ids;      /* Controller memory: uint32 ids of the tokens */
};

/* How the records of a step's input lie, in Controller memory and in BRAM: [column part][K tile][token]. The
 * matrices of a step share their input. Kept, since its sizes take divisions. */
struct pim_input {
  uint32_t k, k_tile, tokens; /* what it was worked out for, with the format of the weights */
  uint8_t weight_bits, zero_bits, sparsity;
  uint32_t tiles;
  uint32_t tile_bytes;     /* a full K tile of all tokens */
  uint32_t last_bytes;     /* the last one */
  uint32_t part_bytes;     /* all of them */
  uint32_t last_k;         /* elements of the last K tile */
  uint32_t first_exponent; /* offset of the base exponent in a record of the first tile */
  uint32_t first_record_bytes;
  uint32_t weight_row_bytes; /* of a full K tile */
};

/* What attention needs of the plan, worked out once. */
struct pim_heads {
  uint32_t per_group;               /* query heads that share a KV head */
  uint32_t rounds;                  /* in which the chip takes all KV heads */
  uint32_t kv_record, query_record; /* bytes */
  uint32_t stored_at_once;          /* tokens whose KV records BRAM has room for */
};

struct pim_machine {
  const struct pim_hal* hal;
  uint32_t registers;
  struct pim_plan plan;
  struct pim_layer layer; /* the layer being posted */
  uint32_t layer_index;
  uint8_t step; /* enum pim_step: with layer_index and tile what commands are labelled with */
  uint8_t tile;
  struct pim_queue queue;
  struct pim_scoreboard board;
  uint32_t vector_turn, result_turn; /* which of the two BRAM buffers comes next */
  struct pim_sampling sampling;
  struct pim_heads heads;
  struct pim_input inputs[PIM_STEP_COUNT];
  union { /* the command that is being filled in */
    struct pim_command command;
    uint32_t words[PIM_COMMAND_BYTES / 4 + 4]; /* cleared four at a time */
  } draft;
  uint32_t draft_bytes; /* of its descriptor: the head and the body that its opcode has */
};

/* Reads the plan and takes the machine to the begin of a job. The caller has set hal and registers. */
enum pim_error pim_begin_job(struct pim_machine* machine, uint32_t plan, const struct pim_job* job);

static inline const struct pim_buffers* pim_tile_buffers(const struct pim_machine* machine,
                                                         const struct pim_tile* tile) {
  return tile->decoding ? &machine->plan.decode_buffers : &machine->plan.buffers[tile->index];
}

/* Names a use of one of the tile's buffers (enum pim_buffer as of tile 0). */
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

/* Commands begun from now on belong to this step of the tile. */
static inline void pim_begin_step(struct pim_machine* machine, enum pim_step step,
                                  const struct pim_tile* tile) {
  machine->step = (uint8_t)step;
  machine->tile = (uint8_t)tile->index;
}

/* Begins a command: its head is filled in, its body zero. It lasts until the next one is begun; fields may be
 * changed and the same command posted again. */
struct pim_command* pim_new_command(struct pim_machine* machine, enum pim_opcode opcode,
                                    enum pim_stream stream, uint32_t groups, uint32_t banks_per_group,
                                    uint32_t column_parts);

/* Completes the command begun last with its waits and posts it; returns its sequence number. With
 * plan.overlap = 0 it waits for the command before it instead. At most PIM_MAX_USES uses. */
uint32_t pim_post(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count);

/* Posts the command posted last once more, with other fields, to the same unit, banks and buffers. */
uint32_t pim_post_again(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count);

/* Turns between the double buffers: which one to use now. */
static inline uint32_t pim_next_vector(struct pim_machine* machine) {
  return machine->vector_turn ^= 1u;
}
static inline uint32_t pim_next_result(struct pim_machine* machine) {
  return machine->result_turn ^= 1u;
}

#endif
