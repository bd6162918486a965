#include "sim/cli/sampling_options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/base/error.h"

namespace pim::sim {
namespace {

namespace po = boost::program_options;

/// Parses the whole text as a number; nothing if that fails.
template <typename T>
std::optional<T> parse(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double temperatureOf(const std::string& text) {
  const std::optional<double> value = parse<double>(text);
  if (value == 0.0) return 0;
  if (!value || !(*value >= kMinTemperature && *value <= kMaxTemperature)) {
    throw UserError(fmt::format("--temperature: expected 0 (greedy) or a number from {} to {}, got '{}'",
                                kMinTemperature, kMaxTemperature, text));
  }
  return *value;
}

double topPOf(const std::string& text) {
  const std::optional<double> value = parse<double>(text);
  if (!value || !(*value > 0 && *value <= 1))
    throw UserError(fmt::format("--top-p: expected a number above 0 and at most 1, got '{}'", text));
  return *value;
}

std::uint64_t seedOf(const std::string& text) {
  const std::optional<std::uint64_t> value = parse<std::uint64_t>(text);
  if (!value) throw UserError(fmt::format("--seed: expected a whole number below 2^64, got '{}'", text));
  return *value;
}

}  // namespace

void SamplingOptions::addTo(CommandLine& line) {
  line.add()  //
      ("temperature", po::value<std::string>()->default_value("0"),
       "0: take the most likely token; above 0: draw tokens; 1: with the probabilities of the model")  //
      ("top-p", po::value<std::string>()->default_value("1"),
       "draw from the most likely tokens whose probabilities add up to this share")  //
      ("seed", po::value<std::string>(),
       "seed of the draws: the same seed gives the same text (default: simulation.seed)");
}

SamplingOptions::SamplingOptions(const CommandLine& line, platform::Config& config)
    : m_temperature(temperatureOf(line.get<std::string>("temperature"))),
      m_topP(topPOf(line.get<std::string>("top-p"))) {
  if (line.has("seed")) config.simulation.seed = seedOf(line.get<std::string>("seed"));
  m_seed = config.simulation.seed;
}

void SamplingOptions::apply(HostJob& job, std::uint32_t vocab) const {
  if (m_temperature == 0) return;
  if (vocab > kMaxSampledLogits) {
    throw UserError(fmt::format(
        "--temperature: expected 0 for a vocabulary of {} tokens: the chip draws from at most {} tokens",
        vocab, kMaxSampledLogits));
  }
  job.sampling = sampleRule(m_temperature, m_topP);
  job.seed = m_seed;
}

void SamplingOptions::report(nlohmann::ordered_json& json) const {
  if (m_temperature == 0) return;
  json["sampling"] = {{"temperature", m_temperature}, {"top_p", m_topP}, {"seed", m_seed}};
}

}  // namespace pim::sim
