#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/dram/stream_request.h"

namespace pim {

/// Counts of the events in DRAM banks.
struct DramCounters {
  std::uint64_t activates = 0;
  std::uint64_t precharges = 0;
  std::uint64_t columnReads = 0;  ///< to the column port (READ)
  std::uint64_t columnMacs = 0;   ///< into the MAC array
  std::uint64_t columnWrites = 0;
  std::uint64_t rowsFoundOpen = 0;  ///< rows that a stream found open; the others it activated
  std::uint64_t refreshes = 0;

  std::uint64_t columns() const { return columnReads + columnMacs + columnWrites; }
  /// Column accesses that find their row open; the first one after an activate is a miss.
  std::uint64_t rowHits() const { return columns() > activates ? columns() - activates : 0; }
  void countColumns(const StreamRequest& request) {
    switch (request.kind) {
      case StreamRequest::Kind::Mac:
        columnMacs += request.columns;
        break;
      case StreamRequest::Kind::Read:
        columnReads += request.columns;
        break;
      case StreamRequest::Kind::Write:
        columnWrites += request.columns;
    }
  }

  DramCounters& operator+=(const DramCounters& other) {
    forEachField(*this, other, [](auto& a, auto b) { a += b; });
    return *this;
  }
  DramCounters& operator-=(const DramCounters& other) {
    forEachField(*this, other, [](auto& a, auto b) { a -= b; });
    return *this;
  }
  /// Multiplies all counts by the number of banks in lock-step.
  DramCounters& operator*=(std::uint64_t banks) {
    forEachField(*this, *this, [banks](auto& a, auto) { a *= banks; });
    return *this;
  }
  friend bool operator==(const DramCounters& a, const DramCounters& b) {
    return std::memcmp(&a, &b, sizeof(DramCounters)) == 0;
  }

 private:
  /// The only list of the fields.
  template <typename Apply>
  static void forEachField(DramCounters& a, const DramCounters& b, Apply apply) {
    apply(a.activates, b.activates);
    apply(a.precharges, b.precharges);
    apply(a.columnReads, b.columnReads);
    apply(a.columnMacs, b.columnMacs);
    apply(a.columnWrites, b.columnWrites);
    apply(a.rowsFoundOpen, b.rowsFoundOpen);
    apply(a.refreshes, b.refreshes);
  }
};

static_assert(std::has_unique_object_representations_v<DramCounters>, "compared as bytes");

}  // namespace pim
