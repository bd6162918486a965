#include <algorithm>

#include "core/arith/attention.h"
#include "core/operations/bank/cache_columns.h"
#include "core/operations/bank/command_checks.h"
#include "core/operations/bank_operation.h"

namespace pim {
namespace {

/// Appends KV records in BRAM to the K and V cache in BMEM.
class Store : public BankOperation {
 public:
  Store() : BankOperation(BankUnitKind::Cells) {}

  bool accepts(const pim_command& command, const BankSizes& sizes) const override {
    const pim_store& store = command.body.store;
    if (store.head_dim == 0 || store.head_dim > kMaxHeadDim || !oneOf(store.kv_bits, 4u, 8u, 16u))
      return false;
    if (store.tokens == 0 || store.tokens > kMostElements || store.first > kMostElements) return false;
    const std::uint32_t held = pim_ceil_div(store.first + store.tokens, command.banks_per_group);
    const std::uint64_t cache = cacheBytes(held, store.head_dim, store.kv_bits);
    const std::uint64_t record = pim_kv_record_bytes(store.head_dim, store.kv_bits);
    return isColumn(store.bmem_k) && isColumn(store.bmem_v) && areWords({store.bram_in}) &&
           fits(store.bmem_k, cache, sizes.bmem) && fits(store.bmem_v, cache, sizes.bmem) &&
           fits(store.bram_in, 2 * store.tokens * record, sizes.bram);
  }

  void execute(const BankTask& task, std::uint8_t* bmem, std::uint8_t* bram) const override {
    const pim_store& store = task.command.body.store;
    const KvFormat format{store.kv_bits};
    const std::uint32_t recordBytes = pim_kv_record_bytes(store.head_dim, store.kv_bits);
    const std::uint8_t* record = bram + store.bram_in;
    for (const std::uint32_t cache : {store.bmem_k, store.bmem_v}) {
      for (std::uint32_t t = 0; t < store.tokens; ++t, record += recordBytes) {
        const std::uint32_t token = store.first + t;
        if (token % task.banks() == task.place())
          appendToken(bmem + cache, token / task.banks(), store.head_dim, format, record);
      }
    }
  }

  void appendRuns(const BankTask& task, std::vector<ColumnRun>& runs) const override {
    const pim_store& store = task.command.body.store;
    const std::uint32_t tokenBytes = store.head_dim * store.kv_bits / 8u;
    const std::uint32_t blockBytes = pim_kv_block_bytes(store.head_dim, store.kv_bits);
    const std::uint32_t end = heldAfter(task);
    for (const std::uint32_t cache : {store.bmem_k, store.bmem_v}) {
      for (std::uint32_t token = heldBefore(task); token < end;) {
        const std::uint32_t block = cache + token / PIM_KV_BLOCK_TOKENS * blockBytes;
        const std::uint32_t first = token % PIM_KV_BLOCK_TOKENS;
        const std::uint32_t count = std::min<std::uint32_t>(PIM_KV_BLOCK_TOKENS - first, end - token);
        const std::uint32_t from = first * tokenBytes / PIM_COLUMN_BYTES;
        const std::uint32_t to = pim_ceil_div((first + count) * tokenBytes, PIM_COLUMN_BYTES);
        runs.push_back({block + (1 + from) * PIM_COLUMN_BYTES, to - from, true});
        runs.push_back(
            {block, 1,
             true});  // the meta bytes, masked: their values are known after the records have been read
        token += count;
      }
    }
  }
  std::int64_t columnInterval(const BankTask& task, const BankCompute& compute) const override {
    const pim_store& store = task.command.body.store;
    return compute.overhead ? tokensPerColumn(store.head_dim, store.kv_bits) : 0;
  }
  bool sameWork(const BankTask& a, const BankTask& b) const override {
    return heldBefore(a) == heldBefore(b) && heldAfter(a) == heldAfter(b);
  }

  std::uint64_t bramBytes(const BankTask& task) const override {
    const pim_store& store = task.command.body.store;
    return 2ULL * store.tokens * pim_kv_record_bytes(store.head_dim, store.kv_bits);
  }

 private:
  /// Return the number of tokens that the bank holds before and after the command.
  static std::uint32_t heldBefore(const BankTask& task) {
    return pim_tokens_held(task.command.body.store.first, task.banks(), task.place());
  }
  static std::uint32_t heldAfter(const BankTask& task) {
    const pim_store& store = task.command.body.store;
    return pim_tokens_held(store.first + store.tokens, task.banks(), task.place());
  }
};

}  // namespace

template <>
const BankOperation& bankOperationOf<PIM_OP_STORE>() {
  static const Store operation;
  return operation;
}

}  // namespace pim
