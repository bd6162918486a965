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

/// A model in a file, in the layout of one chip; loading it is a memory map.
namespace pim::host {

/// The settings that determine where weights lie, to compare them and to name differences.
struct PlacementRequest {
  ChipShape chip;
  MappingOptions options;
  std::uint32_t context = 0;  ///< as given to planModel()
};

/// Other information from the user's files.
struct PackedExtras {
  std::string source;                      ///< name of the checkpoint
  std::optional<TokenizerFile> tokenizer;  ///< absent: the checkpoint has none
  bool answerReversed = false;             ///< sim/cli/user_model.h
};

/// Writes the packed model of a bound layout of planModel(). Returns the bytes of the file. UserError: the
/// place cannot be written to.
std::uint64_t writePackedModel(const std::string& path, const QuantizedModel& model, const Layout& layout,
                               const PlacementRequest& request, const PackedExtras& extras);

/// A packed model opened for a run. Everything except the banks' weights is checked against its checksums; in
/// files of up to kVerifiedBytes, the weights are checked too.
class PackedModel {
 public:
  static constexpr std::uint64_t kVerifiedBytes = std::uint64_t{64} << 20;

  /// UserError names the file and its defect.
  explicit PackedModel(const std::string& path);

  /// Shape, exponents, gains and frequencies. The matrices have no rows.
  const QuantizedModel& model() const { return m_model; }
  const PackedExtras& extras() const { return m_extras; }

  /// UserError, which names the differences, unless `layout`, made from `request`, places every weight as the
  /// file does.
  void requirePlacement(const Layout& layout, const PlacementRequest& request) const;

  /// Loads the chip: writes tables and embedding through `sink`, and maps the weights over the memory of the
  /// banks.
  void load(const Layout& layout, MemorySink& sink,
            const std::function<std::uint8_t*(std::uint32_t die, std::uint32_t bank)>& bankMemory) const;

  /// Checks every byte. UserError names the first damaged section.
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
