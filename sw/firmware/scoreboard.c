#include "sw/firmware/scoreboard.h"

#include "abi/pim_layout.h"

static int ranges_overlap(struct pim_range a, struct pim_range b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

void pim_scoreboard_reset(struct pim_scoreboard* board, const struct pim_plan* plan, uint32_t done) {
  struct pim_range ranges[PIM_BUF_IN_BRAM];
  uint32_t a, b, access, unit;
  ranges[PIM_BUF_VECTOR_0] = plan->bram_vector[0];
  ranges[PIM_BUF_VECTOR_1] = plan->bram_vector[1];
  ranges[PIM_BUF_RESULT_0] = plan->bram_result[0];
  ranges[PIM_BUF_RESULT_1] = plan->bram_result[1];
  ranges[PIM_BUF_BANK_QUERY] = plan->bram_query;
  ranges[PIM_BUF_BANK_SCORE] = plan->bram_score;
  ranges[PIM_BUF_BANK_VALUE] = plan->bram_value;
  for (a = 0; a < PIM_BUF_IN_BRAM; ++a) {
    const struct pim_buffer_state** overlap = board->overlaps[a];
    *overlap++ = &board->buffers[a];
    for (b = 0; b < PIM_BUF_IN_BRAM; ++b)
      if (a != b && ranges_overlap(ranges[a], ranges[b])) *overlap++ = &board->buffers[b];
    *overlap = 0;
  }
  for (a = 0; a < PIM_BUF_COUNT; ++a) {
    struct pim_buffer_state* buffer = &board->buffers[a];
    for (unit = 0; unit < 4; ++unit) {
      for (access = 0; access < PIM_ACCESSES; ++access) buffer->before[access][unit] = done;
      buffer->extent[unit] = 0;
    }
  }
  board->dies = plan->dies;
}

static enum pim_unit unit_of(uint32_t opcode) {
  if (opcode >= PIM_OP_MAC) return PIM_UNIT_COMPUTE;
  return opcode == PIM_OP_SEND ? PIM_UNIT_DOWN : PIM_UNIT_UP;
}

/* Encodes the dies or banks that a command addresses in one word. Equal words mean equal dies or banks. */
enum { OF_ONE_DIE = 0x10000 }; /* plus the number of the die */
static uint32_t extent_of(const struct pim_scoreboard* board, const struct pim_command* command) {
  const uint32_t groups = command->groups;
  if (command->opcode >= PIM_OP_EMBED) return 0;
  if (command->opcode >= PIM_OP_MAC)
    return groups << 16 | (uint32_t)command->banks_per_group << 8 | command->first_bank;
  if (command->opcode == PIM_OP_FETCH) return OF_ONE_DIE + command->body.copy.slot % board->dies;
  return groups < board->dies ? groups : board->dies;
}

/* Returns the number of dies (links), or of banks in the die with most (banks), up to the last one that may
 * be addressed: 0 to reach - 1. */
static uint32_t reach_of(const struct pim_scoreboard* board, int of_banks, uint32_t extent) {
  if (!of_banks) return extent >= OF_ONE_DIE ? extent - OF_ONE_DIE + 1u : extent;
  return (extent & 0xFFu) + pim_ceil_div(extent >> 16, board->dies) * (extent >> 8 & 0xFFu);
}

/* Returns the number of dies, or of banks in the die with fewest, that are certainly all addressed. */
static uint32_t cover_of(const struct pim_scoreboard* board, int of_banks, uint32_t extent) {
  if (!of_banks) return extent >= OF_ONE_DIE ? 0u : extent;
  return extent & 0xFFu ? 0u : (extent >> 16) / board->dies * (extent >> 8 & 0xFFu);
}

static int is_later(uint32_t a, uint32_t b) {
  return (int32_t)(a - b) > 0;
}

static void wait_for(struct pim_command* command, uint32_t sequence) {
  command->wait_for[command->waits++] = sequence;
}

static inline uint32_t later(uint32_t a, uint32_t b) {
  return is_later(a, b) ? a : b;
}

/* The commands to wait for: the latest of each unit. */
struct waits {
  uint32_t down, up, banks, alus;
};

/* Adds the commands that a use of a buffer in BRAM must wait for. Accesses by the same unit need no wait: a
 * bank, and its die's link in each direction, have one queue each. The same holds for ALUs, but not for two
 * links that write Controller memory: they have no common order. */
static inline void look_at_bram(const struct pim_scoreboard* board, struct pim_use use, enum pim_unit unit,
                                struct waits* waits) {
  const struct pim_buffer_state* const* of = board->overlaps[use.buffer];
  uint32_t down = waits->down, up = waits->up, banks = waits->banks;
  if (unit == PIM_UNIT_COMPUTE) {
    for (; *of; ++of) {
      const uint32_t* before = (*of)->before[use.access];
      down = later(before[PIM_UNIT_DOWN], down);
      up = later(before[PIM_UNIT_UP], up);
    }
  } else {
    for (; *of; ++of) {
      const uint32_t* before = (*of)->before[use.access];
      if (unit == PIM_UNIT_DOWN)
        up = later(before[PIM_UNIT_UP], up);
      else
        down = later(before[PIM_UNIT_DOWN], down);
      banks = later(before[PIM_UNIT_COMPUTE], banks);
    }
  }
  waits->down = down;
  waits->up = up;
  waits->banks = banks;
}

static inline void look_at_memory(const struct pim_scoreboard* board, struct pim_use use, enum pim_unit unit,
                                  struct waits* waits) {
  const uint32_t* before = board->buffers[use.buffer].before[use.access];
  waits->down = later(before[PIM_UNIT_DOWN], waits->down);
  waits->up = later(before[PIM_UNIT_UP], waits->up);
  if (unit != PIM_UNIT_COMPUTE) waits->alus = later(before[PIM_UNIT_COMPUTE], waits->alus);
}

/* Makes the command wait for its unit's previous use of the buffer if it does not address all dies or banks
 * of that use. Afterwards it represents both. */
static void stand_for_last(const struct pim_scoreboard* board, struct pim_command* command,
                           const struct pim_buffer_state* state, enum pim_unit unit, uint32_t extent,
                           uint32_t done) {
  const int of_banks = unit == PIM_UNIT_COMPUTE;
  const uint32_t last = state->before[PIM_WRITE][unit];
  if (state->extent[unit] == extent || !is_later(last, done)) return;
  if (cover_of(board, of_banks, extent) >= reach_of(board, of_banks, state->extent[unit])) return;
  wait_for(command, last);
}

/* Records the access for later accesses that conflict with it. */
static inline void stamp(struct pim_buffer_state* state, uint32_t access, enum pim_unit unit,
                         uint32_t sequence) {
  if (access != PIM_READ) state->before[PIM_READ][unit] = sequence;
  if (access != PIM_FILL) state->before[PIM_FILL][unit] = sequence;
  state->before[PIM_WRITE][unit] = sequence;
}

/* Discards the accesses before a write: the write waits for all of them, so later commands only need to wait
 * for the write. */
static inline void forget(struct pim_buffer_state* state, uint32_t done) {
  uint32_t access;
  for (access = 0; access < PIM_ACCESSES; ++access)
    state->before[access][0] = state->before[access][1] = state->before[access][2] = done;
}

void pim_scoreboard_enter(struct pim_scoreboard* board, struct pim_command* command, uint32_t sequence,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done) {
  const enum pim_unit unit = unit_of(command->opcode);
  const uint32_t extent = extent_of(board, command);
  struct waits waits = {done, done, done, done};
  uint32_t u;
  for (u = 0; u < use_count; ++u) {
    struct pim_buffer_state* state = &board->buffers[uses[u].buffer];
    if (uses[u].buffer < PIM_BUF_IN_BRAM)
      look_at_bram(board, uses[u], unit, &waits);
    else
      look_at_memory(board, uses[u], unit, &waits);
    if (state->extent[unit] != extent) stand_for_last(board, command, state, unit, extent, done);
  }
  for (u = 0; u < use_count; ++u) {
    struct pim_buffer_state* state = &board->buffers[uses[u].buffer];
    if (uses[u].access == PIM_WRITE) forget(state, done);
    stamp(state, uses[u].access, unit, sequence);
    state->extent[unit] = extent;
  }
  if (waits.down != done) wait_for(command, waits.down);
  if (waits.up != done) wait_for(command, waits.up);
  if (waits.banks != done) wait_for(command, waits.banks);
  if (waits.alus != done) wait_for(command, waits.alus);
}

void pim_scoreboard_repeat(struct pim_scoreboard* board, const struct pim_command* command, uint32_t sequence,
                           const struct pim_use* uses, uint32_t use_count) {
  const enum pim_unit unit = unit_of(command->opcode);
  uint32_t u;
  for (u = 0; u < use_count; ++u) stamp(&board->buffers[uses[u].buffer], uses[u].access, unit, sequence);
}
