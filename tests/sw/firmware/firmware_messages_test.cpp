// How many messages a token costs, and how many bytes they carry: counted from the commands posted.
#include <gtest/gtest.h>

#include <algorithm>

#include "abi/pim_layout.h"
#include "sw/host/layout/planner.h"
#include "tests/sw/firmware/counting_machine.h"
#include "tests/sw/host/shapes.h"

namespace pim::test {
namespace {

struct Messages {
  std::uint32_t weights = 0, attention = 0, append = 0;
  bool operator==(const Messages& o) const {
    return weights == o.weights && attention == o.attention && append == o.append;
  }
};

std::ostream& operator<<(std::ostream& out, const Messages& m) {
  return out << m.weights << " for weights, " << m.attention << " for attention, " << m.append
             << " for KV appends";
}

bool isMessage(const pim_command& command) {
  return command.opcode == PIM_OP_SEND || command.opcode == PIM_OP_GATHER || command.opcode == PIM_OP_FETCH;
}

/// A SEND whose data a STORE of the same groups takes next is an append.
Messages countMessages(const std::vector<pim_command>& commands) {
  Messages messages;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!isMessage(commands[i])) continue;
    const bool append = i + 1 < commands.size() && commands[i + 1].opcode == PIM_OP_STORE;
    ++(commands[i].stream == PIM_STREAM_WEIGHTS ? messages.weights
       : append                                 ? messages.append
                                                : messages.attention);
  }
  return messages;
}

/// The commands of one decode step of llama-7b at `position`.
std::vector<pim_command> decodeStep(const host::MappingOptions& options, const ChipShape& chip = {},
                                    std::uint32_t position = 100) {
  const host::Layout layout = host::planModel(llama7b(), chip, options, 512);
  CountingMachine machine(layout);
  pim_job job{};
  job.prompt = layout.promptAddress;
  job.prompt_tokens = 1;
  job.position = position - 1;
  job.generate = 2;
  EXPECT_EQ(machine.run(job), PIM_OK);
  EXPECT_EQ(machine.marks, (std::vector<std::uint32_t>{PIM_MARK_PREFILL, PIM_MARK_DECODE, PIM_MARK_END}));
  return machine.phases.at(1);
}

host::MappingOptions kv4() {
  host::MappingOptions options;
  options.kvBits = 4;
  options.tokenTile = 8;
  return options;
}

TEST(Messages, NothingFused) {
  EXPECT_EQ(countMessages(decodeStep(kv4())), (Messages{2 * (1 + 32 * 7), 2 * 32, 32}));
}

TEST(Messages, FusedQkvAndGateUp) {
  host::MappingOptions options = kv4();
  options.fuseQkv = options.fuseGateUp = true;
  EXPECT_EQ(countMessages(decodeStep(options)), (Messages{2 * (1 + 32 * 4), 2 * 32, 32}));
}

TEST(Messages, SeveralBanksForAHead) {
  for (const std::uint32_t banks : {2u, 4u}) {
    host::MappingOptions options = kv4();
    options.banksPerHead = banks;
    EXPECT_EQ(countMessages(decodeStep(options)), (Messages{450, 4 * 32, 32})) << banks;
  }
}

TEST(Messages, HeadsThatTakeTurns) {
  host::MappingOptions options = kv4();
  options.banksPerHead = 8;  // 16 heads at once
  EXPECT_EQ(countMessages(decodeStep(options)), (Messages{450, 2 * 4 * 32, 2 * 32}));
}

TEST(Messages, TwoDimensionalMappingSendsNoMoreOften) {
  host::MappingOptions options = kv4();
  options.columnParts = 8;
  EXPECT_EQ(countMessages(decodeStep(options)).weights, 450u);
}

TEST(Messages, AnEmbeddingInTheBanksCostsOneMore) {
  host::MappingOptions options = kv4();
  options.embedding = EmbeddingPlacement::kBanks;
  EXPECT_EQ(countMessages(decodeStep(options)).weights, 451u);
}

TEST(Messages, OneTokenGoesOutAtOnceEvenWhereATokenTileIsCut) {
  host::MappingOptions options = kv4();
  options.tokenTile = 16;
  options.fuseGateUp = true;
  ASSERT_LT(host::planModel(llama7b(), {}, options, 512).layers[0].down.k_tile, 11008u);
  EXPECT_EQ(countMessages(decodeStep(options)).weights, 2 * (1 + 32 * 6));
}

TEST(Messages, AVectorBufferTilesDecodeToo) {
  host::MappingOptions options = kv4();
  options.tokenTile = 1;
  ChipShape chip;
  chip.vectorBufferBytes = 2048;
  // 4096 in 4 tiles, 11008 in 11: inputs of 6 matrices and the head, of one; outputs of all.
  EXPECT_EQ(countMessages(decodeStep(options, chip)).weights, (4 * 6 + 11) * 32 + 4 + 225u);
}

/// Bytes that leave the Controller on the fullest link, or that come back on it.
std::uint64_t bytesOnDie0(const std::vector<pim_command>& commands, std::uint8_t opcode,
                          std::uint8_t stream) {
  std::uint64_t bytes = 0;
  for (const pim_command& c : commands) {
    if (c.opcode != opcode || c.stream != stream) continue;
    const pim_copy& copy = c.body.copy;
    const std::uint64_t banks = pim_banks_addressed(c.groups, c.banks_per_group, 8, 0);
    const bool once = (c.flags & PIM_FLAG_BROADCAST) != 0;
    const bool perGroup = opcode == PIM_OP_SEND && (c.flags & PIM_FLAG_PER_BANK) == 0;
    bytes += std::uint64_t{copy.rows} * copy.row_bytes *
             (once       ? 1
              : perGroup ? banks / c.banks_per_group
                         : banks);
  }
  return bytes;
}

// Inputs are broadcast: every link carries them once. A record has 2 bytes a weight, a shift a group and the
// base.
TEST(Traffic, WeightsOfADecodeStep) {
  const auto record = [](std::uint64_t k) { return (2 * k + k / 128 + 1 + 3) / 4 * 4; };
  const auto commands = decodeStep(kv4());
  // The planner cuts 11008 into K tiles, each a record of its own.
  const host::Layout layout = host::planModel(llama7b(), {}, kv4(), 512);
  const pim_matrix& down = layout.layers[0].down;
  const std::uint64_t tiles = (down.k + down.k_tile - 1) / down.k_tile;
  const std::uint64_t ideal = 32 * (6 * record(4096) + record(11008)) + record(4096);
  const std::uint64_t sent = bytesOnDie0(commands, PIM_OP_SEND, PIM_STREAM_WEIGHTS);
  EXPECT_GE(sent, ideal);
  EXPECT_LE(sent, ideal + (32 * 7 + 1) * tiles * 4);
  EXPECT_EQ(bytesOnDie0(commands, PIM_OP_GATHER, PIM_STREAM_WEIGHTS),
            4u * (32 * (5 * 4096 + 2 * 11008) + 32000) / 8);
}

TEST(Traffic, AttentionOfADecodeStep) {
  const std::uint64_t heads = 4;  // of 32 on a die
  auto commands = decodeStep(kv4());
  const std::uint64_t query = 2 * 128 + 4, append = 2 * (64 + 4);
  EXPECT_EQ(bytesOnDie0(commands, PIM_OP_SEND, PIM_STREAM_KV), 32 * heads * (query + append));
  EXPECT_EQ(bytesOnDie0(commands, PIM_OP_GATHER, PIM_STREAM_KV), 32 * heads * 128 * 4);

  host::MappingOptions options = kv4();
  options.banksPerHead = 4;
  commands = decodeStep(options);  // 101 tokens seen: 26 scores a bank
  EXPECT_EQ(bytesOnDie0(commands, PIM_OP_SEND, PIM_STREAM_KV), 32 * heads * (query + append + 4 * 26 * 2));
  EXPECT_EQ(bytesOnDie0(commands, PIM_OP_GATHER, PIM_STREAM_KV), 32 * heads * 4 * (26 * 4 + 128 * 8));
}

TEST(Traffic, EveryLayerReadsEveryWeightOnce) {
  const auto commands = decodeStep(kv4());
  std::uint64_t weights = 0;
  for (const pim_command& c : commands)
    if (c.opcode == PIM_OP_MAC) weights += std::uint64_t{c.groups} * c.body.mac.rows * c.body.mac.k;
  EXPECT_EQ(weights, 6607077376u);
}

TEST(Traffic, LayersTakeTurnsWithTheBanks) {
  std::vector<std::uint32_t> firstBanks;
  for (const pim_command& c : decodeStep(kv4()))
    if (c.opcode == PIM_OP_STORE) firstBanks.push_back(c.first_bank);
  ASSERT_EQ(firstBanks.size(), 32u);
  for (std::uint32_t layer = 0; layer < 32; ++layer) EXPECT_EQ(firstBanks[layer], layer % 4 * 4);
}

// Prefill reads each weight once a tile: that is what makes it fast.
TEST(Traffic, PrefillStreamsWeightsOncePerTile) {
  const host::Layout layout = host::planModel(llama7b(), {}, kv4(), 512);
  CountingMachine machine(layout);
  pim_job job{};
  job.prompt = layout.promptAddress;
  job.prompt_tokens = 20;
  job.generate = 1;
  ASSERT_EQ(machine.run(job), PIM_OK);
  std::uint64_t weights = 0;
  for (const pim_command& c : machine.phases.at(0))
    if (c.opcode == PIM_OP_MAC) weights += std::uint64_t{c.groups} * c.body.mac.rows * c.body.mac.k;
  const std::uint64_t head = std::uint64_t{4096} * 32000;
  EXPECT_EQ(weights, 3 * (6607077376u - head) + head);  // 20 tokens in tiles of 8
}

}  // namespace
}  // namespace pim::test
