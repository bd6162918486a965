#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/part_file.h"
#include "core/base/time.h"

namespace pim::sim {

/// A row of a timeline: a thread of a process, as trace viewers call them.
struct Track {
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
};

/// Writes the trace event format that Perfetto and its like read: one event a line, as it comes. Times are
/// microseconds with six decimals: picoseconds, exactly.
class TraceWriter {
 public:
  /// Beyond this size events are left out.
  static constexpr std::uint64_t kMostBytes = 100'000'000;

  TraceWriter(const std::string& option, const std::string& path);

  /// Names and places a process, a group of tracks; smaller `order` is further up.
  void nameProcess(std::uint32_t process, std::string_view name);
  void nameTrack(Track track, std::string_view name);

  /// Spans of a track come in the order of time, so that each ends before the next begins: a beginning and an
  /// end, since viewers that add a duration to a beginning in floating point see overlaps where there are
  /// none. `arguments` is the inside of a JSON object, or empty.
  void span(Track track, std::string_view name, std::string_view category, Picoseconds begin, Picoseconds end,
            std::string_view arguments = {});
  /// The same for spans that hold others; what was opened is to be closed. Returns whether there was room.
  bool open(Track track, std::string_view name, std::string_view category, Picoseconds begin,
            std::string_view arguments = {});
  /// Name and arguments are those of the beginning: some viewers match ends by them.
  void close(Track track, std::string_view name, Picoseconds end, std::string_view arguments = {});
  /// An arrow from the span that covers `time` on one track to the one that begins at `time` on another.
  /// Arrows of a name are told apart by `id`.
  void flowFrom(Track track, std::string_view name, std::uint64_t id, Picoseconds time);
  void flowTo(Track track, std::string_view name, std::uint64_t id, Picoseconds time);
  void counter(std::uint32_t process, std::string_view name, std::string_view unit, Picoseconds time,
               double value);

  /// Where the file was cut for its size; negative if it was not.
  Picoseconds cutAt() const { return m_cutAt; }
  bool failed() const { return m_file.failed(); }

  /// Ends the file and puts it under its name. UserError where writing failed.
  void commit();

 private:
  /// Whether an event of that time still goes into the file.
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
