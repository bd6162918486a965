#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/model_shape.h"
#include "platform/config/config.h"
#include "sim/run/simulation.h"

namespace pim::sim {

/// What the chip of a point has to do: a prompt behind `context` tokens that are taken as in the cache, and
/// tokens after it, the first of which comes out of the prefill.
struct PointJob {
  std::uint32_t context = 0;
  std::uint32_t prompt = 1;
  std::uint32_t generate = 2;

  /// One decode step that attends to exactly `tokens` tokens, itself included; at least kShortestContext.
  static PointJob decodeStep(std::uint32_t tokens);
  /// The prefill of `tokens` tokens and nothing else.
  static PointJob prefill(std::uint32_t tokens);
};

/// One question to the simulator: a machine, a model, a job. Timing only.
struct Point {
  platform::Config config;
  ModelShape shape;
  PointJob job;
};

/// The answer. A point that cannot run (kRefused: the configuration makes no sense or something does not fit)
/// or whose simulation broke (kFailed) carries its reason, one line.
struct PointResult {
  enum class Status { kOk, kRefused, kFailed };

  Status status = Status::kFailed;
  std::string error;
  /// Every scalar of the result of `pimtlm run` by its path ("decode.tokens_per_second"), without
  /// configuration, host and sources; empty unless kOk.
  nlohmann::ordered_json values = nlohmann::ordered_json::object();

  bool ok() const { return status == Status::kOk; }
  /// A number of the result; NaN where there is none.
  double number(const std::string& path) const;
};
const char* statusName(PointResult::Status status);
/// The answer of a point that gave none, and why: the text is made one line.
PointResult withoutValues(PointResult::Status status, const std::string& error);

/// The layout and the job. UserError: what does not fit.
RunRequest runRequest(const Point& point);

/// Simulates a point: once a process. What goes wrong is part of the answer: what does not fit, or a job
/// behind a context that is no decode step on a machine that takes none, is refused. `whole`, where given,
/// takes the whole result as `pimtlm run` gives it, without `host`.
PointResult evaluatePoint(const Point& point, nlohmann::ordered_json* whole = nullptr);

/// One line for a journal or a pipe, and back. fromLine throws nlohmann::json::exception for what is no such
/// line.
std::string toLine(const PointResult& result);
PointResult fromLine(const std::string& line);

}  // namespace pim::sim
