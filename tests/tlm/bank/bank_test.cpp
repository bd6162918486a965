#include "tlm/bank/bank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "abi/pim_layout.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/mac.h"
#include "core/arith/softmax.h"
#include "core/formats/weight_row.h"
#include "tests/tlm/bank/bank_rig.h"

namespace pim::test {
namespace {

/// Weights and activation records of one MAC, and what the definitions make of them.
class MacWork {
 public:
  static constexpr std::uint32_t kRows = 5, kK = 128, kVectors = 3, kOutRows = 8;
  static constexpr std::uint32_t kBmem = 4096, kIn = 0, kOut = 8192;
  static constexpr int kExponent = -18;

  explicit MacWork(std::mt19937& random) {
    for (std::uint32_t r = 0; r < kRows; ++r) {
      std::vector<std::uint8_t> codes(kK);
      std::vector<std::uint16_t> scales(kK / m_weights.group);
      for (auto& code : codes) code = static_cast<std::uint8_t>(random() % 16);
      for (auto& scale : scales) scale = static_cast<std::uint16_t>(random());
      std::vector<std::uint8_t> row(weightRowBytes(kK, m_weights));
      writeWeightRow(codes.data(), nullptr, scales.data(), kK, m_weights, row.data());
      rows.insert(rows.end(), row.begin(), row.end());
    }
    for (std::uint32_t v = 0; v < kVectors; ++v) {
      std::vector<Q16> x(kK);
      for (Q16& value : x) value = static_cast<Q16>(random() % 400'000) - 200'000;
      std::vector<std::uint8_t> record(activationRecordBytes(kK, m_activations));
      writeRecord(x.data(), kK, m_activations, chooseScale(x.data(), kK, m_activations), record.data());
      records.insert(records.end(), record.begin(), record.end());
    }
  }

  pim_command command() const {
    pim_command command = bankCommand(PIM_OP_MAC);
    pim_mac& mac = command.body.mac;
    mac.bmem = kBmem;
    mac.rows = kRows;
    mac.k = kK;
    mac.vectors = kVectors;
    mac.bram_in = kIn;
    mac.bram_out = kOut;
    mac.out_rows = kOutRows;
    mac.group = 32;
    mac.weight_bits = 4;
    mac.scale_bits = 16;
    mac.activation_bits = 16;
    mac.weight_exponent = kExponent;
    return command;
  }

  std::int64_t sum(std::uint32_t vector, std::uint32_t row) const {
    return macRow(WeightRowView(rows.data() + row * weightRowBytes(kK, m_weights), kK, m_weights),
                  view(vector));
  }
  Q16 result(std::uint32_t vector, std::int64_t sum) const {
    return macResult(sum, view(vector).base(), kExponent);
  }

  std::vector<std::uint8_t> rows, records;

 private:
  ActivationView view(std::uint32_t vector) const {
    return ActivationView(records.data() + vector * activationRecordBytes(kK, m_activations), kK,
                          m_activations);
  }

  WeightFormat m_weights{32, 4, 16, 0};
  ActivationFormat m_activations{32, 16};
};

TEST_F(BankTest, MultipliesWhatADescriptorNames) {
  const MacWork work(m_random);
  simulate([&] {
    loadBmem(MacWork::kBmem, work.rows);
    writeBram(MacWork::kIn, work.records);
    ASSERT_EQ(ring(work.command()), tlm::TLM_OK_RESPONSE);
    const auto out = inspect<Q16>(BankAddress::kBram + MacWork::kOut, MacWork::kVectors * MacWork::kOutRows);
    for (std::uint32_t v = 0; v < MacWork::kVectors; ++v) {
      for (std::uint32_t r = 0; r < MacWork::kRows; ++r) {
        EXPECT_EQ(out[v * MacWork::kOutRows + r], work.result(v, work.sum(v, r))) << v << ' ' << r;
      }
      EXPECT_EQ(out[v * MacWork::kOutRows + MacWork::kRows], 0) << "beyond the rows nothing is written";
    }
    EXPECT_NE(out[0], out[1]);
  });
}

TEST_F(BankTest, RevokesDirectPointersWhenItsUnitsGoToWork) {
  const MacWork work(m_random);
  simulate([&] {
    tlm::tlm_dmi cells, buffer;
    ASSERT_TRUE(m_initiator.direct(BankAddress::kBmem, cells));
    ASSERT_TRUE(m_initiator.direct(BankAddress::kBram, buffer));
    EXPECT_TRUE(m_initiator.revoked().empty());
    ring(work.command());
    // A MAC reads the cells and writes into BRAM, perhaps after its write to the command register has
    // returned, so that a write through a pointer could come before its reads.
    using Range = std::pair<std::uint64_t, std::uint64_t>;
    const Range bram{BankAddress::kBram, BankAddress::kBram + m_parameters.bramBytes - 1};
    const Range bmem{BankAddress::kBmem, BankAddress::kBmem + (1 << 20) - 1};
    EXPECT_EQ(m_initiator.revoked(), (std::vector<Range>{bmem, bram}));
    ring(work.command());
    EXPECT_EQ(m_initiator.revoked().size(), 2u) << "there is none left to revoke";

    pim_command store = bankCommand(PIM_OP_STORE);
    store.body.store.tokens = 1;
    store.body.store.head_dim = 32;
    store.body.store.kv_bits = 16;
    store.body.store.bmem_v = 1 << 16;
    ASSERT_TRUE(m_initiator.direct(BankAddress::kBmem, cells)) << "granted again";
    ASSERT_EQ(ring(store), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m_initiator.revoked(), (std::vector<Range>{bmem, bram, bmem}));
  });
}

TEST_F(BankTest, FillsASpanOfBramWithoutAColumn) {
  simulate([&] {
    writeBram(96, std::vector<std::uint8_t>(1024, 0xEE));
    pim_command command = bankCommand(PIM_OP_FILL);
    command.body.fill = {100, 200, 0x8000'0001};
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
    const auto words = inspect<std::uint32_t>(BankAddress::kBram + 96, 202);
    EXPECT_EQ(words.front(), 0xEEEE'EEEE) << "before it";
    EXPECT_EQ(words.back(), 0xEEEE'EEEE) << "behind it";
    EXPECT_EQ(std::vector<std::uint32_t>(words.begin() + 1, words.end() - 1),
              std::vector<std::uint32_t>(200, 0x8000'0001));
    // 800 bytes, 256 a cycle, behind the drain.
    EXPECT_EQ(m_bank.busyUntil(), cycles(BankCompute::kDecodeCycles + BankCompute::kDrainCycles + 4));
    EXPECT_EQ(m_counters.bramBytes, 800u);
    EXPECT_EQ(m_counters.dram.columnMacs + m_counters.dram.columnReads + m_counters.dram.columnWrites, 0u);
    EXPECT_EQ(m_counters.macBusy, 0);
    EXPECT_EQ(m_counters.macOperations, 0u);
  });
}

TEST_F(BankTest, AccumulatesTilesExactlyAndRoundsOnce) {
  const MacWork work(m_random);
  simulate([&] {
    loadBmem(MacWork::kBmem, work.rows);
    writeBram(MacWork::kIn, work.records);
    pim_command command = work.command();
    const auto element = [](std::uint32_t v, std::uint32_t r) { return v * MacWork::kOutRows + r; };

    command.flags = PIM_FLAG_RAW;
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
    command.flags = PIM_FLAG_RAW | PIM_FLAG_ACCUMULATE;
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
    const auto sums =
        inspect<std::int64_t>(BankAddress::kBram + MacWork::kOut, MacWork::kVectors * MacWork::kOutRows);
    EXPECT_EQ(sums[element(2, 4)], 2 * work.sum(2, 4));

    command.flags = PIM_FLAG_ACCUMULATE;
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
    const auto out = inspect<Q16>(BankAddress::kBram + MacWork::kOut, MacWork::kVectors * MacWork::kOutRows);
    for (std::uint32_t v = 0; v < MacWork::kVectors; ++v) {
      for (std::uint32_t r = 0; r < MacWork::kRows; ++r) {
        EXPECT_EQ(out[element(v, r)], work.result(v, 3 * work.sum(v, r))) << v << ' ' << r;
      }
    }
  });
}

TEST_F(BankTest, IsBusyUntilTheLastResultIsInBram) {
  simulate([this] {
    constexpr std::uint32_t kRows = 4;
    ASSERT_EQ(ring(emptyMac(kRows)), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(now(), 0) << "a doorbell returns at once";
    const Picoseconds done =
        cycles(BankCompute::kDecodeCycles + m_parameters.dram.timing().tRcdMac +
               kRows * kEmptyMacColumnsPerRow * m_parameters.dram.timing().tCcd + BankCompute::kDrainCycles);
    EXPECT_TRUE(busyAt(0));
    EXPECT_TRUE(busyAt(done - 1));
    EXPECT_FALSE(busyAt(done));
    waitUntil(done - 1);
    EXPECT_TRUE(busyAt(now()));
    waitUntil(done);
    EXPECT_FALSE(busyAt(now()));
    EXPECT_EQ(m_bank.busyUntil(), done);
  });
}

TEST_F(BankTest, IsBoundByItsMultipliersWhenColumnsMeetManyVectors) {
  simulate([this] {
    pim_command command = emptyMac(1);
    command.body.mac.vectors = 10;
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
    // 64 products a column and vector on 64 lanes at 1 ns: two clocks of 0.5 ns.
    EXPECT_EQ(m_bank.busyUntil(), cycles(BankCompute::kDecodeCycles + m_parameters.dram.timing().tRcdMac +
                                         kEmptyMacColumnsPerRow * 10 * 2 + BankCompute::kDrainCycles));
    EXPECT_EQ(m_counters.macOperations, std::uint64_t{command.body.mac.k} * 10)
        << "codes, not scales or padding";
  });
}

TEST_F(BankTest, RunsCommandsOneAfterAnother) {
  simulate([this] {
    ring(emptyMac(4));
    const Picoseconds first = m_bank.busyUntil();
    ring(emptyMac(4));  // the row is open by now
    EXPECT_EQ(m_bank.busyUntil(),
              first + cycles(BankCompute::kDecodeCycles +
                             4 * kEmptyMacColumnsPerRow * m_parameters.dram.timing().tCcd +
                             BankCompute::kDrainCycles));
    EXPECT_EQ(m_counters.dram.columnMacs, 2u * 4 * kEmptyMacColumnsPerRow);
    EXPECT_EQ(m_counters.dram.activates, 1u);
  });
}

/// A bank whose data another thread computes.
class LaggingBankTest : public SystemCTest {
 protected:
  LaggingBankTest() {
    Wiring wiring;
    wiring.workers = &m_pool;
    m_bank.emplace("bank", m_commons.emplace(m_parameters, m_counters, wiring), 0);
    m_initiator.socket.bind(m_bank->socket());
  }

  WorkPool m_pool{2};
  BankParameters m_parameters = smallBank();
  Counters m_counters;
  std::optional<BankCommons> m_commons;
  std::optional<Bank> m_bank;
  ForeignInitiator m_initiator{"initiator"};
  std::mt19937 m_random{12};
};

TEST_F(LaggingBankTest, ShowsWhatIsDoneToWhoeverLooks) {
  const MacWork work(m_random);
  simulate([&] {
    const auto write = [&](std::uint64_t address, const auto& bytes) {
      m_initiator.write(address, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    };
    write(BankAddress::kBmem + MacWork::kBmem, work.rows);
    const std::vector<std::uint8_t> zeros(work.records.size());
    const Q16 expected = work.result(0, work.sum(0, 0));
    const std::uint64_t out = BankAddress::kBram + MacWork::kOut;
    for (int round = 0; round < 200; ++round) {
      // The second write overtakes nothing: the MAC sees the first one's bytes.
      write(BankAddress::kBram + MacWork::kIn, work.records);
      const pim_command command = work.command();
      m_initiator.write(BankAddress::kRegisters, &command, sizeof command);
      if (round % 2 == 0) write(BankAddress::kBram + MacWork::kIn, zeros);
      Q16 found = 0;
      if (round % 3 == 0) {
        tlm::tlm_dmi dmi;
        ASSERT_TRUE(m_initiator.direct(out, dmi));
        std::memcpy(&found, dmi.get_dmi_ptr() + MacWork::kOut, sizeof found);
      } else if (round % 3 == 1) {
        m_initiator.debug(tlm::TLM_READ_COMMAND, out, &found, sizeof found);
      } else {
        m_initiator.read(out, &found, sizeof found);
      }
      ASSERT_EQ(found, expected) << round;
      const Q16 nothing = 0;
      m_initiator.write(out, &nothing, sizeof nothing);
    }
  });
}

TEST_F(BankTest, ShowsItsStatusToADebuggerToo) {
  simulate([this] {
    ring(emptyMac(4));
    EXPECT_EQ(inspect<std::uint32_t>(BankAddress::kStatus, 1)[0], 1u);
    waitUntil(m_bank.busyUntil());
    EXPECT_EQ(inspect<std::uint32_t>(BankAddress::kStatus, 1)[0], 0u);
  });
}

/// Attention over a cache of `tokens` tokens, `heads` query heads sharing this KV head.
class AttentionWork {
 public:
  static constexpr std::uint32_t kHeadDim = 32, kHeads = 2, kTile = 2, kPitch = 48;
  static constexpr std::uint32_t kKeys = 0, kValues = 65536;
  static constexpr std::uint32_t kRecords = 0, kQueries = 8192, kScores = 9216, kResults = 12288;

  AttentionWork(std::mt19937& random, std::uint32_t banks, std::uint32_t bank, std::uint32_t kvBits)
      : m_banks(banks), m_bank(bank), m_format{kvBits} {
    for (std::uint32_t t = 0; t < kTile; ++t) {
      std::vector<std::uint8_t> record(pim_query_record_bytes(kHeads, kHeadDim));
      encodeQueryRecord(vector(random, kHeads * kHeadDim).data(), kHeads, kHeadDim, record.data());
      queries.insert(queries.end(), record.begin(), record.end());
    }
    keys.resize(pim_kv_region_bytes(64, kHeadDim, kvBits));
    values = keys;
  }

  pim_command command(pim_opcode opcode) const {
    pim_command command = bankCommand(opcode);
    command.banks_per_group = static_cast<std::uint8_t>(m_banks);
    return command;
  }
  /// STORE of `tokens` tokens from `first` on; the records, and the cache as it has to be afterwards.
  pim_command store(std::mt19937& random, std::uint32_t first, std::uint32_t tokens) {
    pim_command stored = command(PIM_OP_STORE);
    stored.body.store = {
        kKeys, kValues, first, tokens, kRecords, kHeadDim, static_cast<std::uint8_t>(m_format.bits), 0};
    records.clear();
    for (std::vector<std::uint8_t>* region : {&keys, &values}) {
      for (std::uint32_t t = first; t < first + tokens; ++t) {
        std::vector<std::uint8_t> record(kvRecordBytes(kHeadDim, m_format));
        encodeKvRecord(vector(random, kHeadDim).data(), kHeadDim, m_format, record.data());
        records.insert(records.end(), record.begin(), record.end());
        if (t % m_banks == m_bank % m_banks) {
          appendToken(region->data(), t / m_banks, kHeadDim, m_format, record.data());
        }
      }
    }
    return stored;
  }
  pim_command attention(pim_opcode opcode, std::uint32_t length) const {
    pim_command attended = command(opcode);
    pim_attention& body = attended.body.attention;
    body.length = length;
    body.tokens = kTile;
    body.pitch = kPitch;
    body.head_dim = kHeadDim;
    body.heads_per_group = kHeads;
    body.kv_bits = static_cast<std::uint8_t>(m_format.bits);
    body.multiplier = m_scale.multiplier;
    body.multiplier_shift = m_scale.shift;
    if (opcode == PIM_OP_SCORE) {
      body.bmem = kKeys;
      body.bram_in = kQueries;
      body.bram_out = kScores;
    } else if (opcode == PIM_OP_SOFTMAX) {
      body.bram_in = kScores;
    } else {
      body.bmem = kValues;
      body.bram_in = kScores;
      body.bram_out = kResults;
      body.pitch = 2 * kPitch;  // probabilities lie where the scores began
    }
    return attended;
  }

  std::uint32_t held(std::uint32_t length) const {
    return pim_tokens_held(length, m_banks, m_bank % m_banks);
  }
  std::vector<std::int32_t> scores(std::uint32_t token, std::uint32_t head, std::uint32_t length) const {
    std::vector<std::int32_t> row(held(length + token));
    const QueryView query(queries.data() + token * pim_query_record_bytes(kHeads, kHeadDim), kHeads, kHeadDim,
                          head);
    scoreRow(query, keys.data(), held(length + token), {kHeadDim, m_format}, m_scale, row.data());
    return row;
  }
  std::vector<std::int64_t> weighted(const std::vector<std::uint16_t>& probabilities) const {
    std::vector<std::int64_t> sums(kHeadDim);
    pvAccumulate(probabilities.data(), values.data(), static_cast<std::uint32_t>(probabilities.size()),
                 {kHeadDim, m_format}, sums.data());
    return sums;
  }
  KvFormat format() const { return m_format; }

  std::vector<std::uint8_t> queries, records, keys, values;

 private:
  static std::vector<Q16> vector(std::mt19937& random, std::uint32_t n) {
    std::vector<Q16> x(n);
    for (Q16& value : x) value = static_cast<Q16>(random() % 300'000) - 150'000;
    return x;
  }

  std::uint32_t m_banks, m_bank;
  KvFormat m_format;
  ScoreScale m_scale = scoreScale(kHeadDim);
};

/// Bank 3 of a die, so that it is not the first of any group.
class AttentionBankTest : public BankTest {
 protected:
  AttentionBankTest() : BankTest(3) {}

  void store(AttentionWork& work, std::uint32_t first, std::uint32_t tokens) {
    const pim_command command = work.store(m_random, first, tokens);
    writeBram(AttentionWork::kRecords, work.records);
    ASSERT_EQ(ring(command), tlm::TLM_OK_RESPONSE);
  }
  template <typename T>
  std::vector<T> row(std::uint32_t offset, std::uint32_t vector, std::size_t elements) {
    return inspect<T>(BankAddress::kBram + offset + 4 * vector * AttentionWork::kPitch, elements);
  }
};

TEST_F(AttentionBankTest, StoresItsShareOfTheTokens) {
  AttentionWork work(m_random, 4, 3, 8);
  simulate([&] {
    store(work, 0, 100);
    store(work, 100, 41);  // every fourth of 141: into the second block
    EXPECT_EQ(inspect<std::uint8_t>(BankAddress::kBmem + AttentionWork::kKeys, work.keys.size()), work.keys);
    EXPECT_EQ(inspect<std::uint8_t>(BankAddress::kBmem + AttentionWork::kValues, work.values.size()),
              work.values);
  });
}

TEST_F(AttentionBankTest, AttendsToAHeadOnItsOwn) {
  AttentionWork work(m_random, 1, 3, 16);
  simulate([&] {
    constexpr std::uint32_t kLength = 40;
    store(work, 0, kLength + AttentionWork::kTile - 1);
    writeBram(AttentionWork::kQueries, work.queries);
    ASSERT_EQ(ring(work.attention(PIM_OP_SCORE, kLength)), tlm::TLM_OK_RESPONSE);
    std::vector<std::vector<std::int32_t>> scores;
    for (std::uint32_t v = 0; v < 4; ++v) {
      scores.push_back(work.scores(v / 2, v % 2, kLength));
      EXPECT_EQ(row<std::int32_t>(AttentionWork::kScores, v, scores[v].size()), scores[v]) << v;
    }

    ASSERT_EQ(ring(work.attention(PIM_OP_SOFTMAX, kLength)), tlm::TLM_OK_RESPONSE);
    std::vector<std::vector<std::uint16_t>> probabilities;
    for (std::uint32_t v = 0; v < 4; ++v) {
      probabilities.emplace_back(scores[v].size());
      softmax(scores[v].data(), static_cast<std::uint32_t>(scores[v].size()), probabilities[v].data());
      EXPECT_EQ(row<std::uint16_t>(AttentionWork::kScores, v, scores[v].size()), probabilities[v]) << v;
    }

    ASSERT_EQ(ring(work.attention(PIM_OP_PV, kLength)), tlm::TLM_OK_RESPONSE);
    const auto results =
        inspect<Q16>(BankAddress::kBram + AttentionWork::kResults, 4 * AttentionWork::kHeadDim);
    for (std::uint32_t v = 0; v < 4; ++v) {
      const std::vector<std::int64_t> sums = work.weighted(probabilities[v]);
      for (std::uint32_t i = 0; i < AttentionWork::kHeadDim; ++i) {
        ASSERT_EQ(results[v * AttentionWork::kHeadDim + i], pvResult(sums[i], work.format()))
            << v << ' ' << i;
      }
    }
  });
}

TEST_F(AttentionBankTest, SharesAHeadWithItsNeighbours) {
  AttentionWork work(m_random, 2, 3, 4);
  simulate([&] {
    constexpr std::uint32_t kLength =
        35;  // the second bank of two holds 17, and 18 of the 36 of the next token
    store(work, 0, kLength + 1);
    EXPECT_EQ(inspect<std::uint8_t>(BankAddress::kBmem + AttentionWork::kKeys, work.keys.size()), work.keys);
    writeBram(AttentionWork::kQueries, work.queries);
    ASSERT_EQ(ring(work.attention(PIM_OP_SCORE, kLength)), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(work.held(kLength), 17u);
    EXPECT_EQ(row<std::int32_t>(AttentionWork::kScores, 0, 17), work.scores(0, 0, kLength));
    EXPECT_EQ(row<std::int32_t>(AttentionWork::kScores, 3, 18), work.scores(1, 1, kLength));

    pim_command pv = work.attention(PIM_OP_PV, kLength);
    pv.flags = PIM_FLAG_RAW;
    std::vector<std::uint16_t> probabilities(17);
    for (auto& p : probabilities) p = static_cast<std::uint16_t>(m_random());
    std::vector<std::uint8_t> bytes(2 * probabilities.size());
    std::memcpy(bytes.data(), probabilities.data(), bytes.size());
    writeBram(AttentionWork::kScores, bytes);
    ASSERT_EQ(ring(pv), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(inspect<std::int64_t>(BankAddress::kBram + AttentionWork::kResults, AttentionWork::kHeadDim),
              work.weighted(probabilities));
  });
}

TEST_F(AttentionBankTest, SoftmaxTakesThreePassesAndNoColumns) {
  AttentionWork work(m_random, 1, 3, 16);
  simulate([&] {
    ASSERT_EQ(ring(work.attention(PIM_OP_SOFTMAX, 40)), tlm::TLM_OK_RESPONSE);
    // Two heads see 40 tokens and two see 41, on four lanes.
    EXPECT_EQ(m_bank.busyUntil(),
              cycles(BankCompute::kDecodeCycles + 2 * (3 * 10 + BankCompute::kSoftmaxFixed) +
                     2 * (3 * 11 + BankCompute::kSoftmaxFixed)));
    EXPECT_EQ(m_counters.dram.columnMacs + m_counters.dram.columnReads, 0u);
  });
}

TEST_F(AttentionBankTest, AppendsOneTokenWithTwoWritesEachToKAndV) {
  AttentionWork work(m_random, 1, 3, 16);
  simulate([&] {
    store(work, 0, 1);
    // One column of meta bytes and two of codes (32 x 16 bits), for K and for V.
    EXPECT_EQ(m_counters.dram.columnWrites, 6u);
    EXPECT_EQ(m_counters.dram.activates, 2u);
  });
}

}  // namespace
}  // namespace pim::test
