/* Stores KV records and computes attention for a tile in the current layer. */
#ifndef PIM_ATTENTION_H
#define PIM_ATTENTION_H

#include "sw/firmware/machine.h"

/* Sends the tile's KV records to the banks of their heads, which append them to the cache. */
void pim_store_kv(struct pim_machine* machine, const struct pim_tile* tile);

/* Computes scores, softmax and P x V for the tile's query records. Writes the tile's attention buffer. */
void pim_run_attention(struct pim_machine* machine, const struct pim_tile* tile);

/* What the commands of a decode token at `position` depend on, by enum pim_quantity. */
void pim_context_quantities(const struct pim_machine* machine, uint32_t position, uint32_t* values);

#endif
