#include "sw/firmware/matrix.h"

/* How the records of the matrix's input lie, in Controller memory and in BRAM: [column part][K tile][token].
 */
struct input {
  uint32_t tiles;
  uint32_t tile_bytes; /* a full K tile of all tokens */
  uint32_t last_bytes; /* the last one */
  uint32_t part_bytes; /* all of them */
  uint32_t first_record_bytes;
};

static uint32_t record_bytes(const struct pim_machine* machine, uint32_t k) {
  return pim_activation_record_bytes(k, machine->plan.group, machine->plan.activation_bits);
}

static uint32_t tile_elements(const struct pim_matrix* matrix, uint32_t tile) {
  uint32_t begin = tile * matrix->k_tile, rest = matrix->k - begin;
  return rest < matrix->k_tile ? rest : matrix->k_tile;
}

static struct input input_of(const struct pim_machine* machine, const struct pim_matrix* matrix,
                             uint32_t tokens) {
  struct input input;
  input.tiles = pim_ceil_div(matrix->k, matrix->k_tile);
  input.first_record_bytes = record_bytes(machine, tile_elements(matrix, 0));
  input.tile_bytes = tokens * input.first_record_bytes;
  input.last_bytes = tokens * record_bytes(machine, tile_elements(matrix, input.tiles - 1u));
  input.part_bytes = (input.tiles - 1u) * input.tile_bytes + input.last_bytes;
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

/* One transfer to all slots: `bytes` at `offset` of each column part. `both`: it runs on into the second
 * buffer. */
static void send(struct pim_machine* machine, const struct pim_tile* tile, const struct pim_matrix* matrix,
                 const struct input* input, uint32_t offset, uint32_t bytes, uint32_t vector, int both) {
  struct pim_command command =
      pim_new_command(PIM_OP_SEND, PIM_STREAM_WEIGHTS, matrix->slots, 1, matrix->column_parts);
  struct pim_copy* copy = &command.body.copy;
  struct pim_use uses[3];
  command.flags = PIM_FLAG_BROADCAST;
  copy->address = pim_tile_buffers(machine, tile)->activation + offset;
  copy->bram = machine->plan.bram_vector[vector].offset;
  copy->rows = 1;
  copy->row_bytes = bytes;
  copy->row_stride = bytes;
  copy->slice_stride = input->part_bytes;
  uses[0] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_READ);
  uses[1] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_WRITE);
  uses[2] = pim_buffer_use(PIM_BUF_VECTOR_1, PIM_WRITE);
  pim_post(machine, &command, uses, both ? 3 : 2);
}

static void mac(struct pim_machine* machine, const struct pim_matrix* matrix, uint32_t tokens,
                uint32_t k_tile, uint32_t tiles, uint32_t bram_in, uint32_t vector, int both,
                uint32_t result) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command command =
      pim_new_command(PIM_OP_MAC, PIM_STREAM_WEIGHTS, matrix->slots, 1, matrix->column_parts);
  struct pim_mac* body = &command.body.mac;
  struct pim_use uses[3];
  uint32_t full_row =
      pim_weight_row_bytes(matrix->k_tile, plan->group, plan->weight_bits, plan->scale_bits, plan->zero_bits);
  if (k_tile > 0) command.flags |= PIM_FLAG_ACCUMULATE;
  if (k_tile + 1u < tiles || matrix->column_parts > 1) command.flags |= PIM_FLAG_RAW;
  body->bmem = matrix->bmem + k_tile * matrix->rows * full_row;
  body->rows = matrix->rows;
  body->k = tile_elements(matrix, k_tile);
  body->vectors = tokens;
  body->bram_in = bram_in;
  body->bram_out = plan->bram_result[result].offset;
  body->out_rows = matrix->rows;
  body->group = (uint16_t)plan->group;
  body->weight_bits = plan->weight_bits;
  body->scale_bits = plan->scale_bits;
  body->zero_bits = plan->zero_bits;
  body->activation_bits = plan->activation_bits;
  body->weight_exponent = matrix->exponent;
  uses[0] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_READ);
  uses[1] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_WRITE);
  uses[2] = pim_buffer_use(PIM_BUF_VECTOR_1, PIM_READ);
  pim_post(machine, &command, uses, both ? 3 : 2);
}

/* Results of the slots side by side in the rows of the destination. */
static void gather_rows(struct pim_machine* machine, const struct pim_matrix* matrix, uint32_t tokens,
                        uint32_t result, struct pim_destination to) {
  struct pim_command command = pim_new_command(PIM_OP_GATHER, PIM_STREAM_WEIGHTS, matrix->slots, 1, 1);
  struct pim_copy* copy = &command.body.copy;
  struct pim_use uses[2];
  copy->address = to.address;
  copy->bram = machine->plan.bram_result[result].offset;
  copy->rows = tokens;
  copy->row_bytes = matrix->rows * 4u;
  copy->row_stride = to.pitch;
  copy->slice_stride = copy->row_bytes;
  uses[0] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_READ);
  uses[1] = to.use;
  pim_post(machine, &command, uses, 2);
}

/* 2-D mapping: exact sums of the column parts, added and rounded by the ALU. */
static void gather_and_reduce(struct pim_machine* machine, const struct pim_tile* tile,
                              const struct pim_matrix* matrix, const struct input* input, uint32_t tokens,
                              uint32_t result, struct pim_destination to) {
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct pim_command gather = pim_new_command(PIM_OP_GATHER, PIM_STREAM_WEIGHTS, matrix->slots, 1, 1);
  struct pim_command reduce = pim_new_command(PIM_OP_REDUCE, PIM_STREAM_WEIGHTS, 0, 1, 1);
  struct pim_copy* copy = &gather.body.copy;
  struct pim_alu* alu = &reduce.body.alu;
  struct pim_use uses[3];
  uint32_t first_k = tile_elements(matrix, 0);
  copy->address = buffers->partial;
  copy->bram = machine->plan.bram_result[result].offset;
  copy->rows = 1;
  copy->row_bytes = tokens * matrix->rows * 8u;
  copy->row_stride = copy->row_bytes;
  copy->slice_stride = copy->row_bytes;
  uses[0] = pim_buffer_use(result ? PIM_BUF_RESULT_1 : PIM_BUF_RESULT_0, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_WRITE);
  pim_post(machine, &gather, uses, 2);

  alu->src = buffers->partial;
  alu->src2 =
      buffers->activation + first_k * machine->plan.activation_bits / 8u + first_k / machine->plan.group;
  alu->src2_stride = input->first_record_bytes;
  alu->dst = to.address;
  alu->dst_stride = to.pitch;
  alu->rows = tokens;
  alu->count = matrix->rows;
  alu->blocks = (uint32_t)matrix->slots / matrix->column_parts;
  alu->segments = matrix->column_parts;
  alu->segment_stride = copy->row_bytes;
  alu->exponent = matrix->exponent;
  uses[0] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ACTIVATION, PIM_READ);
  uses[2] = to.use;
  pim_post(machine, &reduce, uses, 3);
}

void pim_run_matrix(struct pim_machine* machine, const struct pim_tile* tile, uint32_t tokens,
                    const struct pim_matrix* matrix, struct pim_destination to) {
  const struct pim_plan* plan = &machine->plan;
  struct input input = input_of(machine, matrix, tokens);
  uint32_t result = pim_next_result(machine), t;
  int fits = input.part_bytes <= plan->bram_vector[0].bytes;
  /* One token's input goes out as one message where BRAM has room, even if that takes both input buffers. */
  int both = !fits && tokens == 1 && input.part_bytes <= plan->bram_input_bytes;
  if (fits || both) {
    uint32_t vector = both ? 0 : pim_next_vector(machine);
    send(machine, tile, matrix, &input, 0, input.part_bytes, vector, both);
    for (t = 0; t < input.tiles; ++t)
      mac(machine, matrix, tokens, t, input.tiles, plan->bram_vector[vector].offset + t * input.tile_bytes,
          vector, both, result);
  } else {
    for (t = 0; t < input.tiles; ++t) {
      uint32_t vector = pim_next_vector(machine);
      uint32_t bytes = t + 1u < input.tiles ? input.tile_bytes : input.last_bytes;
      send(machine, tile, matrix, &input, t * input.tile_bytes, bytes, vector, 0);
      mac(machine, matrix, tokens, t, input.tiles, plan->bram_vector[vector].offset, vector, 0, result);
    }
  }
  if (matrix->column_parts > 1)
    gather_and_reduce(machine, tile, matrix, &input, tokens, result, to);
  else
    gather_rows(machine, matrix, tokens, result, to);
}
