#include "sw/firmware/machine.h"

struct pim_command pim_new_command(enum pim_opcode opcode, enum pim_stream stream, uint32_t groups,
                                   uint32_t banks_per_group, uint32_t column_parts) {
  struct pim_command command;
  uint32_t i;
  command.opcode = (uint8_t)opcode;
  command.flags = 0;
  command.stream = (uint8_t)stream;
  command.waits = 0;
  for (i = 0; i < PIM_MAX_WAITS; ++i) command.wait_for[i] = PIM_NO_SEQUENCE;
  command.groups = (uint16_t)groups;
  command.banks_per_group = (uint8_t)banks_per_group;
  command.column_parts = (uint8_t)column_parts;
  command.first_bank = 0;
  command.step = PIM_STEP_NONE;
  command.layer = 0;
  command.tile = 0;
  for (i = 0; i < sizeof command.body.words / sizeof command.body.words[0]; ++i) command.body.words[i] = 0;
  return command;
}

static void label(const struct pim_machine* machine, struct pim_command* command) {
  command->step = machine->step;
  command->layer = (uint8_t)machine->layer_index;
  command->tile = machine->tile;
}

/* A command names six others. Should there be more, NOPs gather them six by six. */
static void set_waits(struct pim_machine* machine, struct pim_command* command,
                      const struct pim_waits* waits) {
  uint32_t next = 0;
  while (waits->count - next > PIM_MAX_WAITS - (next ? 1u : 0u)) {
    struct pim_command nop = pim_new_command(PIM_OP_NOP, PIM_STREAM_WEIGHTS, 0, 1, 1);
    if (next) nop.wait_for[nop.waits++] = machine->queue.posted; /* the NOP before */
    label(machine, &nop);
    while (nop.waits < PIM_MAX_WAITS) nop.wait_for[nop.waits++] = waits->entries[next++].sequence;
    pim_queue_post(&machine->queue, &nop);
  }
  if (next) command->wait_for[command->waits++] = machine->queue.posted;
  while (next < waits->count) command->wait_for[command->waits++] = waits->entries[next++].sequence;
}

uint32_t pim_post(struct pim_machine* machine, struct pim_command* command, const struct pim_use* uses,
                  uint32_t use_count) {
  struct pim_queue* queue = &machine->queue;
  if (machine->plan.overlap) {
    struct pim_waits waits;
    pim_scoreboard_waits(&machine->board, command, uses, use_count, queue->done, &waits);
    set_waits(machine, command, &waits);
    pim_scoreboard_enter(&machine->board, command, pim_queue_next(queue), uses, use_count, queue->done);
  } else if (queue->posted != queue->done) {
    command->wait_for[command->waits++] = queue->posted;
  }
  label(machine, command);
  pim_queue_post(queue, command);
  return queue->posted;
}
