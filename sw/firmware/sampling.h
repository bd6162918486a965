/* How the tokens of a job are chosen: the largest logit, or a draw (docs/numerics.md, "Sampling"). */
#ifndef PIM_SAMPLING_H
#define PIM_SAMPLING_H

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"

struct pim_sampling {
  uint16_t multiplier, multiplier_shift; /* multiplier 0: the largest logit */
  uint32_t top_p;
  uint64_t state; /* of the generator */
};

void pim_sampling_begin(struct pim_sampling* sampling, const struct pim_job* job);

/* The ALU command that chooses. */
enum pim_opcode pim_sampling_opcode(const struct pim_sampling* sampling);

/* Fills in its rule and the next random number, when drawing. */
void pim_sampling_draw(struct pim_sampling* sampling, struct pim_alu* alu);

#endif
