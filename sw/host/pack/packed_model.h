#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/chip_shape.h"
#include "sw/host/layout/layout.h"
#include "sw/host/layout/mapping_options.h"
#include "sw/host/pack/image_file.h"
#include "sw/host/pack/packer.h"
#include "sw/host/quantise/quantized_model.h"
#include "sw/host/tokenizer/tokenizer.h"

/// A model as the packer laid it out over one chip, in a file: loading it is a memory map.
namespace pim::host {

/// What decides where weights lie, for comparing and for naming what differs.
struct PlacementRequest {
  ChipShape chip;
  MappingOptions options;
  std::uint32_t context = 0;  ///< as given to planModel()
};

/// What beside the model a user needs of the files that it came from.
struct PackedExtras {
  std::string source;                      ///< name of the checkpoint
  std::optional<TokenizerFile> tokenizer;  ///< absent: the checkpoint has none
  bool answerReversed = false;             ///< sim/cli/user_model.h
};

/// Writes the packed model of a bound layout of planModel(); returns the bytes of the file. UserError when
/// the place cannot be written to.
std::uint64_t writePackedModel(const std::string& path, const QuantizedModel& model, const Layout& layout,
                               const PlacementRequest& request, const PackedExtras& extras);

/// A packed model opened for a run. All of it but the banks' weights is checked against its checksums, and
/// these too in files of up to kVerifiedBytes.
class PackedModel {
 public:
  static constexpr std::uint64_t kVerifiedBytes = std::uint64_t{64} << 20;

  /// UserError names the file and what is wrong with it.
  explicit PackedModel(const std::string& path);

  /// Shape, exponents, gains and frequencies. The matrices have no rows of their own.
  const QuantizedModel& model() const { return m_model; }
  const PackedExtras& extras() const { return m_extras; }

  /// Throws a UserError that names what differs unless `layout`, made from `request`, places every weight
  /// where the file has it.
  void requirePlacement(const Layout& layout, const PlacementRequest& request) const;

  /// Loads the chip: tables and embedding through `sink`, weights by mapping them over the banks' memory.
  void load(const Layout& layout, MemorySink& sink,
            const std::function<std::uint8_t*(std::uint32_t die, std::uint32_t bank)>& bankMemory) const;

  /// Checks every byte; throws a UserError that names the first section that is damaged.
  void verify() const;

 private:
  void readDescription();
  void readTables();
  ByteSpan section(std::uint32_t kind, const char* name) const;
  std::string differencesTo(const PlacementRequest& request) const;

  ImageFile m_file;
  QuantizedModel m_model;
  PackedExtras m_extras;
  std::map<std::string, std::uint64_t> m_settings;
};

}  // namespace pim::host
