#include "tlm/controller/command_processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "tests/tlm/die/die_rig.h"
#include "tlm/controller/alu_cluster.h"

namespace pim::test {
namespace {

constexpr std::uint64_t kTail = 0;
constexpr std::uint64_t kDone = PIM_REG_QUEUE_DONE - PIM_REG_QUEUE_TAIL;
constexpr std::uint64_t kBase = PIM_REG_QUEUE_BASE - PIM_REG_QUEUE_TAIL;
constexpr std::uint64_t kSize = PIM_REG_QUEUE_SIZE - PIM_REG_QUEUE_TAIL;
constexpr std::uint64_t kProgramBase = 0, kProgramFirst = PIM_REG_PROGRAM_FIRST - PIM_REG_PROGRAM_BASE,
                        kProgramRun = PIM_REG_PROGRAM_RUN - PIM_REG_PROGRAM_BASE;

/// A command processor with two dies of four banks, ALUs and a memory: a Controller without firmware.
/// `m_core` is whoever writes the doorbell.
class CommandProcessorTest : public SystemCTest {
 protected:
  static constexpr std::uint32_t kRing = 0x8000, kRingSize = 8;

  CommandProcessorTest() {
    m_statistics.bankBusy = BankBusy(2, 4);
    std::vector<DieInterconnect*> interconnects;
    std::vector<LockstepMember*> members;
    for (std::uint32_t i = 0; i < 2; ++i) {
      DieParameters die = smallDie();
      die.die = DieIndex(i);
      m_dies.push_back(
          std::make_unique<Die>(sc_core::sc_gen_unique_name("die"), die, smallBank(), m_statistics));
      interconnects.push_back(&m_dies.back()->interconnect());
      members.push_back(interconnects.back());
    }
    CommandProcessorParameters parameters;
    parameters.dies = 2;
    parameters.banksPerDie = 4;
    parameters.bramBytes = 16 * 1024;
    parameters.exchangeLatency = kLatency;
    parameters.functional = parameters.exact = true;
    m_processor = std::make_unique<CommandProcessor>("processor", parameters, members, m_ports, m_statistics,
                                                     m_criticalPath);
    m_processor->memory.bind(m_memory.ports[0]);
    m_alus.memory.bind(m_memory.ports[1]);
    m_loader.socket.bind(m_memory.ports[2]);
    m_processor->alus.bind(m_alus.commands);
    m_core.socket.bind(m_processor->registers);
    m_programs.socket.bind(m_processor->programs);
    for (std::size_t i = 0; i < 2; ++i) {
      m_processor->links[i].bind(interconnects[i]->link[DieInterconnect::ProcessorPort]);
      m_bus[i].socket.bind(interconnects[i]->link[DieInterconnect::BusPort]);
    }
  }

  static AluParameters aluParameters() {
    AluParameters parameters;
    parameters.functional = true;
    return parameters;
  }

  void setUpRing(std::uint32_t size = kRingSize) {
    m_core.writeWord(kBase, kRing);
    m_core.writeWord(kSize, size);
    m_ringSize = size;
  }
  /// Puts a command into the ring without telling; its sequence number.
  std::uint32_t put(const pim_command& command) {
    pim_command copy = command;
    m_loader.debug(tlm::TLM_WRITE_COMMAND, kRing + m_put++ % m_ringSize * PIM_COMMAND_BYTES, &copy,
                   sizeof copy);
    return m_put;
  }
  std::uint32_t post(const pim_command& command) {
    const std::uint32_t sequence = put(command);
    m_core.writeWord(kTail, sequence);
    return sequence;
  }
  static pim_command waiting(pim_command command, std::vector<std::uint32_t> sequences) {
    command.waits = static_cast<std::uint8_t>(sequences.size());
    std::copy(sequences.begin(), sequences.end(), command.wait_for);
    return command;
  }

  static pim_command nop() {
    pim_command command{};
    command.opcode = PIM_OP_NOP;
    return command;
  }
  /// 320 bytes to BRAM of all banks of die 0.
  static pim_command send() {
    pim_command command = bankCommand(PIM_OP_SEND);
    command.flags = PIM_FLAG_BROADCAST;
    command.body.copy.rows = 1;
    command.body.copy.row_bytes = 320;
    return command;
  }
  static pim_command add() {
    pim_command command{};
    command.opcode = PIM_OP_ADD;
    command.body.alu.rows = 1;
    command.body.alu.count = 64;
    command.body.alu.dst = 0x1000;
    return command;
  }

  /// When QUEUE_DONE reaches a value. Looks at every picosecond around an expectation only.
  void expectDoneAt(std::uint32_t sequence, Picoseconds time) {
    EXPECT_LT(m_core.readWord(kDone, time - 1 - now()), sequence) << "a picosecond early";
    EXPECT_GE(m_core.readWord(kDone, time - now()), sequence);
  }
  void load(std::uint32_t address, std::vector<std::uint32_t> words) {
    m_loader.debug(tlm::TLM_WRITE_COMMAND, address, words.data(),
                   static_cast<std::uint32_t>(words.size() * 4));
  }
  std::uint32_t memoryWord(std::uint32_t address) {
    std::uint32_t word = 0;
    m_loader.debug(tlm::TLM_READ_COMMAND, address, &word, 4);
    return word;
  }
  std::uint32_t bramWord(std::uint32_t die, std::uint32_t bank, std::uint32_t offset) {
    std::uint32_t word = 0;
    m_bus[die].debug(tlm::TLM_READ_COMMAND, DieAddress::bank(bank, BankAddress::kBram + offset), &word, 4);
    return word;
  }

  static constexpr Picoseconds kLatency = 40'000, kHop = 2000, kTransfer = 10'000;
  static constexpr Picoseconds kSendTime = kLatency + kTransfer + kHop;
  /// emptyMac(4) on an idle bank, doorbell included.
  Picoseconds macTime() const {
    const BankParameters bank = smallBank();
    return kHop + bank.dram.timing().tCkPs *
                      (BankCompute::kDecodeCycles + bank.dram.timing().tRcdMac +
                       4 * kEmptyMacColumnsPerRow * bank.dram.timing().tCcd + BankCompute::kDrainCycles);
  }

  Statistics m_statistics;
  CriticalPath m_criticalPath;
  std::vector<std::unique_ptr<Die>> m_dies;
  Memory m_memory{"memory", 1 << 20, 3, Bandwidth{}};
  MemoryPorts m_ports{MemoryRates{}, m_statistics.counters};  // which keep pace
  AluCluster m_alus{"alus", aluParameters(), m_ports, m_statistics.counters};
  std::unique_ptr<CommandProcessor> m_processor;
  ForeignInitiator m_core{"core"}, m_loader{"loader"}, m_programs{"programs"};
  ForeignInitiator m_bus[2]{ForeignInitiator("bus0"), ForeignInitiator("bus1")};
  std::uint32_t m_put = 0;
  std::uint32_t m_ringSize = kRingSize;
};

// ---- order
// ------------------------------------------------------------------------------------------------------------

TEST_F(CommandProcessorTest, RunsUnitsBesideEachOtherAndCountsInOrder) {
  simulate([this] {
    setUpRing();
    post(emptyMac(4));
    post(send());
    ASSERT_LT(kSendTime, macTime() + kSendTime);
    const Picoseconds last = std::max(macTime(), kSendTime);
    expectDoneAt(1, macTime());
    expectDoneAt(2, last);
  });
}

TEST_F(CommandProcessorTest, CountsACommandOnlyWhenAllBeforeItAreComplete) {
  simulate([this] {
    setUpRing();
    pim_command slow = emptyMac(512);
    slow.body.mac.bram_out = 0;
    post(slow);
    post(send());  // complete long before
    EXPECT_EQ(m_core.readWord(kDone, kSendTime), 0u);
    waitUntil(100'000'000);
    EXPECT_EQ(m_core.readWord(kDone), 2u);
  });
}

TEST_F(CommandProcessorTest, WaitsForTheCommandsNamed) {
  simulate([this] {
    setUpRing();
    const std::uint32_t mac = post(emptyMac(4));
    post(waiting(send(), {mac}));
    expectDoneAt(mac, macTime());
    expectDoneAt(2, macTime() + kSendTime);
  });
}

TEST_F(CommandProcessorTest, WaitsForTheLastOfSeveral) {
  simulate([this] {
    setUpRing();
    const std::uint32_t first = post(send());
    const std::uint32_t second = post(waiting(emptyMac(4), {first}));
    post(waiting(nop(), {PIM_NO_SEQUENCE, second, first}));
    pim_command flagged = waiting(nop(), {3});
    post(flagged);
    expectDoneAt(4, kSendTime + macTime());
  });
}

TEST_F(CommandProcessorTest, AWaitForWhatIsDoneCostsNothing) {
  simulate([this] {
    setUpRing();
    post(nop());
    waitUntil(1'000'000);
    post(waiting(send(), {1, PIM_NO_SEQUENCE}));
    expectDoneAt(2, 1'000'000 + kSendTime);
  });
}

TEST_F(CommandProcessorTest, CommandsOfAUnitStartInTheOrderOfPosting) {
  simulate([this] {
    setUpRing();
    const std::uint32_t mac = post(emptyMac(4));
    post(waiting(add(), {mac}));
    post(add());  // nothing to wait for but its unit
    // A cycle takes it, three streams are a request and two beats each, 8 are the pipeline's.
    const auto addTime = static_cast<Picoseconds>(18 * 1000);
    const Picoseconds begin = Clock(1000).edgeAtOrAfter(macTime());
    expectDoneAt(2, begin + addTime);
    expectDoneAt(3, begin + 2 * addTime);
  });
}

TEST_F(CommandProcessorTest, LinksOfDifferentDiesRunBesideEachOther) {
  simulate([this] {
    setUpRing();
    pim_command both = send();
    both.groups = 2;
    post(both);
    expectDoneAt(1, kSendTime);
    EXPECT_EQ(m_statistics.counters.linkInBytes[PIM_STREAM_WEIGHTS], 640u);
    EXPECT_EQ(m_statistics.counters.messages[PIM_STREAM_WEIGHTS], 1u);
    post(both);
    post(both);
    // Both are ready at the same time; the latency of the second passes while the first is on the link.
    expectDoneAt(2, kLatency + 2 * kTransfer + kHop);
    expectDoneAt(3, kLatency + 3 * kTransfer + kHop);
  });
}

// ---- programs
// ---------------------------------------------------------------------------------------------------------

TEST_F(CommandProcessorTest, RunsAProgramWhoseWaitsCountFromItsBegin) {
  simulate([this] {
    setUpRing();
    constexpr std::uint32_t kProgram = 0xC000;
    const pim_command program[] = {emptyMac(4), waiting(send(), {71})};  // as if number 71 and 72
    m_loader.debug(tlm::TLM_WRITE_COMMAND, kProgram, const_cast<pim_command*>(program), sizeof program);
    m_programs.writeWord(kProgramBase, kProgram);
    EXPECT_EQ(m_programs.readWord(kProgramBase), kProgram);
    m_programs.writeWord(kProgramFirst, 71);
    EXPECT_EQ(m_programs.readWord(kProgramFirst), 71u);
    post(nop());
    waitUntil(1'000'000);
    m_programs.writeWord(kProgramRun, 2);
    EXPECT_EQ(m_core.readWord(kTail), 3u) << "as if posted";
    expectDoneAt(2, 1'000'000 + macTime());
    expectDoneAt(3, 1'000'000 + macTime() + kSendTime);
    // The ring goes on behind them, and so does the program when it runs again.
    m_put = 3;
    waitUntil(2'000'000);
    post(waiting(send(), {3}));
    expectDoneAt(4, 2'000'000 + kSendTime);
    waitUntil(3'000'000);
    m_programs.writeWord(kProgramRun, 2);
    EXPECT_LT(m_core.readWord(kDone, 3'000'000 + kSendTime - now()), 6u)
        << "it waits for the MAC of this run";
    waitUntil(10'000'000);
    EXPECT_EQ(m_core.readWord(kDone), 6u);
  });
}

TEST_F(CommandProcessorTest, RefusesAProgramOfNoOrOfTooManyCommands) {
  simulate([this] {
    m_programs.writeWord(kProgramBase, 0xC000);
    for (std::uint32_t commands : {0u, CommandProcessor::kMostInFlight + 1, ~0u})
      EXPECT_EQ(m_programs.write(kProgramRun, &commands, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE)
          << commands;
    std::uint32_t word = 0;
    EXPECT_EQ(m_programs.read(kProgramRun, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_statistics.counters.commands, 0u);
  });
}

// ---- registers
// --------------------------------------------------------------------------------------------------------

TEST_F(CommandProcessorTest, RefusesARingThatWasNotSetUpOrIsOverrun) {
  simulate([this] {
    std::uint32_t tail = 1;
    EXPECT_EQ(m_core.write(kTail, &tail, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    setUpRing();
    tail = kRingSize + 1;
    EXPECT_EQ(m_core.write(kTail, &tail, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_core.readWord(kTail), 0u);
    EXPECT_EQ(m_statistics.counters.commands, 0u);
    for (std::uint32_t i = 0; i < kRingSize; ++i) put(nop());
    m_core.writeWord(kTail, kRingSize);
    EXPECT_EQ(m_core.readWord(kDone), kRingSize);
    tail = 0;  // backwards
    EXPECT_EQ(m_core.write(kTail, &tail, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
  });
}

TEST_F(CommandProcessorTest, RefusesToOverwriteWhatIsNotComplete) {
  simulate([this] {
    setUpRing();
    for (std::uint32_t i = 0; i < kRingSize; ++i) post(emptyMac(4));
    std::uint32_t tail = kRingSize + 1;
    EXPECT_EQ(m_core.write(kTail, &tail, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE)
        << "all slots are in use";
    waitUntil(macTime());
    EXPECT_EQ(m_core.write(kTail, &tail, 4).status, tlm::TLM_OK_RESPONSE) << "the first is free again";
  });
}

TEST_F(CommandProcessorTest, TheRingWrapsAround) {
  simulate([this] {
    setUpRing(3);
    for (std::uint32_t i = 0; i < 10; ++i) {
      load(0x100, {i});
      pim_command command = send();
      command.body.copy.address = 0x100;
      command.body.copy.row_bytes = 4;
      command.body.copy.bram = 4 * i;
      post(command);
      waitUntil(now() + 1'000'000);
    }
    for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(bramWord(0, 0, 4 * i), i);
    EXPECT_EQ(m_core.readWord(kDone), 10u);
  });
}

TEST_F(CommandProcessorTest, RegistersAreReadAndWrittenAsDeclared) {
  simulate([this] {
    setUpRing();
    EXPECT_EQ(m_core.readWord(kBase), kRing);
    EXPECT_EQ(m_core.readWord(kSize), kRingSize);
    std::uint32_t word = 0;
    EXPECT_EQ(m_core.write(kDone, &word, 4).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(m_core.read(kSize + 4, &word, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m_core.read(kDone, &word, 2).status, tlm::TLM_BURST_ERROR_RESPONSE);
    const std::uint8_t enable = TLM_BYTE_ENABLED;
    EXPECT_EQ(m_core.byteEnables(&enable, 1).write(kTail, &word, 4).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  });
}

TEST_F(CommandProcessorTest, InterruptsWhenAFlaggedCommandAndAllBeforeItAreComplete) {
  simulate([this] {
    setUpRing();
    pim_command slow = emptyMac(512);
    slow.body.mac.bram_out = 0;
    post(slow);
    pim_command flagged = send();
    flagged.flags |= PIM_FLAG_IRQ;
    post(flagged);
    wait(m_processor->completed.default_event());
    EXPECT_EQ(m_core.readWord(kDone), 2u);
    m_criticalPath.sleep(0, now());  // whose end is that of the command that was done last
    const CriticalPath::Shares shares = m_criticalPath.cut(now());
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), Picoseconds{0}), now());
    EXPECT_EQ(shares[static_cast<std::size_t>(Component::Firmware)], 0);
    EXPECT_GT(now(), kSendTime);
  });
}

// ---- what they do
// -----------------------------------------------------------------------------------------------------

TEST_F(CommandProcessorTest, SendsTheSameBytesToEveryBankOfAGroup) {
  simulate([this] {
    setUpRing();
    load(0x100, {1, 2, 3, 4, 5, 6});
    pim_command command = bankCommand(PIM_OP_SEND);
    command.groups = 3;  // groups of two banks: 0 and 2 on die 0, 1 on die 1
    command.banks_per_group = 2;
    command.body.copy = {0x100, 64, 1, 8, 0, 8, 0, 0};
    post(command);
    EXPECT_EQ(bramWord(0, 0, 64), 1u);
    EXPECT_EQ(bramWord(0, 1, 68), 2u);
    EXPECT_EQ(bramWord(1, 0, 64), 3u);
    EXPECT_EQ(bramWord(1, 1, 64), 3u);
    EXPECT_EQ(bramWord(0, 2, 64), 5u);
    EXPECT_EQ(bramWord(0, 3, 64), 5u);
    EXPECT_EQ(bramWord(1, 2, 64), 0u) << "no group 3";
  });
}

TEST_F(CommandProcessorTest, SendsToEachBankOfAGroupWhatIsIts) {
  simulate([this] {
    setUpRing();
    load(0x100, {10, 11, 20, 21});
    pim_command command = bankCommand(PIM_OP_SEND);
    command.flags = PIM_FLAG_PER_BANK;
    command.groups = 2;
    command.banks_per_group = 2;
    command.first_bank = 2;
    command.body.copy = {0x100, 0, 1, 4, 0, 4, 0, 0};
    post(command);
    EXPECT_EQ(bramWord(0, 2, 0), 10u);
    EXPECT_EQ(bramWord(0, 3, 0), 11u);
    EXPECT_EQ(bramWord(1, 2, 0), 20u);
    EXPECT_EQ(bramWord(1, 3, 0), 21u);
    EXPECT_EQ(bramWord(0, 0, 0), 0u);
  });
}

TEST_F(CommandProcessorTest, BroadcastsColumnPartsToTheSlotsThatWorkOnThem) {
  simulate([this] {
    setUpRing();
    load(0x100, {7, 8, 9});
    pim_command command = bankCommand(PIM_OP_SEND);
    command.flags = PIM_FLAG_BROADCAST;
    command.groups = 8;
    command.column_parts = 3;
    command.body.copy = {0x100, 0, 1, 4, 0, 4, 0, 0};
    post(command);
    for (std::uint32_t slot = 0; slot < 8; ++slot)
      EXPECT_EQ(bramWord(slot % 2, slot / 2, 0), 7 + slot % 3) << slot;
  });
}

TEST_F(CommandProcessorTest, GathersIntoSlices) {
  simulate([this] {
    setUpRing();
    load(0x100, {1, 2, 3, 4, 5, 6, 7, 8});
    pim_command command = bankCommand(PIM_OP_SEND);
    command.flags = PIM_FLAG_PER_BANK;
    command.groups = 4;
    command.body.copy = {0x100, 0, 2, 4, 16, 4, 0, 0};  // two pieces a slice
    post(command);
    command.opcode = PIM_OP_GATHER;
    command.body.copy = {0x200, 0, 2, 4, 64, 8, 0, 0};
    post(waiting(command, {1}));
    for (std::uint32_t slice = 0; slice < 4; ++slice) {
      EXPECT_EQ(memoryWord(0x200 + 8 * slice), slice + 1);
      EXPECT_EQ(memoryWord(0x200 + 8 * slice + 64), slice + 5);
    }
  });
}

TEST_F(CommandProcessorTest, FetchesFromOneBank) {
  simulate([this] {
    setUpRing();
    std::uint32_t word = 4711;
    m_bus[1].debug(tlm::TLM_WRITE_COMMAND, DieAddress::bank(2, BankAddress::kBmem + 64), &word, 4);
    pim_command command = bankCommand(PIM_OP_FETCH);
    command.body.copy = {0x300, 0, 1, 32, 0, 0, 64, 5};  // slot 5: bank 2 of die 1
    post(command);
    EXPECT_EQ(memoryWord(0x300), 4711u);
    EXPECT_EQ(m_statistics.counters.messages[PIM_STREAM_WEIGHTS], 1u);
    EXPECT_EQ(m_statistics.counters.dram.columnReads, 1u);
  });
}

TEST_F(CommandProcessorTest, TakesStreamsApartInItsCounts) {
  simulate([this] {
    setUpRing();
    pim_command command = send();
    command.stream = PIM_STREAM_KV;
    post(command);
    EXPECT_EQ(m_statistics.counters.linkInBytes[PIM_STREAM_KV], 320u);
    EXPECT_EQ(m_statistics.counters.linkInBytes[PIM_STREAM_WEIGHTS], 0u);
    EXPECT_EQ(m_statistics.counters.busy[static_cast<std::size_t>(Component::LinkKv)], kTransfer + kHop);
    EXPECT_EQ(m_statistics.counters.busy[static_cast<std::size_t>(Component::Latency)], kLatency);
  });
}

// ---- firmware that is wrong is told so
// --------------------------------------------------------------------------------

TEST_F(CommandProcessorTest, StopsAtACommandNobodyCanRun) {
  simulate([this] {
    setUpRing();
    pim_command unknown = nop();
    unknown.opcode = 99;
    unknown.groups = unknown.banks_per_group = 1;
    put(unknown);
    const std::uint32_t tail = 1;
    EXPECT_THROW(m_core.write(kTail, &tail, 4), std::logic_error);
  });
}

TEST_F(CommandProcessorTest, StopsAtACopyLargerThanABank) {
  simulate([this] {
    setUpRing();
    pim_command command = send();
    command.body.copy.rows = 100'000;
    put(command);
    const std::uint32_t tail = 1;
    EXPECT_THROW(m_core.write(kTail, &tail, 4), std::logic_error);
  });
}

TEST_F(CommandProcessorTest, StopsAtBanksThatDoNotExist) {
  simulate([this] {
    setUpRing();
    pim_command command = send();
    command.groups = 9;  // eight slots
    put(command);
    std::uint32_t tail = 1;
    EXPECT_THROW(m_core.write(kTail, &tail, 4), std::logic_error);
  });
}

TEST_F(CommandProcessorTest, StopsAtARingOutsideItsMemory) {
  simulate([this] {
    m_core.writeWord(kBase, 0x1000'0000);
    m_core.writeWord(kSize, 4);
    const std::uint32_t tail = 1;
    EXPECT_THROW(m_core.write(kTail, &tail, 4), std::logic_error);
  });
}

}  // namespace
}  // namespace pim::test
