#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// The job of a point: a prompt after `context` tokens that are assumed to be in the cache, and the tokens to
/// generate, of which the prefill produces the first.
struct PointJob {
  std::uint32_t context = 0;
  std::uint32_t prompt = 1;
  std::uint32_t generate = 2;

  /// One decode step that attends to exactly `tokens` tokens, including its own; at least kShortestContext.
  static PointJob decodeStep(std::uint32_t tokens);
  /// Only the prefill of `tokens` tokens.
  static PointJob prefill(std::uint32_t tokens);
  /// Returns whether the prompt only prepares the decode steps: one token, whose time is not reported.
  bool preparesOnly() const { return prompt == 1 && generate > 1; }
};

/// The input of one simulation: a machine, a model, a job. Timing only.
struct Point {
  platform::Config config;
  ModelShape shape;
  PointJob job;
  /// If finite: a chip whose prefill takes longer is refused as soon as that is certain. For searches.
  double prefillLimitSeconds = std::numeric_limits<double>::infinity();
};

/// The answer. A point that cannot run (kRefused: the configuration is invalid or something does not fit) or
/// whose simulation failed (kFailed) has a reason of one line.
struct PointResult {
  enum class Status { kOk, kRefused, kFailed };

  Status status = Status::kFailed;
  std::string error;
  /// Every scalar of the result of `pimtlm run` by its path ("decode.tokens_per_second"), except
  /// configuration, host and sources; empty unless kOk.
  nlohmann::ordered_json values = nlohmann::ordered_json::object();

  bool ok() const { return status == Status::kOk; }
  /// A number of the result; NaN if it does not exist.
  double number(const std::string& path) const;
};
const char* statusName(PointResult::Status status);
/// The answer for a point without a result, with the reason; converts the text to one line.
PointResult withoutValues(PointResult::Status status, const std::string& error);

/// Returns the layout and the job. UserError: something does not fit.
RunRequest runRequest(const Point& point);

/// Simulates a point; call it once per process. Errors become part of the answer. kRefused: something does
/// not fit, or the machine accepts a job with a context only as a decode step. `whole`, if not null, receives
/// the complete result of `pimtlm run` without `host`.
PointResult evaluatePoint(const Point& point, nlohmann::ordered_json* whole = nullptr);

/// Converts an answer to one line, for a journal or a pipe, and back. fromLine throws
/// nlohmann::json::exception for an invalid line.
std::string toLine(const PointResult& result);
PointResult fromLine(const std::string& line);

}  // namespace pim::sim
