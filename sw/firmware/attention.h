/* KV append and attention of a tile in the current layer. */
#ifndef PIM_ATTENTION_H
#define PIM_ATTENTION_H

#include "sw/firmware/machine.h"

/* Sends the tile's KV records to the banks of their heads and stores them. */
void pim_store_kv(struct pim_machine* machine, const struct pim_tile* tile);

/* Scores, softmax and P x V of the tile's query records; the result is the tile's attention buffer. */
void pim_run_attention(struct pim_machine* machine, const struct pim_tile* tile);

#endif
