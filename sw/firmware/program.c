#include "sw/firmware/program.h"

#include "sw/firmware/attention.h"
#include "sw/firmware/layer.h"

enum { NOTE_BYTES = 8 };

static void write_word(const struct pim_machine* machine, uint32_t address, uint32_t value) {
  machine->hal->write32(machine->hal->context, address, value);
}

int pim_program_serves(const struct pim_machine* machine, uint32_t position) {
  const struct pim_program* program = &machine->program;
  if (!program->commands) return 0;
  return !pim_is_masked(&machine->plan, 1) ||
         position / PIM_MASK_TOKENS == program->position / PIM_MASK_TOKENS;
}

void pim_program_begin(struct pim_machine* machine, uint32_t position) {
  struct pim_program* program = &machine->program;
  program->position = position;
  program->notes_end = machine->plan.program_notes;
  program->open = 0;
  program->row = 0;
  program->random = 0;
  pim_queue_record(&machine->queue, machine->plan.program);
}

void pim_program_end(struct pim_machine* machine) {
  machine->program.commands = pim_queue_recorded(&machine->queue);
}

static void write_note(struct pim_machine* machine, uint32_t at, uint32_t where, uint32_t what) {
  uint32_t note[2];
  note[0] = where;
  note[1] = what;
  machine->hal->write_block(machine->hal->context, at, note, sizeof note);
}

void pim_program_note(struct pim_machine* machine, const uint32_t* word, enum pim_quantity quantity) {
  struct pim_program* program = &machine->program;
  const uint32_t at = machine->queue.slot + (uint32_t)(word - machine->draft.words) * 4u;
  PIM_DID(machine->hal, PIM_WORK_NOTE, 1);
  if (quantity == PIM_ROW) {
    program->row = at;
  } else if (quantity == PIM_RANDOM) {
    program->random = at;
  } else {
    write_note(machine, program->notes_end, (at - machine->plan.program) / 4u, (uint32_t)quantity);
    program->notes_end += NOTE_BYTES;
  }
}

void pim_program_open(struct pim_machine* machine) {
  if (!pim_queue_is_recording(&machine->queue)) return;
  machine->program.open = machine->program.notes_end;
  machine->program.notes_end += NOTE_BYTES;
}

void pim_program_close(struct pim_machine* machine, uint32_t sequence) {
  if (!pim_queue_is_recording(&machine->queue)) return;
  write_note(machine, machine->program.open, sequence - machine->queue.recorded_from, PIM_QUANTITIES);
}

uint32_t pim_program_run(struct pim_machine* machine) {
  return pim_queue_run(&machine->queue, machine->program.commands);
}

void pim_program_follow(struct pim_machine* machine, uint32_t position) {
  const struct pim_program* program = &machine->program;
  const uint32_t before = machine->queue.posted - program->commands;
  uint32_t values[PIM_QUANTITIES], at;
  pim_context_quantities(machine, position, values);
  for (at = machine->plan.program_notes; at != program->notes_end; at += NOTE_BYTES) {
    uint32_t note[2];
    machine->hal->read_block(machine->hal->context, at, note, sizeof note);
    if (note[1] == PIM_QUANTITIES) {
      PIM_DID(machine->hal, PIM_WORK_FOLLOW, 1);
      pim_queue_wait(&machine->queue, before + note[0]);
    } else {
      PIM_DID(machine->hal, PIM_WORK_PATCH, 1);
      write_word(machine, machine->plan.program + 4u * note[0], values[note[1]]);
    }
  }
}

void pim_program_complete(struct pim_machine* machine, uint32_t id) {
  const struct pim_program* program = &machine->program;
  if (program->row) {
    struct pim_copy row;
    pim_embedding_row(&machine->plan, id, &row);
    write_word(machine, program->row, row.bmem);
    write_word(machine, program->row + 4u, row.slot);
  }
  if (program->random) {
    write_word(machine, program->random, pim_sampling_random(&machine->sampling));
    PIM_DID(machine->hal, PIM_WORK_DRAW, 1);
  }
  PIM_DID(machine->hal, PIM_WORK_COMPLETE, 1);
}
