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
};

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

/* A command of which only the head is filled in. */
struct pim_command pim_new_command(enum pim_opcode opcode, enum pim_stream stream, uint32_t groups,
                                   uint32_t banks_per_group, uint32_t column_parts);

/* Commands posted from now on belong to this step of the tile. */
static inline void pim_begin_step(struct pim_machine* machine, enum pim_step step,
                                  const struct pim_tile* tile) {
  machine->step = (uint8_t)step;
  machine->tile = (uint8_t)tile->index;
}

/* Completes the command with its waits and label and posts it; returns its sequence number. With plan.overlap
 * = 0 it waits for the command before it instead. */
uint32_t pim_post(struct pim_machine* machine, struct pim_command* command, const struct pim_use* uses,
                  uint32_t use_count);

/* Turns between the double buffers: which one to use now. */
static inline uint32_t pim_next_vector(struct pim_machine* machine) {
  return machine->vector_turn ^= 1u;
}
static inline uint32_t pim_next_result(struct pim_machine* machine) {
  return machine->result_turn ^= 1u;
}

#endif
