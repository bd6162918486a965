#include "sw/firmware/sampling.h"

uint32_t pim_sampling_random(struct pim_sampling* sampling) {
  uint64_t z = sampling->state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return (uint32_t)((z ^ z >> 31) >> 32);
}

void pim_sampling_begin(struct pim_sampling* sampling, const struct pim_job* job) {
  sampling->multiplier = job->multiplier;
  sampling->multiplier_shift = job->multiplier_shift;
  sampling->top_p = job->top_p;
  sampling->state = (uint64_t)job->seed[1] << 32 | job->seed[0];
}

enum pim_opcode pim_sampling_opcode(const struct pim_sampling* sampling) {
  return sampling->multiplier ? PIM_OP_SAMPLE : PIM_OP_ARGMAX;
}

void pim_sampling_rule(const struct pim_sampling* sampling, struct pim_alu* alu) {
  if (!sampling->multiplier) return;
  alu->multiplier = sampling->multiplier;
  alu->multiplier_shift = sampling->multiplier_shift;
  alu->top_p = sampling->top_p;
}
