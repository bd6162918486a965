/* Who used which buffer last: from that, what a command has to wait for.
 *
 * The command processor keeps order within a unit only (docs/commands.md). For each buffer and each unit that
 * can touch it, the scoreboard keeps the latest access that later ones may have to wait for. Units work in
 * order, so the latest stands for those before it; where it does not address all dies or banks of the one
 * before, it waits for that one. A command therefore names at most one command of each unit, and a post takes
 * the same time however many commands are under way. Buffers may overlap in BRAM: a use looks at all buffers
 * that it overlaps, and is entered in its own.
 */
#ifndef PIM_SCOREBOARD_H
#define PIM_SCOREBOARD_H

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"

/* Buffers in BRAM first: those may overlap. */
enum pim_buffer {
  PIM_BUF_VECTOR_0,
  PIM_BUF_VECTOR_1,
  PIM_BUF_RESULT_0,
  PIM_BUF_RESULT_1,
  PIM_BUF_BANK_QUERY,
  PIM_BUF_BANK_SCORE,
  PIM_BUF_BANK_VALUE,
  PIM_BUF_IN_BRAM, /* end of the above */
  PIM_BUF_LOGITS = PIM_BUF_IN_BRAM,
  PIM_BUF_TOKEN,
  PIM_BUF_EMBEDDING,
  PIM_BUF_TILE, /* first buffer of tile 0; the others follow in this order, then those of tile 1 */
  PIM_BUF_RESIDUAL = PIM_BUF_TILE,
  PIM_BUF_ACTIVATION,
  PIM_BUF_QKV,
  PIM_BUF_QUERY,
  PIM_BUF_KV_RECORDS,
  PIM_BUF_SCORES,
  PIM_BUF_PROBABILITIES,
  PIM_BUF_ATTENTION,
  PIM_BUF_PARTIAL,
  PIM_BUF_GATE_UP,
  PIM_BUF_RESULT,
  PIM_BUF_TILE_END,
  PIM_BUFS_PER_TILE = PIM_BUF_TILE_END - PIM_BUF_TILE,
  PIM_BUF_COUNT = PIM_BUF_TILE + PIM_MAX_IN_FLIGHT * PIM_BUFS_PER_TILE
};

enum pim_access {
  PIM_READ,
  PIM_FILL, /* writes a part that no other FILL since the last READ or WRITE touches: FILLs need not wait for
               one another */
  PIM_WRITE,
  PIM_ACCESSES
};

struct pim_use {
  uint8_t buffer; /* enum pim_buffer */
  uint8_t access; /* enum pim_access */
};

/* A command uses at most so many buffers, each named once: what it waits for then always fits into its
 * descriptor. */
enum { PIM_MAX_USES = 3 };

/* The units that can touch a buffer: links to the dies and from them; and banks, of one in BRAM, or ALUs, of
 * one in Controller memory. */
enum pim_unit { PIM_UNIT_DOWN, PIM_UNIT_UP, PIM_UNIT_COMPUTE, PIM_UNITS };

struct pim_buffer_state {
  /* Sequence number of the unit's latest command that an access of this kind must not overtake. The fourth of
   * each four is not used: addresses are shifts. */
  uint32_t before[PIM_ACCESSES][4];
  /* Which dies or banks the unit's latest command addresses. */
  uint32_t extent[4];
};

struct pim_scoreboard {
  uint32_t dies;
  /* Of each buffer in BRAM the buffers that it overlaps, itself first; null ends them. */
  const struct pim_buffer_state* overlaps[PIM_BUF_IN_BRAM][PIM_BUF_IN_BRAM + 1];
  struct pim_buffer_state buffers[PIM_BUF_COUNT];
};

/* How many buffers one in BRAM overlaps, itself included. */
static inline uint32_t pim_scoreboard_overlaps(const struct pim_scoreboard* board, uint32_t buffer) {
  uint32_t count = 0;
  while (board->overlaps[buffer][count]) ++count;
  return count;
}

/* Everything up to `done` is complete. */
void pim_scoreboard_reset(struct pim_scoreboard* board, const struct pim_plan* plan, uint32_t done);

/* Fills in what `command`, which will be posted as `sequence`, must wait for if it uses these buffers, given
 * that everything up to `done` is complete; and enters it. */
void pim_scoreboard_enter(struct pim_scoreboard* board, struct pim_command* command, uint32_t sequence,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done);

/* Enters a command that is the last entered once more, but for what it makes of the buffers: same unit, same
 * banks, same uses. It has nothing to wait for, since that one waited for all and the unit keeps their order.
 */
void pim_scoreboard_repeat(struct pim_scoreboard* board, const struct pim_command* command, uint32_t sequence,
                           const struct pim_use* uses, uint32_t use_count);

#endif
