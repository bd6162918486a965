/* Sizes of all data in memory: one definition for the packer, the firmware, the model and the tests.
 *
 * Sizes are in bytes. A column is the unit in which a bank reads (PIM_COLUMN_BYTES); weights and cache blocks
 * begin on columns, so that a command streams whole columns. */
#ifndef PIM_LAYOUT_H
#define PIM_LAYOUT_H

#include <stdint.h>

enum { PIM_COLUMN_BYTES = 32, PIM_KV_BLOCK_TOKENS = 32 };
enum { PIM_SPARSE_BLOCK = 16 }; /* neighbours along K of which a sparse matrix keeps some */

static inline uint32_t pim_ceil_div(uint32_t a, uint32_t b) {
  return (a + b - 1u) / b;
}
static inline uint32_t pim_round_up(uint32_t a, uint32_t unit) {
  return pim_ceil_div(a, unit) * unit;
}

/* Activation record of one K tile: mantissas, one shift byte per group, the base exponent (int8), padding to
 * 4. */
static inline uint32_t pim_activation_record_bytes(uint32_t k, uint32_t group, uint32_t bits) {
  return pim_round_up(k * bits / 8u + k / group + 1u, 4u);
}

/* Query record of one token and KV head: 16-bit mantissas [head][head_dim], one exponent byte per head,
 * padding to 4. */
static inline uint32_t pim_query_record_bytes(uint32_t heads, uint32_t head_dim) {
  return pim_round_up(heads * head_dim * 2u + heads, 4u);
}

/* Record of K or V of one token and head on the link: codes, the meta byte, padding to 4. */
static inline uint32_t pim_kv_record_bytes(uint32_t head_dim, uint32_t kv_bits) {
  return pim_round_up(head_dim * kv_bits / 8u + 1u, 4u);
}

/* Weight row of one K tile in BMEM: UINT16 scales, zero points (4 bits, two per byte, low nibble first; with
 * codes wider than 4 bits a byte, of which only as many bits as a code has are used), padding to a column;
 * then the codes.
 *
 * Dense codes (sparsity 0) follow each other, lowest bit first, and may cross bytes and columns; then padding
 * to a column. Sparse codes have 4 bits: of each block of 16 neighbours, `sparsity` (8, 4 or 2) are stored, in
 * ascending order of index. A block has, from its lowest bit on, the positions of the stored codes and then
 * the codes. No block crosses a column; the rest of a column is zero.
 *   8: a mask of 16 bits, 8 codes: 48 bits, 5 blocks per column
 *   4: 4 indices of 4 bits, 4 codes: 32 bits, 8 blocks per column
 *   2: 2 indices of 4 bits, 2 codes: 16 bits, 16 blocks per column */
static inline uint32_t pim_weight_meta_bytes(uint32_t k, uint32_t group, uint32_t scale_bits,
                                             uint32_t zero_bits) {
  uint32_t groups = k / group;
  return pim_round_up(groups * scale_bits / 8u + pim_ceil_div(groups * zero_bits, 8u), PIM_COLUMN_BYTES);
}
static inline uint32_t pim_sparse_block_bits(uint32_t sparsity) {
  return sparsity == 8 ? 16u + 8u * 4u : sparsity * 8u;
}
static inline uint32_t pim_sparse_blocks_per_column(uint32_t sparsity) {
  return 8u * PIM_COLUMN_BYTES / pim_sparse_block_bits(sparsity);
}
static inline uint32_t pim_weight_code_bytes(uint32_t k, uint32_t weight_bits, uint32_t sparsity) {
  if (sparsity == 0) return pim_round_up(k * weight_bits / 8u, PIM_COLUMN_BYTES);
  return pim_ceil_div(k / PIM_SPARSE_BLOCK, pim_sparse_blocks_per_column(sparsity)) * PIM_COLUMN_BYTES;
}
static inline uint32_t pim_weight_row_bytes(uint32_t k, uint32_t group, uint32_t weight_bits,
                                            uint32_t scale_bits, uint32_t zero_bits, uint32_t sparsity) {
  return pim_weight_meta_bytes(k, group, scale_bits, zero_bits) +
         pim_weight_code_bytes(k, weight_bits, sparsity);
}

/* A bank's slice of a matrix part: K tiles one after another, each `rows` weight rows of that tile. */
static inline uint32_t pim_weight_slice_bytes(uint32_t rows, uint32_t k, uint32_t k_tile, uint32_t group,
                                              uint32_t weight_bits, uint32_t scale_bits, uint32_t zero_bits,
                                              uint32_t sparsity) {
  uint32_t full = k / k_tile, rest = k % k_tile, bytes;
  bytes = full * rows * pim_weight_row_bytes(k_tile, group, weight_bits, scale_bits, zero_bits, sparsity);
  if (rest) bytes += rows * pim_weight_row_bytes(rest, group, weight_bits, scale_bits, zero_bits, sparsity);
  return bytes;
}

/* KV cache of one head in one bank: blocks of 32 tokens, each with one column of meta bytes and then the
 * tokens' codes, so that appending and reading both proceed along columns. */
static inline uint32_t pim_kv_block_bytes(uint32_t head_dim, uint32_t kv_bits) {
  return PIM_COLUMN_BYTES + PIM_KV_BLOCK_TOKENS * head_dim * kv_bits / 8u;
}
static inline uint32_t pim_kv_region_bytes(uint32_t tokens, uint32_t head_dim, uint32_t kv_bits) {
  return pim_ceil_div(tokens, PIM_KV_BLOCK_TOKENS) * pim_kv_block_bytes(head_dim, kv_bits);
}

/* Returns the number of tokens that bank `index` holds if `length` tokens are distributed in turn over the
 * `banks` banks of a head. */
static inline uint32_t pim_tokens_held(uint32_t length, uint32_t banks, uint32_t index) {
  return (length + banks - 1u - index) / banks;
}

/* Returns the banks of die `die` in the first `groups` groups of `banks_per_group` banks: always its lowest
 * ones. */
static inline uint32_t pim_banks_addressed(uint32_t groups, uint32_t banks_per_group, uint32_t dies,
                                           uint32_t die) {
  return die < groups ? pim_ceil_div(groups - die, dies) * banks_per_group : 0u;
}

#endif
