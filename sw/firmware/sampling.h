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

/* Makes an ALU command out of a new one: opcode, and when drawing its rule and the next random number. */
void pim_sampling_choose(struct pim_sampling* sampling, struct pim_command* command);

#endif
