/* Chooses the tokens of a job: the largest logit, or a random draw (docs/numerics.md, "Sampling"). */
#ifndef PIM_SAMPLING_H
#define PIM_SAMPLING_H

#include "abi/pim_abi.h"
#include "abi/pim_plan.h"

struct pim_sampling {
  uint16_t multiplier, multiplier_shift; /* multiplier 0: take the largest logit */
  uint32_t top_p;
  uint64_t state; /* of the random generator */
};

void pim_sampling_begin(struct pim_sampling* sampling, const struct pim_job* job);

/* Returns the ALU command that chooses the token. */
enum pim_opcode pim_sampling_opcode(const struct pim_sampling* sampling);

/* Fills in its rule, when drawing. */
void pim_sampling_rule(const struct pim_sampling* sampling, struct pim_alu* alu);

/* The next random number. */
uint32_t pim_sampling_random(struct pim_sampling* sampling);

#endif
