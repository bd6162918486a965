#include "sw/firmware/machine.h"

#include <stddef.h>

static void begin_heads(struct pim_machine* machine) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_heads* heads = &machine->heads;
  heads->per_group = plan->kv_heads ? plan->heads / plan->kv_heads : 0;
  heads->rounds = plan->kv_heads ? pim_ceil_div(plan->kv_heads, plan->heads_per_round) : 0;
  heads->kv_record = pim_kv_record_bytes(plan->head_dim, plan->kv_bits);
  heads->query_record = pim_query_record_bytes(heads->per_group, plan->head_dim);
  heads->stored_at_once = plan->bram_vector[0].bytes / (2u * heads->kv_record);
}

enum pim_error pim_begin_job(struct pim_machine* machine, uint32_t plan_address, const struct pim_job* job) {
  struct pim_plan* plan = &machine->plan;
  uint32_t i;
  machine->hal->read_block(machine->hal->context, plan_address, plan, sizeof *plan);
  if (plan->magic != PIM_PLAN_MAGIC || plan->version != PIM_PLAN_VERSION) return PIM_ERROR_PLAN;
  pim_queue_open(&machine->queue, machine->hal, machine->registers, plan->ring, plan->ring_size);
  pim_scoreboard_reset(&machine->board, plan, machine->queue.done);
  machine->layer_index = 0;
  machine->step = PIM_STEP_NONE;
  machine->tile = 0;
  machine->vector_turn = 0;
  machine->result_turn = 0;
  pim_sampling_begin(&machine->sampling, job);
  begin_heads(machine);
  machine->program.commands = 0;
  PIM_DID(machine->hal, PIM_WORK_JOB, 1);
  for (i = 0; i < PIM_STEP_COUNT; ++i) machine->inputs[i].k = 0;
  return PIM_OK;
}

/* Number of words in the body of an opcode. */
#define PIM_WORDS(name, NAME) PIM_BODY_WORDS_##name = sizeof(struct pim_##name) / 4,
enum { PIM_BODIES(PIM_WORDS) PIM_HEAD_BYTES = PIM_COMMAND_BYTES - 23 * 4 };
#undef PIM_WORDS

static uint32_t body_words(uint32_t opcode) {
  if (opcode >= PIM_OP_EMBED) return PIM_BODY_WORDS_alu;
  if (opcode >= PIM_OP_STORE) return opcode == PIM_OP_STORE ? PIM_BODY_WORDS_store : PIM_BODY_WORDS_fill;
  if (opcode == PIM_OP_MAC) return PIM_BODY_WORDS_mac;
  if (opcode >= PIM_OP_MAC)
    return offsetof(struct pim_attention, mask_blocks) / 4u; /* attention.c adds the mask */
  return opcode == PIM_OP_NOP ? 0u : PIM_BODY_WORDS_copy;
}

static void clear_fours(uint32_t* words, uint32_t count) {
  uint32_t* const end = words + count;
  for (; words < end; words += 4) words[0] = words[1] = words[2] = words[3] = 0;
}

struct pim_command* pim_new_command(struct pim_machine* machine, enum pim_opcode opcode,
                                    enum pim_stream stream, uint32_t groups, uint32_t banks_per_group,
                                    uint32_t column_parts) {
  struct pim_command* command = &machine->draft.command;
  const uint32_t words = body_words(opcode);
  machine->draft_bytes = PIM_HEAD_BYTES + words * 4u;
  command->opcode = (uint8_t)opcode;
  command->flags = 0;
  command->stream = (uint8_t)stream;
  command->groups = (uint16_t)groups;
  command->banks_per_group = (uint8_t)banks_per_group;
  command->column_parts = (uint8_t)column_parts;
  command->first_bank = 0;
  command->step = machine->step;
  command->layer = (uint8_t)machine->layer_index;
  command->tile = machine->tile;
  clear_fours(machine->draft.words + PIM_HEAD_BYTES / 4, words);
  return command;
}

/* Reports a post for the time of a core that runs as host code: the facts that its time depends on. */
static inline void tell_of_post(const struct pim_machine* machine, const struct pim_use* uses,
                                uint32_t use_count) {
#ifndef __riscv
  const struct pim_command* command = &machine->draft.command;
  uint32_t u, overlaps = 0;
  if (!machine->hal->did) return;
  PIM_DID(machine->hal, PIM_WORK_COMMANDS + command->opcode + 64u * command->stream, 1);
  PIM_DID(machine->hal, PIM_WORK_NAMED, command->waits);
  if (!machine->plan.overlap) PIM_DID(machine->hal, PIM_WORK_UNORDERED, use_count);
  for (u = 0; machine->plan.overlap && u < use_count; ++u)
    if (uses[u].buffer < PIM_BUF_IN_BRAM)
      overlaps += pim_scoreboard_overlaps(&machine->board, uses[u].buffer);
  PIM_DID(machine->hal, PIM_WORK_OVERLAP, overlaps);
#else
  (void)machine;
  (void)uses;
  (void)use_count;
#endif
}

/* Without a scoreboard a command waits for the one before it. */
static void wait_for_last(const struct pim_queue* queue, struct pim_command* command) {
  if (queue->posted != queue->done) command->wait_for[command->waits++] = queue->posted;
}

uint32_t pim_post(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count) {
  struct pim_queue* queue = &machine->queue;
  struct pim_command* command = &machine->draft.command;
  command->waits = 0;
  if (machine->plan.overlap)
    pim_scoreboard_enter(&machine->board, command, pim_queue_next(queue), uses, use_count, queue->done);
  else
    wait_for_last(queue, command);
  tell_of_post(machine, uses, use_count);
  return pim_queue_post(queue, command, machine->draft_bytes);
}

uint32_t pim_post_again(struct pim_machine* machine, const struct pim_use* uses, uint32_t use_count) {
  struct pim_queue* queue = &machine->queue;
  struct pim_command* command = &machine->draft.command;
  command->waits = 0;
  if (machine->plan.overlap)
    pim_scoreboard_repeat(&machine->board, command, pim_queue_next(queue), uses, use_count);
  else
    wait_for_last(queue, command);
  PIM_DID(machine->hal, machine->plan.overlap ? PIM_WORK_REPEAT : PIM_WORK_REPEAT_UNORDERED, 1);
  return pim_queue_post(queue, command, machine->draft_bytes);
}
