#include "sw/firmware/layer.h"

#include "sw/firmware/attention.h"
#include "sw/firmware/matrix.h"
#include "sw/firmware/program.h"

static struct pim_command* new_alu_command(struct pim_machine* machine, enum pim_opcode opcode) {
  return pim_new_command(machine, opcode, PIM_STREAM_WEIGHTS, 0, 1, 1);
}

void pim_embedding_row(const struct pim_plan* plan, uint32_t id, struct pim_copy* copy) {
  copy->bmem = plan->embedding_bmem + id % plan->embedding_rows * plan->embedding_row_bytes;
  copy->slot = id / plan->embedding_rows;
}

/* Fetches the rows for the tile's ids from the embedding table in the banks. A program gets its id later. */
static void fetch_rows(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_use use = pim_buffer_use(PIM_BUF_EMBEDDING, PIM_FILL);
  uint32_t t;
  for (t = 0; t < tile->tokens; ++t) {
    const uint32_t id = pim_queue_is_recording(&machine->queue)
                            ? 0u
                            : machine->hal->read32(machine->hal->context, tile->ids + 4u * t);
    struct pim_copy* copy = &pim_new_command(machine, PIM_OP_FETCH, PIM_STREAM_WEIGHTS, 1, 1, 1)->body.copy;
    copy->address = plan->embedding_buffer + t * plan->embedding_row_bytes;
    copy->rows = 1;
    copy->row_bytes = plan->embedding_row_bytes;
    pim_embedding_row(plan, id, copy);
    pim_note(machine, &copy->bmem, PIM_ROW);
    pim_post(machine, &use, 1);
  }
}

void pim_stage_embed(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_alu* alu;
  struct pim_use uses[3];
  if (!plan->embedding) fetch_rows(machine, tile);
  alu = &new_alu_command(machine, PIM_OP_EMBED)->body.alu;
  alu->src = plan->embedding ? tile->ids : 0;
  alu->src2 = plan->embedding ? plan->embedding : plan->embedding_buffer;
  alu->src2_stride = plan->embedding_row_bytes;
  alu->dst = pim_tile_buffers(machine, tile)->residual;
  alu->dst_stride = plan->hidden * 4u;
  alu->rows = tile->tokens;
  alu->count = plan->hidden;
  alu->group = (uint16_t)plan->group;
  alu->weight_bits = plan->embedding_bits;
  alu->scale_bits = plan->embedding_scale_bits;
  alu->zero_bits = plan->embedding_zero_bits;
  alu->exponent = (int16_t)plan->embedding_exponent;
  uses[0] = pim_buffer_use(PIM_BUF_TOKEN, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_EMBEDDING, PIM_READ);
  uses[2] = pim_tile_use(tile, PIM_BUF_RESIDUAL, PIM_WRITE);
  pim_post(machine, uses, 3);
}

/* Begins a norm of `rows` rows of the residual, from row `first` on, as input of `matrix`. */
static struct pim_alu* new_norm(struct pim_machine* machine, enum pim_opcode opcode,
                                const struct pim_tile* tile, uint32_t first, uint32_t rows,
                                const struct pim_matrix* matrix) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command* command = new_alu_command(machine, opcode);
  struct pim_alu* alu = &command->body.alu;
  pim_set_activation(machine, tile, matrix, command);
  alu->src = pim_tile_buffers(machine, tile)->residual + first * plan->hidden * 4u;
  alu->rows = rows;
  alu->count = plan->hidden;
  alu->src_stride = plan->hidden * 4u;
  alu->constant = plan->eps32;
  return alu;
}

static void normalise(struct pim_machine* machine, const struct pim_tile* tile, uint32_t first, uint32_t rows,
                      uint32_t gain, const struct pim_matrix* matrix) {
  struct pim_use uses[2];
  new_norm(machine, PIM_OP_RMSNORM, tile, first, rows, matrix)->src2 = gain;
  uses[0] = pim_tile_use(tile, PIM_BUF_RESIDUAL, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_WRITE);
  pim_post(machine, uses, 2);
}

/* Adds the result to these rows of the residual, and normalises the sum. */
static void add_and_normalise(struct pim_machine* machine, const struct pim_tile* tile, uint32_t first,
                              uint32_t rows, uint32_t gain, const struct pim_matrix* matrix) {
  const uint32_t pitch = machine->plan.hidden_pitch * 4u;
  struct pim_alu* alu = new_norm(machine, PIM_OP_ADD_RMSNORM, tile, first, rows, matrix);
  struct pim_use uses[3];
  alu->src2 = pim_tile_buffers(machine, tile)->result + first * pitch;
  alu->src2_stride = pitch;
  alu->src3 = gain;
  uses[0] = pim_tile_use(tile, PIM_BUF_RESULT, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_RESIDUAL, PIM_WRITE);
  uses[2] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_WRITE);
  pim_post(machine, uses, 3);
}

/* Runs matrices that share an input, and writes their results side by side into `buffer`. */
static void run_side_by_side(struct pim_machine* machine, const struct pim_tile* tile,
                             const struct pim_matrix* matrices, uint32_t count, enum pim_buffer buffer,
                             uint32_t address, uint32_t pitch) {
  struct pim_destination to;
  uint32_t m;
  to.use = pim_tile_use(tile, buffer, PIM_FILL);
  to.address = address;
  to.pitch = pitch * 4u;
  for (m = 0; m < count; ++m) {
    pim_run_matrix(machine, tile, tile->tokens, &matrices[m], to);
    to.address += pim_matrix_width(&matrices[m]) * 4u;
  }
}

/* Adds the result to the residual. This is the first command of the next stage: at the end of its own stage
 * it would block the ALUs for the other tile until the banks have finished. */
static void add_result(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct pim_command* command = new_alu_command(machine, PIM_OP_ADD);
  struct pim_alu* alu = &command->body.alu;
  struct pim_use uses[2];
  alu->src = buffers->residual;
  alu->src2 = buffers->result;
  alu->dst = buffers->residual;
  alu->rows = tile->tokens;
  alu->count = plan->hidden;
  alu->src_stride = plan->hidden * 4u;
  alu->src2_stride = plan->hidden_pitch * 4u;
  alu->dst_stride = plan->hidden * 4u;
  uses[0] = pim_tile_use(tile, PIM_BUF_RESULT, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_RESIDUAL, PIM_WRITE);
  pim_post(machine, uses, 2);
}

/* Normalises the tile's residual behind a matrix, whose result it first adds. */
static void finish_and_normalise(struct pim_machine* machine, const struct pim_tile* tile, uint32_t gain,
                                 const struct pim_matrix* matrix) {
  if (machine->plan.fuse_residual_norm) {
    add_and_normalise(machine, tile, 0, tile->tokens, gain, matrix);
    return;
  }
  add_result(machine, tile);
  normalise(machine, tile, 0, tile->tokens, gain, matrix);
}

static void stage_qkv(struct pim_machine* machine, const struct pim_tile* tile) {
  const uint32_t gain = machine->layer.attention_gain;
  if (machine->layer_index > 0)
    finish_and_normalise(machine, tile, gain, &machine->layer.qkv[0]);
  else
    normalise(machine, tile, 0, tile->tokens, gain, &machine->layer.qkv[0]);
  run_side_by_side(machine, tile, machine->layer.qkv, machine->plan.qkv_matrices, PIM_BUF_QKV,
                   pim_tile_buffers(machine, tile)->qkv, machine->plan.qkv_pitch);
}

/* Offsets of q, k and v in a row of the qkv buffer. */
struct qkv_columns {
  uint32_t k, v;
};

static struct qkv_columns columns_of(const struct pim_machine* machine) {
  const struct pim_plan* plan = &machine->plan;
  struct qkv_columns columns;
  if (plan->qkv_matrices == 1) {
    columns.k = plan->heads * plan->head_dim;
    columns.v = columns.k + plan->kv_heads * plan->head_dim;
  } else {
    columns.k = pim_matrix_width(&machine->layer.qkv[0]);
    columns.v = columns.k + pim_matrix_width(&machine->layer.qkv[1]);
  }
  return columns;
}

static void encode_heads(struct pim_machine* machine, const struct pim_tile* tile, enum pim_opcode opcode,
                         uint32_t column, uint32_t dst) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_alu* alu = &pim_new_command(machine, opcode, PIM_STREAM_KV, 0, 1, 1)->body.alu;
  struct pim_use uses[2];
  alu->src = pim_tile_buffers(machine, tile)->qkv + column * 4u;
  alu->dst = dst;
  alu->rows = tile->tokens;
  alu->src_stride = plan->qkv_pitch * 4u;
  alu->blocks = plan->kv_heads;
  alu->head_dim = (uint16_t)plan->head_dim;
  if (opcode != PIM_OP_KV_V) {
    alu->src2 = plan->rope_frequencies;
    alu->position = tile->position;
    pim_note(machine, &alu->position, PIM_POSITION);
  }
  uses[0] = pim_tile_use(tile, PIM_BUF_QKV, PIM_READ);
  if (opcode == PIM_OP_ROPE_Q) {
    alu->heads_per_group = (uint8_t)machine->heads.per_group;
    alu->dst_block_stride = machine->heads.query_record;
    alu->dst_stride = plan->kv_heads * alu->dst_block_stride;
    uses[1] = pim_tile_use(tile, PIM_BUF_QUERY, PIM_WRITE);
  } else {
    alu->kv_bits = plan->kv_bits;
    alu->dst_stride = machine->heads.kv_record;
    alu->dst_block_stride = 2u * tile->tokens * alu->dst_stride;
    uses[1] = pim_tile_use(tile, PIM_BUF_KV_RECORDS, PIM_FILL);
  }
  pim_post(machine, uses, 2);
}

/* Processes K and V first, because storing them takes longer than the ALU's rotation of the queries. It is
 * one stage, so that the banks can score this tile without a wait for the other tile's keys. */
static void stage_attention(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct qkv_columns columns = columns_of(machine);
  uint32_t v_offset = tile->tokens * machine->heads.kv_record;
  pim_program_open(machine);
  encode_heads(machine, tile, PIM_OP_ROPE_K, columns.k, buffers->kv_records);
  encode_heads(machine, tile, PIM_OP_KV_V, columns.v, buffers->kv_records + v_offset);
  encode_heads(machine, tile, PIM_OP_ROPE_Q, 0, buffers->query);
  pim_store_kv(machine, tile);
  pim_run_attention(machine, tile);
}

static void stage_output(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct pim_command* command = new_alu_command(machine, PIM_OP_QUANT);
  struct pim_alu* alu = &command->body.alu;
  struct pim_use uses[2];
  pim_set_activation(machine, tile, &machine->layer.output, command);
  alu->src = buffers->attention;
  alu->rows = tile->tokens;
  alu->count = plan->heads * plan->head_dim;
  alu->src_stride = alu->count * 4u;
  uses[0] = pim_tile_use(tile, PIM_BUF_ATTENTION, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_WRITE);
  /* The first command behind those that depend on the context. */
  if (pim_queue_is_recording(&machine->queue)) command->flags = PIM_FLAG_IRQ;
  pim_program_close(machine, pim_post(machine, uses, 2));
  run_side_by_side(machine, tile, &machine->layer.output, 1, PIM_BUF_RESULT, buffers->result,
                   plan->hidden_pitch);
}

static void stage_gate_up(struct pim_machine* machine, const struct pim_tile* tile) {
  finish_and_normalise(machine, tile, machine->layer.mlp_gain, &machine->layer.gate_up[0]);
  run_side_by_side(machine, tile, machine->layer.gate_up, machine->plan.gate_up_matrices, PIM_BUF_GATE_UP,
                   pim_tile_buffers(machine, tile)->gate_up, machine->plan.gate_up_pitch);
}

static void stage_down(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct pim_command* command = new_alu_command(machine, PIM_OP_SILU_MUL);
  struct pim_alu* alu = &command->body.alu;
  struct pim_use uses[2];
  pim_set_activation(machine, tile, &machine->layer.down, command);
  alu->src = buffers->gate_up;
  alu->src2 = buffers->gate_up +
              (plan->gate_up_matrices == 1 ? plan->mlp : pim_matrix_width(&machine->layer.gate_up[0])) * 4u;
  alu->rows = tile->tokens;
  alu->count = plan->mlp;
  alu->src_stride = plan->gate_up_pitch * 4u;
  alu->src2_stride = alu->src_stride;
  uses[0] = pim_tile_use(tile, PIM_BUF_GATE_UP, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_WRITE);
  pim_post(machine, uses, 2);
  run_side_by_side(machine, tile, &machine->layer.down, 1, PIM_BUF_RESULT, buffers->result,
                   plan->hidden_pitch);
}

const pim_stage pim_layer_stages[PIM_STAGES] = {stage_qkv, stage_attention, stage_output, stage_gate_up,
                                                stage_down};

void pim_stage_last(struct pim_machine* machine, const struct pim_tile* tile) {
  if (!machine->plan.fuse_residual_norm) add_result(machine, tile);
}

/* Sets the sampling rule and the next random number. A program gets its number later. */
static void set_random(struct pim_machine* machine, struct pim_alu* alu) {
  pim_sampling_rule(&machine->sampling, alu);
  pim_note(machine, &alu->src3, PIM_RANDOM);
  if (pim_queue_is_recording(&machine->queue)) return;
  alu->src3 = pim_sampling_random(&machine->sampling);
  PIM_DID(machine->hal, PIM_WORK_DRAW, 1);
}

uint32_t pim_stage_head(struct pim_machine* machine, const struct pim_tile* tile, uint32_t token) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command* command;
  struct pim_destination to;
  struct pim_use uses[2];
  if (plan->fuse_residual_norm)
    add_and_normalise(machine, tile, token, 1, plan->final_gain, &plan->head);
  else
    normalise(machine, tile, token, 1, plan->final_gain, &plan->head);
  to.use = pim_buffer_use(PIM_BUF_LOGITS, PIM_WRITE);
  to.address = plan->logits;
  to.pitch = plan->head_pitch * 4u;
  pim_run_matrix(machine, tile, 1, &plan->head, to);
  command = new_alu_command(machine, pim_sampling_opcode(&machine->sampling));
  if (machine->sampling.multiplier) set_random(machine, &command->body.alu);
  command->flags = PIM_FLAG_IRQ;
  command->body.alu.src = plan->logits;
  command->body.alu.dst = plan->token;
  command->body.alu.rows = 1;
  command->body.alu.count = plan->vocab;
  uses[0] = pim_buffer_use(PIM_BUF_LOGITS, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_TOKEN, PIM_WRITE);
  return pim_post(machine, uses, 2);
}
