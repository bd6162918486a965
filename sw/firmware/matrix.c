#include "sw/firmware/matrix.h"

static uint32_t record_bytes(const struct pim_machine* machine, uint32_t k) {
  return pim_activation_record_bytes(k, machine->plan.group, machine->plan.activation_bits);
}

static const struct pim_input* input_of(struct pim_machine* machine, const struct pim_matrix* matrix,
                                        uint32_t tokens) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_input* input = &machine->inputs[machine->step];
  uint32_t first_k;
  if (input->k == matrix->k && input->k_tile == matrix->k_tile && input->tokens == tokens &&
      input->weight_bits == matrix->weight_bits && input->zero_bits == matrix->zero_bits &&
      input->sparsity == matrix->sparsity)
    return input;
  PIM_DID(machine->hal, PIM_WORK_SIZES, 1);
  input->weight_bits = matrix->weight_bits;
  input->zero_bits = matrix->zero_bits;
  input->sparsity = matrix->sparsity;
  input->k = matrix->k;
  input->k_tile = matrix->k_tile;
  input->tokens = tokens;
  input->tiles = pim_ceil_div(matrix->k, matrix->k_tile);
  input->last_k = matrix->k - (input->tiles - 1u) * matrix->k_tile;
  first_k = input->tiles > 1 ? matrix->k_tile : input->last_k;
  input->first_record_bytes = record_bytes(machine, first_k);
  input->first_exponent = first_k * plan->activation_bits / 8u + first_k / plan->group;
  input->tile_bytes = tokens * input->first_record_bytes;
  input->last_bytes = tokens * record_bytes(machine, input->last_k);
  input->part_bytes = (input->tiles - 1u) * input->tile_bytes + input->last_bytes;
  input->weight_row_bytes = pim_weight_row_bytes(matrix->k_tile, plan->group, matrix->weight_bits,
                                                 plan->scale_bits, matrix->zero_bits, matrix->sparsity);
  return input;
}

void pim_set_activation(const struct pim_machine* machine, const struct pim_tile* tile,
                        const struct pim_matrix* matrix, struct pim_command* command) {
  command->column_parts = matrix->column_parts;
  command->body.alu.dst = pim_tile_buffers(machine, tile)->activation;
  command->body.alu.part_count = matrix->k;
  command->body.alu.tile_count = matrix->k_tile;
  command->body.alu.group = (uint16_t)machine->plan.group;
  command->body.alu.activation_bits = machine->plan.activation_bits;
}

/* The BRAM buffers that hold a matrix's input: one of the two, or both if it continues into the second. */
struct vector {
  uint32_t index;
  int both;
};

/* Writes the uses of the input buffers to uses[0], and uses[1] if needed; returns their number. */
static uint32_t use_vector(struct pim_use* uses, struct vector vector, enum pim_access access) {
  uses[0] = pim_buffer_use(vector.index ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, access);
  if (!vector.both) return 1;
  uses[1] = pim_buffer_use(PIM_BUF_VECTOR_1, access);
  return 2;
}

/* Posts one transfer to all slots: `bytes` at `offset` of each column part. */
static void send(struct pim_machine* machine, const struct pim_tile* tile, const struct pim_matrix* matrix,
                 const struct pim_input* input, uint32_t offset, uint32_t bytes, struct vector vector) {
  struct pim_command* command =
      pim_new_command(machine, PIM_OP_SEND, PIM_STREAM_WEIGHTS, matrix->slots, 1, matrix->column_parts);
  struct pim_copy* copy = &command->body.copy;
  struct pim_use uses[3];
  command->flags = PIM_FLAG_BROADCAST;
  copy->address = pim_tile_buffers(machine, tile)->activation + offset;
  copy->bram = machine->plan.bram_vector[vector.index].offset;
  copy->rows = 1;
  copy->row_bytes = bytes;
  copy->row_stride = bytes;
  copy->slice_stride = input->part_bytes;
  uses[0] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_READ);
  pim_post(machine, uses, 1u + use_vector(uses + 1, vector, PIM_WRITE));
}

/* Posts a MAC over K tiles [first, first + count) of the matrix; their input lies tile after tile from
 * `vector` on. */
static void mac(struct pim_machine* machine, const struct pim_matrix* matrix, const struct pim_input* input,
                uint32_t first, uint32_t count, struct vector vector, uint32_t result) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command* command =
      pim_new_command(machine, PIM_OP_MAC, PIM_STREAM_WEIGHTS, matrix->slots, 1, matrix->column_parts);
  struct pim_mac* body = &command->body.mac;
  const uint32_t tile_bytes = matrix->rows * input->weight_row_bytes;
  struct pim_use uses[3];
  uint32_t tile, use_count;
  body->bmem = matrix->bmem + first * tile_bytes;
  body->rows = matrix->rows;
  body->k = matrix->k_tile;
  body->vectors = input->tokens;
  body->bram_in = plan->bram_vector[vector.index].offset;
  body->bram_out = plan->bram_result[result].offset;
  body->out_rows = matrix->rows;
  body->group = (uint8_t)plan->group;
  body->weight_bits = matrix->weight_bits;
  body->scale_bits = plan->scale_bits;
  body->zero_bits = matrix->zero_bits;
  body->sparsity = matrix->sparsity;
  body->activation_bits = plan->activation_bits;
  body->weight_exponent = matrix->exponent;
  uses[0] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_WRITE);
  use_count = 1u + use_vector(uses + 1, vector, PIM_READ);
  for (tile = first; tile < first + count; ++tile) {
    uint32_t flags = tile > 0 ? (uint32_t)PIM_FLAG_ACCUMULATE : 0u;
    if (tile + 1u == input->tiles) body->k = input->last_k;
    if (tile + 1u < input->tiles || matrix->column_parts > 1) flags |= PIM_FLAG_RAW;
    command->flags = (uint8_t)flags;
    if (tile == first)
      pim_post(machine, uses, use_count);
    else
      pim_post_again(machine, uses, use_count);
    body->bmem += tile_bytes;
    body->bram_in += input->tile_bytes;
  }
}

/* Gathers the results of the slots side by side into the rows of the destination. */
static void gather_rows(struct pim_machine* machine, const struct pim_matrix* matrix, uint32_t tokens,
                        uint32_t result, struct pim_destination to) {
  struct pim_copy* copy =
      &pim_new_command(machine, PIM_OP_GATHER, PIM_STREAM_WEIGHTS, matrix->slots, 1, 1)->body.copy;
  struct pim_use uses[2];
  copy->address = to.address;
  copy->bram = machine->plan.bram_result[result].offset;
  copy->rows = tokens;
  copy->row_bytes = matrix->rows * 4u;
  copy->row_stride = to.pitch;
  copy->slice_stride = copy->row_bytes;
  uses[0] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_READ);
  uses[1] = to.use;
  pim_post(machine, uses, 2);
}

/* Gathers the exact sums of the column parts (2-D mapping), which an ALU adds and rounds. */
static void gather_and_reduce(struct pim_machine* machine, const struct pim_tile* tile,
                              const struct pim_matrix* matrix, const struct pim_input* input, uint32_t result,
                              struct pim_destination to) {
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  const uint32_t slot_bytes = input->tokens * matrix->rows * 8u;
  struct pim_copy* copy;
  struct pim_alu* alu;
  struct pim_use uses[3];
  copy = &pim_new_command(machine, PIM_OP_GATHER, PIM_STREAM_WEIGHTS, matrix->slots, 1, 1)->body.copy;
  copy->address = buffers->partial;
  copy->bram = machine->plan.bram_result[result].offset;
  copy->rows = 1;
  copy->row_bytes = slot_bytes;
  copy->row_stride = slot_bytes;
  copy->slice_stride = slot_bytes;
  uses[0] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_WRITE);
  pim_post(machine, uses, 2);

  alu = &pim_new_command(machine, PIM_OP_REDUCE, PIM_STREAM_WEIGHTS, 0, 1, 1)->body.alu;
  alu->src = buffers->partial;
  alu->src2 = buffers->activation + input->first_exponent;
  alu->src2_stride = input->first_record_bytes;
  alu->dst = to.address;
  alu->dst_stride = to.pitch;
  alu->rows = input->tokens;
  alu->count = matrix->rows;
  alu->blocks = (uint32_t)matrix->slots / matrix->column_parts;
  alu->segments = matrix->column_parts;
  alu->segment_stride = slot_bytes;
  alu->exponent = matrix->exponent;
  uses[0] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_READ);
  uses[2] = to.use;
  pim_post(machine, uses, 3);
}

void pim_run_matrix(struct pim_machine* machine, const struct pim_tile* tile, uint32_t tokens,
                    const struct pim_matrix* matrix, struct pim_destination to) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_input* input = input_of(machine, matrix, tokens);
  const uint32_t result = pim_next_result(machine);
  const int fits = input->part_bytes <= plan->bram_vector[0].bytes;
  /* The input of one token is sent as one message if BRAM has room, even if that takes both input buffers. */
  const int both = !fits && tokens == 1 && input->part_bytes <= plan->bram_input_bytes;
  struct vector vector = {0, both};
  uint32_t t;
  PIM_DID(machine->hal, PIM_WORK_MATRIX, 1);
  if (fits || both) {
    if (fits) vector.index = pim_next_vector(machine);
    send(machine, tile, matrix, input, 0, input->part_bytes, vector);
    mac(machine, matrix, input, 0, input->tiles, vector, result);
  } else {
    for (t = 0; t < input->tiles; ++t) {
      const uint32_t bytes = t + 1u < input->tiles ? input->tile_bytes : input->last_bytes;
      vector.index = pim_next_vector(machine);
      send(machine, tile, matrix, input, t * input->tile_bytes, bytes, vector);
      mac(machine, matrix, input, t, 1, vector, result);
    }
  }
  if (matrix->column_parts > 1)
    gather_and_reduce(machine, tile, matrix, input, result, to);
  else
    gather_rows(machine, matrix, tokens, result, to);
}
