#include "tile_by_tile.h"

#include "sw/firmware/layer.h"

/* The stages of a layer, the queue and the scoreboard are those of pimtlm; only the order is ours. The
 * firmware that pimtlm ships keeps several tiles of the prompt in flight: while one is in the banks, another
 * is on the links. Here each tile has the chip for itself, which needs fewer buffers and wastes what could
 * overlap. */

static void write_register(const struct pim_machine* machine, uint32_t offset, uint32_t value) {
  machine->hal->write32(machine->hal->context, machine->registers + offset, value);
}

static void run_tile(struct pim_machine* machine, const struct pim_tile* tile) {
  pim_begin_step(machine, PIM_STEP_EMBED, tile);
  pim_stage_embed(machine, tile);
  for (machine->layer_index = 0; machine->layer_index < machine->plan.layers; ++machine->layer_index) {
    uint32_t entry = machine->plan.layer_table + machine->layer_index * (uint32_t)sizeof machine->layer;
    machine->hal->read_block(machine->hal->context, entry, &machine->layer, sizeof machine->layer);
    for (uint32_t stage = 0; stage < PIM_STAGES; ++stage) {
      pim_begin_step(machine, (enum pim_step)(PIM_STEP_QKV + stage), tile);
      pim_layer_stages[stage](machine, tile);
      pim_queue_doorbell(&machine->queue);
    }
  }
  pim_begin_step(machine, PIM_STEP_HEAD, tile);
  pim_stage_last(machine, tile);
}

/* Chooses the token that follows the last one of the tile and hands it to the host. */
static void emit_token(struct pim_machine* machine, const struct pim_tile* tile) {
  pim_queue_wait(&machine->queue, pim_stage_head(machine, tile, tile->tokens - 1u));
  write_register(machine, PIM_REG_TOKEN, machine->hal->read32(machine->hal->context, machine->plan.token));
}

static void run_job(struct pim_machine* machine, const struct pim_job* job) {
  struct pim_tile tile = {.index = 0, .position = job->position, .ids = job->prompt};
  const uint32_t end = job->position + job->prompt_tokens;
  write_register(machine, PIM_REG_MARK, PIM_MARK_PREFILL);
  while (tile.position < end) {
    const uint32_t left = end - tile.position;
    tile.tokens = left < machine->plan.token_tile ? left : machine->plan.token_tile;
    run_tile(machine, &tile);
    tile.position += tile.tokens;
    tile.ids += 4u * tile.tokens;
  }
  emit_token(machine, &tile);

  tile.tokens = 1;
  tile.ids = machine->plan.token;
  for (uint32_t step = 0; step + 1u < job->generate; ++step, ++tile.position) {
    write_register(machine, PIM_REG_MARK, PIM_MARK_DECODE | step << 8);
    run_tile(machine, &tile);
    emit_token(machine, &tile);
  }
  write_register(machine, PIM_REG_MARK, PIM_MARK_END);
}

int tile_by_tile_main(const struct pim_hal* hal, uint32_t registers, uint32_t plan) {
  struct pim_machine machine = {.hal = hal, .registers = registers};
  struct pim_job job;
  while (!(hal->read32(hal->context, registers + PIM_REG_IRQ_STATUS) & PIM_IRQ_JOB))
    hal->wait_for_interrupt(hal->context);
  write_register(&machine, PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
  write_register(&machine, PIM_REG_STATUS, PIM_STATUS_BUSY);
  hal->read_block(hal->context, hal->read32(hal->context, registers + PIM_REG_JOB_ADDRESS), &job, sizeof job);
  enum pim_error error = pim_begin_job(&machine, plan, &job);
  if (error == PIM_OK) run_job(&machine, &job);
  write_register(
      &machine, PIM_REG_STATUS,
      error == PIM_OK ? (uint32_t)PIM_STATUS_DONE : (uint32_t)PIM_STATUS_ERROR | (uint32_t)error << 8);
  return (int)error;
}
