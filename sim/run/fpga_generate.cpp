#include "sim/run/fpga_generate.h"

#include <algorithm>

#include "core/arith/elementwise.h"
#include "core/base/error.h"
#include "core/fpga/datapath.h"
#include "platform/assembly/fpga_parameters.h"
#include "sim/run/fpga_step.h"
#include "sw/host/fpga/model_data.h"
#include "tlm/fpga/fpga.h"

namespace pim::sim {
namespace {

/// Supplies programs to the machine one after another: a prefill of the prompt, then a step per token.
class Generator {
 public:
  Generator(const host::QuantizedModel& model, const platform::Config& config, const GenerateJob& job)
      : m_eos(model.eosTokens),
        m_config(config),
        m_job(job),
        m_compiler(model.shape, platform::fpgaCompilerOptions(config)),
        m_mask(platform::fpgaMask(config)),
        m_stairs(platform::fpgaStairs(config)),
        m_data(host::fpga::modelData(model)),
        m_datapath(m_data, KvFormat{config.kv.bits}) {}

  fpga::Datapath& datapath() { return m_datapath; }

  bool next(const fpga::InstructionSink& sink) {
    if (m_finished) return false;
    const auto take = [&](const fpga::Operator& what, const std::vector<fpga::Instruction>& instructions) {
      m_datapath.begin(what);
      sink(instructions);
    };
    if (m_length == 0) {
      m_datapath.begin(m_job.prompt);
      m_length = static_cast<std::uint32_t>(m_job.prompt.size());
      m_compiler.prefill(host::fpga::Stairs::up(m_length, m_stairs.prefill), m_mask, take);
    } else {
      m_datapath.begin(std::vector<std::uint32_t>{result.tokens.back()});
      ++m_length;
      m_compiler.decode(host::fpga::Stairs::up(m_length, m_stairs.decode), take);
    }
    return true;
  }

  void done(const fpga::StepUse& use) {
    const StepResult step = fpgaStepResult(use, m_config);
    MachineRun& run = result.run;
    if (run.promptTokens == 0) {
      run.promptTokens = m_length;
      run.prefill = step;
    } else {
      ++run.decodeTokens;
      run.decode += step;
      run.decode.boundBy = step.boundBy;
      run.decode.details = step.details;
      run.perToken.push_back(step.seconds);
    }
    const std::vector<std::vector<Q16>>& logits = m_datapath.logits();
    for (std::size_t i = m_job.everyPosition ? 0 : logits.size() - 1; i < logits.size(); ++i) take(logits[i]);
  }

  Generated result;

 private:
  void take(const std::vector<Q16>& logits) {
    const std::uint32_t token = argmax(logits.data(), static_cast<std::uint32_t>(logits.size()));
    result.tokens.push_back(token);
    if (m_job.onToken) m_job.onToken(token, logits);
    const bool eos = !m_job.ignoreEos && std::find(m_eos.begin(), m_eos.end(), token) != m_eos.end();
    m_finished = m_job.everyPosition || eos || result.tokens.size() >= m_job.generate;
  }

  std::vector<std::uint32_t> m_eos;
  const platform::Config& m_config;
  const GenerateJob& m_job;
  host::fpga::Compiler m_compiler;
  host::fpga::AttentionMask m_mask;
  host::fpga::Stairs m_stairs;
  fpga::ModelData m_data;
  fpga::Datapath m_datapath;
  std::uint32_t m_length = 0;  // tokens in the cache
  bool m_finished = false;
};

}  // namespace

Generated generateOnFpga(const host::QuantizedModel& model, const platform::Config& config,
                         const GenerateJob& job) {
  if (config.weights.bits != 4 || config.weights.scaleBits != 16)
    throw UserError(
        "weights.bits: expected 4, with weights.scale_bits 16: other formats are for timing only");
  if (config.attention.mask != "causal" && config.attention.mask != "full")
    throw UserError(
        "attention.mask: expected causal or full with data, as the results need the scores that other masks "
        "skip");
  Generator generator(model, config, job);
  fpga::Fpga machine("fpga", platform::fpgaTiming(config),
                     {[&](const fpga::InstructionSink& sink) { return generator.next(sink); },
                      [&](const fpga::StepUse& use) { generator.done(use); }});
  machine.attach(&generator.datapath());
  sc_core::sc_start();
  machine.rethrow();
  return std::move(generator.result);
}

}  // namespace pim::sim
