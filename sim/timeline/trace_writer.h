#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/part_file.h"
#include "core/base/time.h"

namespace pim::sim {

/// A row of a timeline; trace viewers call it a thread of a process.
struct Track {
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
};

/// Writes the trace event format that Perfetto and similar viewers read, one event per line, immediately.
/// Times are microseconds with six decimals, so that picoseconds are exact.
class TraceWriter {
 public:
  /// Size of the file above which further events are left out.
  static constexpr std::uint64_t kMostBytes = 100'000'000;

  TraceWriter(const std::string& option, const std::string& path);

  /// Sets the name and position of a process, which is a group of tracks; a smaller `order` is further up.
  void nameProcess(std::uint32_t process, std::string_view name);
  void nameTrack(Track track, std::string_view name);

  /// Adds a span. Spans of a track come in the order of time and do not overlap. A span is written as two
  /// events, its beginning and its end, because viewers that add a duration to a beginning in floating point
  /// see overlaps where there are none. `arguments` is the inside of a JSON object, or empty.
  void span(Track track, std::string_view name, std::string_view category, Picoseconds begin, Picoseconds end,
            std::string_view arguments = {});
  /// Begins a span that contains others; the caller must close it. Returns whether there was room.
  bool open(Track track, std::string_view name, std::string_view category, Picoseconds begin,
            std::string_view arguments = {});
  /// Ends a span. Name and arguments are those of the beginning, because some viewers match ends by them.
  void close(Track track, std::string_view name, Picoseconds end, std::string_view arguments = {});
  /// Adds an arrow from the span that covers `time` on one track to the span that begins at `time` on
  /// another. `id` distinguishes arrows of the same name.
  void flowFrom(Track track, std::string_view name, std::uint64_t id, Picoseconds time);
  void flowTo(Track track, std::string_view name, std::uint64_t id, Picoseconds time);
  void counter(std::uint32_t process, std::string_view name, std::string_view unit, Picoseconds time,
               double value);

  /// Returns the time at which the file was cut because of its size; negative if it was not.
  Picoseconds cutAt() const { return m_cutAt; }
  bool failed() const { return m_file.failed(); }

  /// Ends the file and gives it its name. UserError if writing failed.
  void commit();

 private:
  /// Returns whether an event at that time fits into the file.
  bool hasRoom(Picoseconds time);
  void event(const std::string& text);
  void flow(std::string_view kind, Track track, std::string_view name, std::uint64_t id, Picoseconds time);
  void metadata(std::uint32_t process, std::uint32_t thread, const char* what, const std::string& arguments);

  PartFile m_file;
  std::uint64_t m_bytes = 0;
  Picoseconds m_cutAt = -1;
  bool m_first = true;
};

}  // namespace pim::sim
