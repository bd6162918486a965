#include "sw/firmware/attention.h"

/* The KV heads that the chip processes together: groups 0..groups-1 are heads first..first+groups-1. */
struct round {
  uint32_t first, groups;
  uint32_t first_bank;
  uint32_t k_region, v_region; /* regions of the cache in BMEM */
};

/* Tokens of the tile whose scores fit into BRAM together. */
struct chunk {
  struct round round;
  uint32_t token, tokens;
  uint32_t vectors;
  uint32_t length; /* tokens that the chunk's first token sees */
  uint32_t mask_blocks,
      mask[PIM_MASK_WORDS]; /* as in struct pim_attention, the same for all tokens of the chunk; 0: no mask */
  uint32_t pitch;           /* elements of a score row */
};

static uint32_t minimum(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* Returns round 0 of the current layer; next_round continues with the others. */
static struct round first_round(const struct pim_machine* machine) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t region = machine->layer_index, set = 0;
  struct round round;
  if (plan->kv_sets > 1) {
    PIM_DID(machine->hal, PIM_WORK_SET, 1);
    region = machine->layer_index / plan->kv_sets;
    set = machine->layer_index % plan->kv_sets;
  }
  round.first = 0;
  round.groups = minimum(plan->heads_per_round, plan->kv_heads);
  round.first_bank = set * plan->kv_set_banks;
  round.k_region = plan->kv_bmem + region * machine->heads.rounds * 2u * plan->kv_region_bytes;
  round.v_region = round.k_region + plan->kv_region_bytes;
  return round;
}

static void next_round(const struct pim_plan* plan, struct round* round) {
  round->first += plan->heads_per_round;
  round->groups = minimum(plan->heads_per_round, plan->kv_heads - round->first);
  round->k_region += 2u * plan->kv_region_bytes;
  round->v_region += 2u * plan->kv_region_bytes;
}

static struct pim_command* new_command(struct pim_machine* machine, enum pim_opcode opcode,
                                       const struct round* round) {
  struct pim_command* command =
      pim_new_command(machine, opcode, PIM_STREAM_KV, round->groups, machine->plan.banks_per_head, 1);
  command->first_bank = (uint8_t)round->first_bank;
  return command;
}

static void store_chunk(struct pim_machine* machine, const struct pim_tile* tile, const struct round* round,
                        uint32_t token, uint32_t tokens) {
  const struct pim_plan* plan = &machine->plan;
  const uint32_t record = machine->heads.kv_record, vector = pim_next_vector(machine);
  struct pim_copy* copy;
  struct pim_store* store;
  struct pim_use uses[2];
  /* Two runs of records per head: K, then V. */
  copy = &new_command(machine, PIM_OP_SEND, round)->body.copy;
  copy->address =
      pim_tile_buffers(machine, tile)->kv_records + (round->first * 2u * tile->tokens + token) * record;
  copy->bram = plan->bram_vector[vector].offset;
  copy->rows = 2;
  copy->row_bytes = tokens * record;
  copy->row_stride = tile->tokens * record;
  copy->slice_stride = 2u * copy->row_stride;
  uses[0] = pim_tile_use(tile, PIM_BUF_KV_RECORDS, PIM_READ);
  uses[1] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_WRITE);
  pim_post(machine, uses, 2);

  store = &new_command(machine, PIM_OP_STORE, round)->body.store;
  store->bmem_k = round->k_region;
  store->bmem_v = round->v_region;
  store->first = tile->position + token;
  pim_note(machine, &store->first, PIM_POSITION);
  store->tokens = tokens;
  store->bram_in = plan->bram_vector[vector].offset;
  store->head_dim = (uint16_t)plan->head_dim;
  store->kv_bits = plan->kv_bits;
  uses[0] = pim_buffer_use(vector ? PIM_BUF_VECTOR_1 : PIM_BUF_VECTOR_0, PIM_READ);
  pim_post(machine, uses, 1);
}

void pim_store_kv(struct pim_machine* machine, const struct pim_tile* tile) {
  const uint32_t at_once = machine->heads.stored_at_once;
  struct round round = first_round(machine);
  uint32_t r, token;
  for (r = 0; r < machine->heads.rounds; ++r) {
    for (token = 0; token < tile->tokens; token += at_once)
      store_chunk(machine, tile, &round, token, minimum(at_once, tile->tokens - token));
    next_round(&machine->plan, &round);
  }
}

static void send_queries(struct pim_machine* machine, const struct pim_tile* tile,
                         const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  const uint32_t record = machine->heads.query_record;
  struct pim_copy* copy = &new_command(machine, PIM_OP_SEND, &chunk->round)->body.copy;
  struct pim_use uses[2];
  copy->address =
      pim_tile_buffers(machine, tile)->query + (chunk->token * plan->kv_heads + chunk->round.first) * record;
  copy->bram = plan->bram_query.offset;
  copy->rows = chunk->tokens;
  copy->row_bytes = record;
  copy->row_stride = plan->kv_heads * record;
  copy->slice_stride = record;
  uses[0] = pim_tile_use(tile, PIM_BUF_QUERY, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_WRITE);
  pim_post(machine, uses, 2);
}

/* Reads the mask for the row of blocks that contains the chunk's tokens. */
static void load_mask(struct pim_machine* machine, const struct pim_tile* tile, struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t row = (tile->position + chunk->token) / PIM_MASK_TOKENS, words, at, w;
  chunk->mask_blocks = 0;
  if (!pim_is_masked(plan, tile->decoding) || row >= plan->mask_rows) return;
  chunk->mask_blocks = row + 1u;
  words = pim_ceil_div(plan->mask_rows, 32u);
  at = plan->layer_table + plan->layers * (uint32_t)sizeof(struct pim_layer) +
       (machine->layer_index * plan->mask_rows + row) * words * 4u;
  for (w = 0; w * 32u < chunk->mask_blocks; ++w)
    chunk->mask[w] = machine->hal->read32(machine->hal->context, at + 4u * w);
  PIM_DID(machine->hal, PIM_WORK_MASK, 1);
  PIM_DID(machine->hal, PIM_WORK_MASK_WORDS, w);
}

/* Returns the number of tokens, from `token` of the tile on, that form a chunk: their scores fit into BRAM,
 * and they have the same mask. */
static uint32_t chunk_tokens(const struct pim_plan* plan, const struct pim_tile* tile, uint32_t token) {
  uint32_t tokens = minimum(plan->attention_tile, tile->tokens - token);
  if (!pim_is_masked(plan, tile->decoding)) return tokens;
  return minimum(tokens, PIM_MASK_TOKENS - (tile->position + token) % PIM_MASK_TOKENS);
}

/* Appends the mask to the descriptor. */
static void set_mask(struct pim_machine* machine, struct pim_command* command, const struct chunk* chunk) {
  uint32_t* to = &command->body.attention.mask0;
  uint32_t w;
  command->flags = PIM_FLAG_MASKED;
  command->body.attention.mask_blocks = chunk->mask_blocks;
  for (w = 0; w * 32u < chunk->mask_blocks; ++w) to[w] = chunk->mask[w];
  machine->draft_bytes += 4u + 4u * w;
  PIM_DID(machine->hal, PIM_WORK_MASK_WORDS, w);
}

static struct pim_command* attention_command(struct pim_machine* machine, enum pim_opcode opcode,
                                             const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_command* command = new_command(machine, opcode, &chunk->round);
  struct pim_attention* body = &command->body.attention;
  body->bmem = opcode == PIM_OP_PV ? chunk->round.v_region : chunk->round.k_region;
  body->length = chunk->length;
  pim_note(machine, &body->length, PIM_LENGTH);
  body->tokens = chunk->tokens;
  body->pitch = chunk->pitch;
  body->head_dim = (uint16_t)plan->head_dim;
  body->heads_per_group = (uint8_t)machine->heads.per_group;
  body->kv_bits = plan->kv_bits;
  body->multiplier = plan->attention_multiplier;
  body->multiplier_shift = plan->attention_shift;
  if (chunk->mask_blocks) set_mask(machine, command, chunk);
  return command;
}

static void post_score(struct pim_machine* machine, const struct chunk* chunk) {
  struct pim_attention* body = &attention_command(machine, PIM_OP_SCORE, chunk)->body.attention;
  struct pim_use uses[2];
  body->bram_in = machine->plan.bram_query.offset;
  body->bram_out = machine->plan.bram_score.offset;
  pim_note(machine, &body->pitch, PIM_PITCH);
  uses[0] = pim_buffer_use(PIM_BUF_BANK_QUERY, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE);
  pim_post(machine, uses, 2);
}

static void post_pv(struct pim_machine* machine, const struct chunk* chunk, uint32_t pitch,
                    enum pim_quantity quantity, uint32_t flags) {
  struct pim_command* command = attention_command(machine, PIM_OP_PV, chunk);
  struct pim_use uses[2];
  command->flags = (uint8_t)(command->flags | flags);
  command->body.attention.pitch = pitch;
  pim_note(machine, &command->body.attention.pitch, quantity);
  command->body.attention.bram_in = machine->plan.bram_score.offset;
  command->body.attention.bram_out = machine->plan.bram_value.offset;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_READ);
  uses[1] = pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_WRITE);
  pim_post(machine, uses, 2);
}

/* Returns the address of the chunk's heads in the tile's attention buffer: [token][head][head_dim] Q16. */
static uint32_t attention_address(const struct pim_machine* machine, const struct pim_tile* tile,
                                  const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  uint32_t head = chunk->round.first * machine->heads.per_group;
  return pim_tile_buffers(machine, tile)->attention +
         (chunk->token * plan->heads + head) * plan->head_dim * 4u;
}

/* One bank per head: the bank computes the softmax, and the Controller receives finished heads. */
static void finish_in_bank(struct pim_machine* machine, const struct pim_tile* tile,
                           const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  struct pim_attention* body;
  struct pim_copy* copy;
  struct pim_use uses[2];
  body = &attention_command(machine, PIM_OP_SOFTMAX, chunk)->body.attention;
  body->bram_in = plan->bram_score.offset;
  pim_note(machine, &body->pitch, PIM_PITCH);
  uses[0] = pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE);
  pim_post(machine, uses, 1);

  post_pv(machine, chunk, 2u * chunk->pitch, PIM_PITCH_2, 0);

  copy = &new_command(machine, PIM_OP_GATHER, &chunk->round)->body.copy;
  copy->address = attention_address(machine, tile, chunk);
  copy->bram = plan->bram_value.offset;
  copy->rows = chunk->tokens;
  copy->row_bytes = machine->heads.per_group * plan->head_dim * 4u;
  copy->row_stride = plan->heads * plan->head_dim * 4u;
  copy->slice_stride = copy->row_bytes;
  uses[0] = pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ATTENTION, PIM_FILL);
  pim_post(machine, uses, 2);
}

/* Moves `bytes`, which are `quantity`, between each bank of the heads and its place in a buffer of the
 * Controller; PIM_QUANTITIES: whatever the context. */
static void copy_per_bank(struct pim_machine* machine, enum pim_opcode opcode, const struct chunk* chunk,
                          uint32_t address, uint32_t bram, uint32_t bytes, enum pim_quantity quantity,
                          struct pim_use from, struct pim_use to) {
  struct pim_command* command = new_command(machine, opcode, &chunk->round);
  struct pim_copy* copy = &command->body.copy;
  struct pim_use uses[2];
  command->flags = PIM_FLAG_PER_BANK;
  copy->address = address;
  copy->bram = bram;
  copy->rows = 1;
  copy->row_bytes = bytes;
  copy->row_stride = bytes;
  copy->slice_stride = bytes;
  if (quantity != PIM_QUANTITIES) {
    pim_note(machine, &copy->row_bytes, quantity);
    pim_note(machine, &copy->row_stride, quantity);
    pim_note(machine, &copy->slice_stride, quantity);
  }
  uses[0] = from;
  uses[1] = to;
  pim_post(machine, uses, 2);
}

/* Several banks per head: the Controller computes the softmax over their scores and adds their sums. */
static void finish_in_controller(struct pim_machine* machine, const struct pim_tile* tile,
                                 const struct chunk* chunk) {
  const struct pim_plan* plan = &machine->plan;
  const struct pim_buffers* buffers = pim_tile_buffers(machine, tile);
  uint32_t score_bytes = chunk->vectors * chunk->pitch * 4u, sum_bytes = chunk->vectors * plan->head_dim * 8u;
  struct pim_alu* alu;
  struct pim_use uses[2];
  copy_per_bank(machine, PIM_OP_GATHER, chunk, buffers->scores, plan->bram_score.offset, score_bytes,
                PIM_SCORE_BYTES, pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_READ),
                pim_tile_use(tile, PIM_BUF_SCORES, PIM_WRITE));

  alu = &new_command(machine, PIM_OP_ALU_SOFTMAX, &chunk->round)->body.alu;
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
  alu->heads_per_group = (uint8_t)machine->heads.per_group;
  pim_note(machine, &alu->src_stride, PIM_PITCH_4);
  pim_note(machine, &alu->dst_stride, PIM_PITCH_2);
  pim_note(machine, &alu->segment_stride, PIM_SCORE_BYTES);
  pim_note(machine, &alu->dst_segment_stride, PIM_PROBABILITY_BYTES);
  pim_note(machine, &alu->position, PIM_LENGTH);
  uses[0] = pim_tile_use(tile, PIM_BUF_SCORES, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_PROBABILITIES, PIM_WRITE);
  pim_post(machine, uses, 2);

  copy_per_bank(machine, PIM_OP_SEND, chunk, buffers->probabilities, plan->bram_score.offset,
                score_bytes / 2u, PIM_PROBABILITY_BYTES, pim_tile_use(tile, PIM_BUF_PROBABILITIES, PIM_READ),
                pim_buffer_use(PIM_BUF_BANK_SCORE, PIM_WRITE));
  post_pv(machine, chunk, chunk->pitch, PIM_PITCH, PIM_FLAG_RAW);
  copy_per_bank(machine, PIM_OP_GATHER, chunk, buffers->partial, plan->bram_value.offset, sum_bytes,
                PIM_QUANTITIES, pim_buffer_use(PIM_BUF_BANK_VALUE, PIM_READ),
                pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_WRITE));

  alu = &new_command(machine, PIM_OP_REDUCE, &chunk->round)->body.alu;
  alu->src = buffers->partial;
  alu->dst = attention_address(machine, tile, chunk);
  alu->dst_stride = plan->heads * plan->head_dim * 4u;
  alu->rows = chunk->tokens;
  alu->count = machine->heads.per_group * plan->head_dim;
  alu->blocks = chunk->round.groups;
  alu->segments = plan->banks_per_head;
  alu->segment_stride = sum_bytes;
  /* Bias b of the KV format (docs/numerics.md); P x V rounds by 16 - b. */
  alu->exponent = (int16_t)((plan->kv_bits == 16 ? 0 : plan->kv_bits == 8 ? 2 : 5) - 32);
  uses[0] = pim_tile_use(tile, PIM_BUF_PARTIAL, PIM_READ);
  uses[1] = pim_tile_use(tile, PIM_BUF_ATTENTION, PIM_FILL);
  pim_post(machine, uses, 2);
}

/* Elements of a score row of the chunk's tokens in one bank. */
static uint32_t pitch_of(const struct pim_plan* plan, uint32_t length, uint32_t tokens) {
  uint32_t pitch = length + tokens - 1u;
  if (plan->banks_per_head > 1) pitch = pim_ceil_div(pitch, plan->banks_per_head);
  return pitch + (pitch & 1u); /* even, so that rows of 16-bit probabilities are whole words */
}

void pim_context_quantities(const struct pim_machine* machine, uint32_t position, uint32_t* values) {
  const uint32_t pitch = pitch_of(&machine->plan, position + 1u, 1);
  values[PIM_POSITION] = position;
  values[PIM_LENGTH] = position + 1u;
  values[PIM_PITCH] = pitch;
  values[PIM_PITCH_2] = 2u * pitch;
  values[PIM_PITCH_4] = 4u * pitch;
  values[PIM_SCORE_BYTES] = machine->heads.per_group * pitch * 4u;
  values[PIM_PROBABILITY_BYTES] = machine->heads.per_group * pitch * 2u;
}

void pim_run_attention(struct pim_machine* machine, const struct pim_tile* tile) {
  const struct pim_plan* plan = &machine->plan;
  const uint32_t banks = plan->banks_per_head;
  struct chunk chunk;
  uint32_t r;
  chunk.round = first_round(machine);
  for (r = 0; r < machine->heads.rounds; ++r) {
    for (chunk.token = 0; chunk.token < tile->tokens; chunk.token += chunk.tokens) {
      chunk.tokens = chunk_tokens(plan, tile, chunk.token);
      load_mask(machine, tile, &chunk);
      chunk.vectors = chunk.tokens * machine->heads.per_group;
      chunk.length = tile->position + chunk.token + 1u;
      chunk.pitch = pitch_of(plan, chunk.length, chunk.tokens);
      send_queries(machine, tile, &chunk);
      post_score(machine, &chunk);
      if (banks == 1)
        finish_in_bank(machine, tile, &chunk);
      else
        finish_in_controller(machine, tile, &chunk);
    }
    next_round(plan, &chunk.round);
    PIM_DID(machine->hal, PIM_WORK_ROUND, 1);
  }
}
