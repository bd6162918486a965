#include "sw/firmware/pim_firmware.h"

#include "sw/firmware/layer.h"
#include "sw/firmware/matrix.h"
#include "sw/firmware/program.h"

static void write_register(const struct pim_machine* machine, uint32_t offset, uint32_t value) {
  machine->hal->write32(machine->hal->context, machine->registers + offset, value);
}

static uint32_t read_register(const struct pim_machine* machine, uint32_t offset) {
  return machine->hal->read32(machine->hal->context, machine->registers + offset);
}

static void read_block(const struct pim_machine* machine, uint32_t address, void* to, uint32_t bytes) {
  machine->hal->read_block(machine->hal->context, address, to, bytes);
}

static void mark(const struct pim_machine* machine, enum pim_mark kind, uint32_t index) {
  write_register(machine, PIM_REG_MARK, (uint32_t)kind | index << 8);
}

static uint32_t minimum(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* Runs `count` tiles through embedding and all layers, and alternates between the tiles after each stage:
 * while the banks process one tile, links or ALUs process the other. */
static void run_layers(struct pim_machine* machine, const struct pim_tile* tiles, uint32_t count) {
  uint32_t t, s;
  machine->layer_index = 0;
  for (t = 0; t < count; ++t) {
    pim_begin_step(machine, PIM_STEP_EMBED, &tiles[t]);
    pim_stage_embed(machine, &tiles[t]);
  }
  for (; machine->layer_index < machine->plan.layers; ++machine->layer_index) {
    read_block(machine, machine->plan.layer_table + machine->layer_index * (uint32_t)sizeof(struct pim_layer),
               &machine->layer, sizeof machine->layer);
    PIM_DID(machine->hal, PIM_WORK_LAYER, 1);
    for (s = 0; s < PIM_STAGES; ++s) {
      for (t = 0; t < count; ++t) {
        pim_begin_step(machine, (enum pim_step)(PIM_STEP_QKV + s), &tiles[t]);
        pim_layer_stages[s](machine, &tiles[t]);
        PIM_DID(machine->hal, PIM_WORK_STAGE, 1);
        pim_queue_doorbell(&machine->queue);
      }
    }
  }
  for (t = 0; t < count; ++t) {
    pim_begin_step(machine, PIM_STEP_HEAD, &tiles[t]);
    pim_stage_last(machine, &tiles[t]);
    PIM_DID(machine->hal, PIM_WORK_TILE, 1);
  }
}

/* Waits for the command `sequence`, which chooses a token; posts the id to the host and returns it. */
static uint32_t hand_over(struct pim_machine* machine, uint32_t sequence) {
  uint32_t id;
  pim_queue_wait(&machine->queue, sequence);
  id = machine->hal->read32(machine->hal->context, machine->plan.token);
  PIM_DID(machine->hal, PIM_WORK_TOKEN, 1);
  write_register(machine, PIM_REG_TOKEN, id);
  return id;
}

/* Posts the head for one token of the tile; returns the sequence number of the command that chooses the id.
 */
static uint32_t post_head(struct pim_machine* machine, const struct pim_tile* tile, uint32_t token) {
  pim_begin_step(machine, PIM_STEP_HEAD, tile);
  return pim_stage_head(machine, tile, token);
}

static uint32_t emit_token(struct pim_machine* machine, const struct pim_tile* tile, uint32_t token) {
  return hand_over(machine, post_head(machine, tile, token));
}

/* Returns the tile of the first token to decode. */
static struct pim_tile first_decoded(const struct pim_machine* machine, const struct pim_job* job) {
  struct pim_tile tile;
  tile.index = 0;
  tile.decoding = 1;
  tile.tokens = 1;
  tile.position = job->position + job->prompt_tokens;
  tile.ids = machine->plan.token;
  return tile;
}

/* Returns whether the job has this decode step, unless a token ends the sequence before it. */
static int has_step(const struct pim_machine* machine, const struct pim_job* job, uint32_t step,
                    uint32_t position) {
  return step + 1u < job->generate && position < machine->plan.context_limit;
}

static void record_program(struct pim_machine* machine, const struct pim_tile* tile) {
  pim_program_begin(machine, tile->position);
  run_layers(machine, tile, 1);
  post_head(machine, tile, 0);
  pim_program_end(machine);
}

/* Runs a decode step as a program, and prepares the program for the next token meanwhile. */
static uint32_t run_program(struct pim_machine* machine, const struct pim_tile* tile, uint32_t id) {
  uint32_t sequence;
  if (!pim_program_serves(machine, tile->position)) record_program(machine, tile);
  pim_program_complete(machine, id);
  sequence = pim_program_run(machine);
  pim_program_follow(machine, tile->position + 1u);
  return hand_over(machine, sequence);
}

/* Computes the first generated id from the last tile of the prompt, and records the decode program meanwhile.
 */
static uint32_t emit_last(struct pim_machine* machine, const struct pim_job* job,
                          const struct pim_tile* tile) {
  const uint32_t sequence = post_head(machine, tile, tile->tokens - 1u);
  const struct pim_tile first = first_decoded(machine, job);
  if (machine->plan.program && has_step(machine, job, 0, first.position)) {
    pim_queue_doorbell(&machine->queue);
    record_program(machine, &first);
  }
  return hand_over(machine, sequence);
}

/* Fills the cache with the prompt; returns the first generated id. */
static uint32_t prefill(struct pim_machine* machine, const struct pim_job* job) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_tile tiles[PIM_MAX_IN_FLIGHT];
  uint32_t taken = 0, id = 0, count = 0, t, token;
  while (taken < job->prompt_tokens) {
    for (count = 0; count < plan->tiles_in_flight && taken < job->prompt_tokens; ++count) {
      tiles[count].index = count;
      tiles[count].decoding = 0;
      tiles[count].tokens = minimum(plan->token_tile, job->prompt_tokens - taken);
      tiles[count].position = job->position + taken;
      tiles[count].ids = job->prompt + 4u * taken;
      taken += tiles[count].tokens;
    }
    run_layers(machine, tiles, count);
    for (t = 0; job->emit_prompt_logits && t < count; ++t)
      for (token = 0; token < tiles[t].tokens; ++token) id = emit_token(machine, &tiles[t], token);
  }
  if (job->emit_prompt_logits) return id;
  return emit_last(machine, job, &tiles[count - 1u]);
}

static int is_end_of_sequence(const struct pim_plan* plan, uint32_t id) {
  uint32_t i;
  for (i = 0; i < plan->eos_count; ++i)
    if (plan->eos[i] == id) return 1;
  return 0;
}

static void decode(struct pim_machine* machine, const struct pim_job* job, uint32_t id) {
  struct pim_tile tile = first_decoded(machine, job);
  uint32_t step;
  for (step = 0; has_step(machine, job, step, tile.position); ++step, ++tile.position) {
    if (!job->ignore_eos && is_end_of_sequence(&machine->plan, id)) return;
    mark(machine, PIM_MARK_DECODE, step);
    if (machine->plan.program) {
      id = run_program(machine, &tile, id);
    } else {
      run_layers(machine, &tile, 1);
      id = emit_token(machine, &tile, 0);
    }
  }
}

static enum pim_error generate(struct pim_machine* machine, const struct pim_job* job) {
  const struct pim_plan* plan = &machine->plan;
  if (!job->prompt_tokens || !job->generate) return PIM_ERROR_JOB;
  if (job->position > plan->context_limit || job->prompt_tokens > plan->context_limit - job->position)
    return PIM_ERROR_CONTEXT;
  mark(machine, PIM_MARK_PREFILL, 0);
  decode(machine, job, prefill(machine, job));
  return PIM_OK;
}

/* Until every command is complete. */
static void drain(struct pim_machine* machine) {
  struct pim_command* nop = pim_new_command(machine, PIM_OP_NOP, PIM_STREAM_WEIGHTS, 0, 1, 1);
  nop->flags = PIM_FLAG_IRQ;
  nop->waits = 0;
  pim_queue_post(&machine->queue, nop, machine->draft_bytes);
  pim_queue_wait(&machine->queue, machine->queue.posted);
}

static uint32_t quantise_vectors(struct pim_machine* machine, const struct pim_tile* tile, uint32_t first) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command* command = pim_new_command(machine, PIM_OP_QUANT, PIM_STREAM_WEIGHTS, 0, 1, 1);
  struct pim_alu* alu = &command->body.alu;
  struct pim_use use = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_WRITE);
  pim_set_activation(machine, tile, &plan->head, command);
  command->flags = PIM_FLAG_IRQ;
  alu->src = plan->buffers[0].residual + first * plan->hidden * 4u;
  alu->rows = tile->tokens;
  alu->count = plan->hidden;
  alu->src_stride = plan->hidden * 4u;
  return pim_post(machine, &use, 1);
}

static enum pim_error multiply(struct pim_machine* machine, const struct pim_job* job) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_tile tile;
  struct pim_destination to;
  uint32_t first;
  if (!job->prompt_tokens) return PIM_ERROR_JOB;
  tile.position = 0;
  tile.decoding = 0;
  tile.ids = 0;
  to.use = pim_buffer_use(PIM_BUF_LOGITS, PIM_FILL);
  to.pitch = plan->head_pitch * 4u;
  for (first = 0; first < job->prompt_tokens; first += plan->token_tile) {
    uint32_t quantised;
    tile.index = first / plan->token_tile % plan->tiles_in_flight;
    tile.tokens = minimum(plan->token_tile, job->prompt_tokens - first);
    quantised = quantise_vectors(machine, &tile, first);
    if (first == 0) {
      pim_queue_wait(&machine->queue, quantised);
      mark(machine, PIM_MARK_DECODE, 0);
    }
    to.address = plan->logits + first * to.pitch;
    pim_run_matrix(machine, &tile, tile.tokens, &plan->head, to);
    pim_queue_doorbell(&machine->queue);
  }
  drain(machine);
  return PIM_OK;
}

static enum pim_error run_job(struct pim_machine* machine, uint32_t plan_address, uint32_t job_address) {
  enum pim_error error;
  struct pim_job job;
  read_block(machine, job_address, &job, sizeof job);
  error = pim_begin_job(machine, plan_address, &job);
  if (error != PIM_OK) return error;
  error = job.kind == PIM_JOB_GENERATE ? generate(machine, &job)
          : job.kind == PIM_JOB_MATRIX ? multiply(machine, &job)
                                       : PIM_ERROR_JOB;
  if (error == PIM_OK) mark(machine, PIM_MARK_END, 0);
  return error;
}

int pim_firmware_main(const struct pim_hal* hal, uint32_t registers, uint32_t plan) {
  struct pim_machine machine;
  enum pim_error error;
  machine.hal = hal;
  machine.registers = registers;
  while (!(read_register(&machine, PIM_REG_IRQ_STATUS) & PIM_IRQ_JOB)) hal->wait_for_interrupt(hal->context);
  write_register(&machine, PIM_REG_IRQ_CLEAR, PIM_IRQ_JOB);
  write_register(&machine, PIM_REG_STATUS, PIM_STATUS_BUSY);
  error = run_job(&machine, plan, read_register(&machine, PIM_REG_JOB_ADDRESS));
  write_register(
      &machine, PIM_REG_STATUS,
      error == PIM_OK ? (uint32_t)PIM_STATUS_DONE : (uint32_t)PIM_STATUS_ERROR | (uint32_t)error << 8);
  return (int)error;
}
