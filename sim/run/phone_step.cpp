#include <algorithm>
#include <array>

#include "platform/assembly/phone_parameters.h"
#include "sim/run/machine_step.h"

namespace pim::sim {
namespace {

/// Adds up the kernels of a step and counts the limit that each of them reached.
class Tally {
 public:
  void add(const std::string& name, double seconds, double launchSeconds, double memorySeconds) {
    StepResult one;
    one.units.push_back({name, 1, seconds + launchSeconds});
    m_result += one;
    (memorySeconds >= seconds ? m_memory : m_compute) += seconds;
    m_launch += launchSeconds;
    ++m_kernels;
  }
  void addBytes(double bytes) { m_result.memoryBytes += bytes; }
  StepResult finish(double syncSeconds) {
    m_result.seconds = m_memory + m_compute + m_launch + syncSeconds;
    if (syncSeconds > 0) m_result.units.push_back({"sync", 1, syncSeconds});
    const std::array<std::pair<const char*, double>, 4> limits{
        {{"memory", m_memory}, {"compute", m_compute}, {"launch", m_launch}, {"sync", syncSeconds}}};
    m_result.boundBy = std::max_element(limits.begin(), limits.end(), [](auto& a, auto& b) {
                         return a.second < b.second;
                       })->first;
    m_result.details = {{"kernels", m_kernels}, {"limits", nlohmann::ordered_json::object()}};
    for (const auto& [name, seconds] : limits) m_result.details["limits"][name] = seconds;
    return m_result;
  }

 private:
  StepResult m_result;
  double m_memory = 0, m_compute = 0, m_launch = 0;
  std::uint64_t m_kernels = 0;
};

StepResult onGpu(const ModelShape& shape, const platform::Config& config, const Step& step) {
  const phone::GpuParameters gpu = platform::phoneGpu(config);
  const phone::KernelTiming timing(gpu);
  const phone::Storage storage = platform::phoneStorage(config);
  const phone::Fusions fusions = platform::phoneFusions(config);
  Tally tally;
  if (step.prefill) {
    for (const phone::PrefillKernel& kernel : phone::prefillKernels(shape, storage, fusions, step.tokens)) {
      tally.add(kernel.kernel.name, timing.seconds(kernel, step.tokens), gpu.launchSeconds,
                kernel.kernel.bytes / gpu.bytesPerSecond);
      tally.addBytes(kernel.kernel.bytes);
    }
  } else {
    for (const phone::Kernel& kernel : phone::decodeKernels(shape, storage, fusions, step.tokens)) {
      tally.add(kernel.name, timing.seconds(kernel), gpu.launchSeconds, kernel.bytes / gpu.bytesPerSecond);
      tally.addBytes(kernel.bytes);
    }
  }
  return tally.finish(gpu.syncSeconds);
}

/// Models the CPU with one fitted rate of multiply-accumulates and the bandwidth that a processor attains. A
/// prefill reads each matrix once.
StepResult onCpu(const ModelShape& shape, const platform::Config& config, const Step& step) {
  const phone::GpuParameters cpu = platform::phoneCpu(config);
  const phone::KernelTiming timing(cpu);
  const phone::Storage storage = platform::phoneStorage(config);
  Tally tally;
  const auto add = [&](const phone::Kernel& kernel) {
    tally.add(kernel.name, timing.seconds(kernel), 0, kernel.bytes / cpu.bytesPerSecond);
    tally.addBytes(kernel.bytes);
  };
  if (step.prefill) {
    for (const phone::PrefillKernel& kernel : phone::prefillKernels(shape, storage, {}, step.tokens))
      add(kernel.kernel);
  } else {
    for (const phone::Kernel& kernel : phone::decodeKernels(shape, storage, {}, step.tokens)) add(kernel);
  }
  return tally.finish(0);
}

}  // namespace

std::vector<StepResult> phoneSteps(const ModelShape& shape, const platform::Config& config,
                                   const std::vector<Step>& steps) {
  std::vector<StepResult> results;
  for (const Step& step : steps) {
    results.push_back(config.phone.engine == platform::PhoneEngine::kCpu ? onCpu(shape, config, step)
                                                                         : onGpu(shape, config, step));
    results.back().details["model_bytes"] = phone::modelBytes(shape, platform::phoneStorage(config));
  }
  return results;
}

}  // namespace pim::sim
