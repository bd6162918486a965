/* Records the latest use of each buffer, and derives from it which commands a new command must wait for.
 *
 * The command processor keeps order within a unit only (docs/commands.md). For each buffer and each unit that
 * can use it, the scoreboard stores the latest access that later commands may have to wait for. A unit works
 * in order, so its latest access implies that its earlier ones are complete. If the latest access does not
 * address all dies or banks of the previous one, its command also waits for the previous one. A command
 * therefore waits for at most one command of each unit, and a post takes the same time for any number of
 * commands in flight. Buffers may overlap in BRAM: a use checks all buffers that it overlaps, and is recorded
 * in its own buffer alone. */
#ifndef PIM_SCOREBOARD_H
#define PIM_SCOREBOARD_H

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"

/* The buffers in BRAM come first: these may overlap. */
enum pim_buffer {
  PIM_BUF_VECTOR_0,
  PIM_BUF_VECTOR_1,
  PIM_BUF_RESULT_0,
  PIM_BUF_RESULT_1,
  PIM_BUF_BANK_QUERY,
  PIM_BUF_BANK_SCORE,
  PIM_BUF_BANK_VALUE,
  PIM_BUF_IN_BRAM, /* end of the buffers in BRAM */
  PIM_BUF_LOGITS = PIM_BUF_IN_BRAM,
  PIM_BUF_TOKEN,
  PIM_BUF_EMBEDDING,
  PIM_BUF_TILE, /* first buffer of tile 0; its other buffers follow in this order, then those of tile 1 */
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
  PIM_FILL, /* writes a part that no other FILL has touched since the last READ or WRITE: FILLs do not wait
               for one another */
  PIM_WRITE,
  PIM_ACCESSES
};

struct pim_use {
  uint8_t buffer; /* enum pim_buffer */
  uint8_t access; /* enum pim_access */
};

/* Limit of buffers per command, each named once. The waits for them always fit into a descriptor. */
enum { PIM_MAX_USES = 3 };

/* The units that can use a buffer: links to the dies, links from the dies, and a computing unit. The
 * computing unit is the banks for a buffer in BRAM, the ALUs for a buffer in Controller memory. */
enum pim_unit { PIM_UNIT_DOWN, PIM_UNIT_UP, PIM_UNIT_COMPUTE, PIM_UNITS };

struct pim_buffer_state {
  /* Sequence number of the unit's latest command that an access of this kind must wait for. The fourth entry
   * is unused: it makes each row a power of two, so that addresses need shifts alone. */
  uint32_t before[PIM_ACCESSES][4];
  /* The dies or banks that the unit's latest command addresses. */
  uint32_t extent[4];
};

struct pim_scoreboard {
  uint32_t dies;
  /* For each buffer in BRAM, the buffers that it overlaps, itself first; null ends the list. */
  const struct pim_buffer_state* overlaps[PIM_BUF_IN_BRAM][PIM_BUF_IN_BRAM + 1];
  struct pim_buffer_state buffers[PIM_BUF_COUNT];
};

/* Returns the number of buffers that a buffer in BRAM overlaps, itself included. */
static inline uint32_t pim_scoreboard_overlaps(const struct pim_scoreboard* board, uint32_t buffer) {
  uint32_t count = 0;
  while (board->overlaps[buffer][count]) ++count;
  return count;
}

/* Clears the board: everything up to `done` is complete. */
void pim_scoreboard_reset(struct pim_scoreboard* board, const struct pim_plan* plan, uint32_t done);

/* Fills in the waits of `command`, which will be posted as `sequence` and uses these buffers, then records
 * the uses. Everything up to `done` is complete. */
void pim_scoreboard_enter(struct pim_scoreboard* board, struct pim_command* command, uint32_t sequence,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done);

/* Records a repetition of the command entered last: same unit, same banks, same buffers, perhaps other kinds
 * of access. It needs no waits, because that command waited for everything and the unit keeps order. */
void pim_scoreboard_repeat(struct pim_scoreboard* board, const struct pim_command* command, uint32_t sequence,
                           const struct pim_use* uses, uint32_t use_count);

#endif
