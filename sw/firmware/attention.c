#include "sw/firmware/attention.h"

/* The KV heads that the chip takes at once: groups 0..groups-1 are heads first..first+groups-1. */
struct round {
  uint32_t index, first, groups;
};

/* Some tokens of the tile whose scores fit into BRAM together. */
struct chunk {
  struct round round;
  uint32_t token, tokens;
  uint32_t vectors;
  uint32_t length; /* tokens that the first one sees */
  uint32_t pitch;  /* elements of a score row */
};

static uint32_t minimum(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

static uint32_t heads_per_group(const struct pim_plan* plan) {
  return plan->heads / plan->kv_heads;
}

static uint32_t round_count(const struct pim_plan* plan) {
  return pim_ceil_div(plan->kv_heads, plan->heads_per_round);
}

static struct round round_at(const struct pim_plan* plan, uint32_t index) {
  struct round round;
  round.index = index;
  round.first = index * plan->heads_per_round;
  round.groups = minimum(plan->heads_per_round, plan->kv_heads - round.first);
  return round;
}

static uint32_t cache_region(const struct pim_machine* machine, uint32_t round, uint32_t is_v) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t layer = machine->layer_index / plan->kv_sets;
  return plan->kv_bmem + ((layer * round_count(plan) + round) * 2u + is_v) * plan->kv_region_bytes;
}

static struct pim_command new_command(const struct pim_machine* machine, enum pim_opcode opcode,
                                      struct round round) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command command = pim_new_command(opcode, PIM_STREAM_KV, round.groups, plan->banks_per_head, 1);
  command.first_bank = (uint8_t)(machine->layer_index % plan->kv_sets * plan->kv_set_banks);
  return command;
}

static void store_chunk(struct pim_machine* machine, const struct pim_tile* tile, struct round round,
                        uint32_t token, uint32_t tokens) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t record = pim_kv_record_bytes(plan->head_dim, plan->kv_bits), vector = pim_next_vector(machine);
  struct pim_command send = new_command(machine, PIM_OP_SEND, round),
                     store = new_command(machine, PIM_OP_STORE, round);
  struct pim_use uses[2];
  /* Of each head two runs of records: K, then V. */
  send.body.copy.address =
      pim_tile_buffers(machine, tile)->kv_records + (round.first * 2u * tile->tokens + token) * record;
  send.body.copy.bram = plan->bram_vector[vector].offset;
  send.body.copy.rows = 2;
  send.body.copy.row_bytes = tokens * record;
  send.body.copy.row_stride = tile->tokens * record;
  send.body.copy.slice_stride = 2u * tile->tokens * record;
  uses[0] = pim_tile_use(tile, PIM_BUF_KV_RECORDS, PIM_READ);
  uses[1] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_WRITE);
  pim_post(machine, &send, uses, 2);

  store.body.store.bmem_k = cache_region(machine, round.index, 0);
  store.body.store.bmem_v = cache_region(machine, round.index, 1);
  store.body.store.first = tile->position + token;
  store.body.store.tokens = tokens;
  store.body.store.bram_in = plan->bram_vector[vector].offset;
  store.body.store.head_dim = (uint16_t)plan->head_dim;
  store.body.store.kv_bits = plan->kv_bits;
  uses[0] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_READ);
  pim_post(machine, &store, uses, 1);
}

void pim_store_kv(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t record = pim_kv_record_bytes(plan->head_dim, plan->kv_bits);
  uint32_t at_once = plan->bram_vector[0].bytes / (2u * record), r, token;
  for (r = 0; r < round_count(plan); ++r)
    for (token = 0; token < tile->tokens; token += at_once)
      store_chunk(machine, tile, round_at(plan, r), token, minimum(at_once, tile->tokens - token));
}

static void send_queries(struct pim_machine* machine, const struct pim_tile* tile,
                         const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t record = pim_query_record_bytes(heads_per_group(plan), plan->head_dim);
  struct pim_command command = new_command(machine, PIM_OP_SEND, chunk->round);
  struct pim_use uses[2];
  command.body.copy.address =
      pim_tile_buffers(machine, tile)->query + (chunk->token * plan->kv_heads + chunk->round.first) * record;
  command.body.copy.bram = plan->bram_query.offset;
  command.body.copy.rows = chunk->tokens;
  command.body.copy.row_bytes = record;
  command.body.copy.row_stride = plan->kv_heads * record;
  command.body.copy.slice_stride = record;
  uses[0] = pim_tile_use(tile, PIM_BUF_QUERY, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_WRITE);
  pim_post(machine, &command, uses, 2);
}

static struct pim_command attention_command(const struct pim_machine* machine, enum pim_opcode opcode,
                                            const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command command = new_command(machine, opcode, chunk->round);
  struct pim_attention* body = &command.body.attention;
  body->bmem = cache_region(machine, chunk->round.index, opcode == PIM_OP_PV);
  body->length = chunk->length;
  body->tokens = chunk->tokens;
  body->pitch = chunk->pitch;
  body->head_dim = (uint16_t)plan->head_dim;
  body->heads_per_group = (uint8_t)heads_per_group(plan);
  body->kv_bits = plan->kv_bits;
  body->multiplier = plan->attention_multiplier;
  body->multiplier_shift = plan->attention_shift;
  return command;
}

static void post_score(struct pim_machine* machine, const struct chunk* chunk) {
  struct pim_command command = attention_command(machine, PIM_OP_SCORE, chunk);
  struct pim_use uses[2];
  command.body.attention.bram_in = machine->plan.bram_query.offset;
  command.body.attention.bram_out = machine->plan.bram_score.offset;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE);
  pim_post(machine, &command, uses, 2);
}

static void post_pv(struct pim_machine* machine, const struct chunk* chunk, uint32_t pitch, uint32_t flags) {
  struct pim_command command = attention_command(machine, PIM_OP_PV, chunk);
  struct pim_use uses[2];
  command.flags = (uint8_t)flags;
  command.body.attention.pitch = pitch;
  command.body.attention.bram_in = machine->plan.bram_score.offset;
  command.body.attention.bram_out = machine->plan.bram_value.offset;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_WRITE);
  pim_post(machine, &command, uses, 2);
}

/* Where the chunk's heads lie in the tile's attention buffer: [token][head][head_dim] Q16. */
static uint32_t attention_address(const struct pim_machine* machine, const struct pim_tile* tile,
                                  const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t head = chunk->round.first * heads_per_group(plan);
  return pim_tile_buffers(machine, tile)->attention +
         (chunk->token * plan->heads + head) * plan->head_dim * 4u;
}

/* A bank for a head: softmax in the bank, finished heads come back. */
static void finish_in_bank(struct pim_machine* machine, const struct pim_tile* tile,
                           const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command softmax = attention_command(machine, PIM_OP_SOFTMAX, chunk);
  struct pim_command gather = new_command(machine, PIM_OP_GATHER, chunk->round);
  struct pim_use uses[2];
  softmax.body.attention.bram_in = plan->bram_score.offset;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE);
  pim_post(machine, &softmax, uses, 1);

  post_pv(machine, chunk, 2u * chunk->pitch, 0);

  gather.body.copy.address = attention_address(machine, tile, chunk);
  gather.body.copy.bram = plan->bram_value.offset;
  gather.body.copy.rows = chunk->tokens;
  gather.body.copy.row_bytes = heads_per_group(plan) * plan->head_dim * 4u;
  gather.body.copy.row_stride = plan->heads * plan->head_dim * 4u;
  gather.body.copy.slice_stride = gather.body.copy.row_bytes;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ATTENTION, PIM_FILL);
  pim_post(machine, &gather, uses, 2);
}

/* Moves `bytes` between each bank of the heads and its place in a buffer of the Controller. */
static void copy_per_bank(struct pim_machine* machine, enum pim_opcode opcode, const struct chunk* chunk,
                          uint32_t address, uint32_t bram, uint32_t bytes, struct pim_use from,
                          struct pim_use to) {
  struct pim_command command = new_command(machine, opcode, chunk->round);
  struct pim_use uses[2];
  command.flags = PIM_FLAG_PER_BANK;
  command.body.copy.address = address;
  command.body.copy.bram = bram;
  command.body.copy.rows = 1;
  command.body.copy.row_bytes = bytes;
  command.body.copy.row_stride = bytes;
  command.body.copy.slice_stride = bytes;
  uses[0] = from;
  uses[1] = to;
  pim_post(machine, &command, uses, 2);
}

/* Several banks for a head: the Controller takes the softmax over their scores and adds their sums. */
static void finish_in_controller(struct pim_machine* machine, const struct pim_tile* tile,
                                 const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  struct pim_command softmax = new_command(machine, PIM_OP_ALU_SOFTMAX, chunk->round);
  struct pim_command reduce = new_command(machine, PIM_OP_REDUCE, chunk->round);
  uint32_t score_bytes = chunk->vectors * chunk->pitch * 4u, sum_bytes = chunk->vectors * plan->head_dim * 8u;
  struct pim_alu* alu = &softmax.body.alu;
  struct pim_use uses[2];
  copy_per_bank(machine, PIM_OP_GATHER, chunk, buffers->scores, plan->bram_score.offset, score_bytes,
                pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_READ), pim_tile_use(tile, PIM_BUF_SCORES, PIM_WRITE));

  alu->src = buffers->scores;
  alu->dst = buffers->probabilities;
  alu->rows = chunk->vectors;
  alu->src_stride = chunk->pitch * 4u;
  alu->dst_stride = chunk->pitch * 2u;
  alu->blocks = chunk->round.groups;
  alu->segments = plan->banks_per_head;
  alu->segment_stride = score_bytes;
  alu->dst_segment_stride = score_bytes / 2u;
  alu->position = chunk->length;
  alu->heads_per_group = (uint8_t)heads_per_group(plan);
  uses[0] = pim_tile_use(tile, PIM_BUF_SCORES, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_PROBABILITIES, PIM_WRITE);
  pim_post(machine, &softmax, uses, 2);

  copy_per_bank(machine, PIM_OP_SEND, chunk, buffers->probabilities, plan->bram_score.offset,
                score_bytes / 2u, pim_tile_use(tile, PIM_BUF_PROBABILITIES, PIM_READ),
                pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE));
  post_pv(machine, chunk, chunk->pitch, PIM_FLAG_RAW);
  copy_per_bank(machine, PIM_OP_GATHER, chunk, buffers->partial, plan->bram_value.offset, sum_bytes,
                pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_READ), pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_WRITE));

  alu = &reduce.body.alu;
  alu->src = buffers->partial;
  alu->dst = attention_address(machine, tile, chunk);
  alu->dst_stride = plan->heads * plan->head_dim * 4u;
  alu->rows = chunk->tokens;
  alu->count = heads_per_group(plan) * plan->head_dim;
  alu->blocks = chunk->round.groups;
  alu->segments = plan->banks_per_head;
  alu->segment_stride = sum_bytes;
  /* docs/numerics.md: the bias b of the KV format; P x V rounds by 16 - b. */
  alu->exponent = (int16_t)((plan->kv_bits == 16 ? 0 : plan->kv_bits == 8 ? 2 : 5) - 32);
  uses[0] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ATTENTION, PIM_FILL);
  pim_post(machine, &reduce, uses, 2);
}

void pim_run_attention(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  struct chunk chunk;
  uint32_t r;
  for (r = 0; r < round_count(plan); ++r) {
    chunk.round = round_at(plan, r);
    for (chunk.token = 0; chunk.token < tile->tokens; chunk.token += plan->attention_tile) {
      chunk.tokens = minimum(plan->attention_tile, tile->tokens - chunk.token);
      chunk.vectors = chunk.tokens * heads_per_group(plan);
      chunk.length = tile->position + chunk.token + 1u;
      /* Even, so that rows of 16-bit probabilities are whole words. */
      chunk.pitch = pim_round_up(pim_ceil_div(chunk.length + chunk.tokens - 1u, plan->banks_per_head), 2u);
      send_queries(machine, tile, &chunk);
      post_score(machine, &chunk);
      if (plan->banks_per_head == 1)
        finish_in_bank(machine, tile, &chunk);
      else
        finish_in_controller(machine, tile, &chunk);
    }
  }
}
