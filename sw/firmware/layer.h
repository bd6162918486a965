/* The stages of a forward pass. Each posts the commands of one tile and returns. The scoreboard keeps the
 * commands in the necessary order. */
#ifndef PIM_LAYER_H
#define PIM_LAYER_H

#include "sw/firmware/machine.h"

/* Sets bmem and slot of a FETCH to the row of a token in the embedding table of the banks. */
void pim_embedding_row(const struct pim_plan* plan, uint32_t id, struct pim_copy* copy);

/* Reads the embeddings of the tile's token ids into its residual buffer. */
void pim_stage_embed(struct pim_machine* machine, const struct pim_tile* tile);

/* The stages of one layer, in this order; `machine->layer` is the layer. */
typedef void (*pim_stage)(struct pim_machine* machine, const struct pim_tile* tile);
enum { PIM_STAGES = 5 };
extern const pim_stage pim_layer_stages[PIM_STAGES];

/* Completes the residual after the last layer. With ADD_RMSNORM the head does so, for the token's row alone.
 */
void pim_stage_last(struct pim_machine* machine, const struct pim_tile* tile);

/* Computes logits from the residual of one token of the tile, at most once per token, and writes the id
 * chosen to plan.token. Returns the sequence number of the last command, which interrupts. */
uint32_t pim_stage_head(struct pim_machine* machine, const struct pim_tile* tile, uint32_t token);

#endif
