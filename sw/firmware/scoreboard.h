/* Who used which buffer last: from that, what a command has to wait for.
 *
 * The command processor keeps order within a unit only (docs/commands.md). The scoreboard keeps, for each
 * buffer, the accesses that a later command may have to wait for, and drops those that are complete or that
 * another entry stands for. Buffers may overlap in BRAM: a use looks at the lists of all buffers that it
 * overlaps, and is entered in its own.
 */
#ifndef PIM_SCOREBOARD_H
#define PIM_SCOREBOARD_H

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"
#include "sw/firmware/queue.h"

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
  PIM_WRITE
};

struct pim_use {
  uint8_t buffer; /* enum pim_buffer */
  uint8_t access; /* enum pim_access */
};

enum pim_unit { PIM_UNIT_NONE, PIM_UNIT_DOWN, PIM_UNIT_UP, PIM_UNIT_BANK, PIM_UNIT_ALU };

struct pim_entry {
  uint32_t sequence;
  uint8_t unit;
  uint8_t access;
  uint16_t reach;  /* dies (links) or banks of the fullest die (banks) it runs on: 0..reach-1 of each */
  uint16_t covers; /* the same of the emptiest die: all that is certainly covered */
};

enum { PIM_USES_KEPT = 6 };

struct pim_use_list {
  uint32_t count;
  struct pim_entry entries[PIM_USES_KEPT];
};

struct pim_scoreboard {
  uint32_t dies;
  uint8_t overlap[PIM_BUF_IN_BRAM]; /* bit b: overlaps buffer b */
  struct pim_use_list lists[PIM_BUF_COUNT];
};

enum { PIM_MOST_WAITS = 64 };
struct pim_waits {
  uint32_t count;
  struct pim_entry entries[PIM_MOST_WAITS];
};

void pim_scoreboard_reset(struct pim_scoreboard* board, const struct pim_plan* plan);

/* What `command` must wait for if it uses these buffers, each named once, given that everything up to `done`
 * is complete. */
void pim_scoreboard_waits(const struct pim_scoreboard* board, const struct pim_command* command,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done,
                          struct pim_waits* waits);

/* Enters the command under its sequence number, once its waits (of pim_scoreboard_waits) are in place. */
void pim_scoreboard_enter(struct pim_scoreboard* board, const struct pim_command* command, uint32_t sequence,
                          const struct pim_use* uses, uint32_t use_count, uint32_t done);

#endif
