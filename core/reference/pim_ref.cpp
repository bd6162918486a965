#include "core/reference/pim_ref.h"

#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "core/operations/alu_operation.h"
#include "core/operations/bank_operation.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes& bytesOf(void* memory) {
  return *static_cast<Bytes*>(memory);
}

pim_command commandOf(const std::uint32_t* words) {
  pim_command command;
  static_assert(sizeof command == PIM_COMMAND_BYTES);
  std::memcpy(&command, words, sizeof command);
  return command;
}

bool holdsBeat(const Bytes& bytes, std::uint32_t offset) {
  return offset % PIM_REF_BEAT_BYTES == 0 && bytes.size() >= PIM_REF_BEAT_BYTES &&
         offset <= bytes.size() - PIM_REF_BEAT_BYTES;
}

int checked(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes) {
  switch (pim::checkBankCommand(command, bramBytes, bmemBytes)) {
    case pim::CommandCheck::Ok:
      return PIM_REF_OK;
    case pim::CommandCheck::NotABankCommand:
      return PIM_REF_NO_COMMAND;
    default:
      return PIM_REF_OUT_OF_RANGE;
  }
}

/// Throws std::out_of_range for streams that exceed the memory.
class BoundedMemory : public pim::AluMemory {
 public:
  explicit BoundedMemory(Bytes& bytes) : m_bytes(bytes) {}
  void read(std::uint32_t address, void* to, std::uint32_t bytes) override {
    if (bytes != 0) std::memcpy(to, at(address, bytes), bytes);
  }
  void write(std::uint32_t address, const void* from, std::uint32_t bytes) override {
    if (bytes != 0) std::memcpy(at(address, bytes), from, bytes);
  }

 private:
  std::uint8_t* at(std::uint32_t address, std::uint32_t bytes) {
    if (std::uint64_t{address} + bytes > m_bytes.size()) throw std::out_of_range("beyond the memory");
    return m_bytes.data() + address;
  }

  Bytes& m_bytes;
};

}  // namespace

extern "C" {

int pim_ref_version(void) {
  return PIM_REF_VERSION;
}

void* pim_ref_memory_new(std::uint32_t bytes) {
  try {
    return std::make_unique<Bytes>(bytes).release();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void pim_ref_memory_free(void* memory) {
  delete static_cast<Bytes*>(memory);
}

int pim_ref_memory_write(void* memory, std::uint32_t offset, const std::uint32_t* beat) {
  Bytes& bytes = bytesOf(memory);
  if (!holdsBeat(bytes, offset)) return PIM_REF_OUT_OF_RANGE;
  std::memcpy(bytes.data() + offset, beat, PIM_REF_BEAT_BYTES);
  return PIM_REF_OK;
}

int pim_ref_memory_read(const void* memory, std::uint32_t offset, std::uint32_t* beat) {
  const Bytes& bytes = *static_cast<const Bytes*>(memory);
  if (!holdsBeat(bytes, offset)) return PIM_REF_OUT_OF_RANGE;
  std::memcpy(beat, bytes.data() + offset, PIM_REF_BEAT_BYTES);
  return PIM_REF_OK;
}

int pim_ref_bank_check(const std::uint32_t* command, std::uint32_t bram_bytes, std::uint32_t bmem_bytes) {
  return checked(commandOf(command), bram_bytes, bmem_bytes);
}

int pim_ref_bank_execute(const std::uint32_t* command, std::uint32_t bank_in_die, void* bmem, void* bram) {
  const pim_command what = commandOf(command);
  const int status = checked(what, bytesOf(bram).size(), bytesOf(bmem).size());
  if (status != PIM_REF_OK) return status;
  try {
    pim::executeBankCommand(what, bank_in_die, bytesOf(bmem).data(), bytesOf(bram).data());
    return PIM_REF_OK;
  } catch (const std::bad_alloc&) {
    return PIM_REF_FAILED;
  }
}

int pim_ref_alu_execute(const std::uint32_t* command, void* memory) {
  const pim_command what = commandOf(command);
  if (!pim::isAluOpcode(what.opcode)) return PIM_REF_NO_COMMAND;
  try {
    Bytes after = bytesOf(memory);
    BoundedMemory bounded(after);
    pim::AluOperation().run(what, bounded, true);
    bytesOf(memory).swap(after);
    return PIM_REF_OK;
  } catch (const std::out_of_range&) {
    return PIM_REF_OUT_OF_RANGE;
  } catch (const std::bad_alloc&) {
    return PIM_REF_FAILED;
  }
}

}  // extern "C"
