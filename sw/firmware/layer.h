/* The stages of a forward pass. Each posts the commands of one tile and returns; their order is the
 * scoreboard's. */
#ifndef PIM_LAYER_H
#define PIM_LAYER_H

#include "sw/firmware/machine.h"

/* Ids of the tile's tokens -> residual. */
void pim_stage_embed(struct pim_machine* machine, const struct pim_tile* tile);

/* One layer is these in turn; `machine->layer` is the layer. */
typedef void (*pim_stage)(struct pim_machine* machine, const struct pim_tile* tile);
enum { PIM_STAGES = 5 };
extern const pim_stage pim_layer_stages[PIM_STAGES];

/* After the last layer: completes the residual. */
void pim_stage_last(struct pim_machine* machine, const struct pim_tile* tile);

/* Residual of one token of the tile -> logits -> id at plan.token. Returns the sequence number of the last
 * command, which interrupts. */
uint32_t pim_stage_head(struct pim_machine* machine, const struct pim_tile* tile, uint32_t token);

#endif
