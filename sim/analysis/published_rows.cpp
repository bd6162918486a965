#include <fmt/format.h>

#include <cmath>

#include "sim/analysis/analysis.h"

// The published analysis row by row, in its order and with its numbers. Each row has its own formula, so this
// is code instead of a table.
namespace pim::sim {
namespace {

using Value = std::optional<double>;

/// Returns a value of a simulation, or nothing if the simulation does not exist.
Value of(const SimulatedDecode* simulated, double (*get)(const SimulatedDecode&)) {
  return simulated != nullptr ? Value(get(*simulated)) : Value();
}

/// A quantity with one attention mapping: its published and its corrected cost.
struct Mapping {
  const SimulatedDecode* simulated;
  DecodeCost published, corrected;
};

class Published {
 public:
  explicit Published(const AnalysisInput& input) : m_in(input), m_rates(peakRates(input.config)) {
    m_one = mapping(1, input.one);
    m_many = mapping(input.spread, input.many);
    // The printed total of the spread mapping contains the KV time of the other mapping.
    m_spreadTotal =
        m_many.published.seconds() - m_many.published.bankKv.seconds + m_one.published.bankKv.seconds;
  }

  std::vector<AnalysisRow> rows() {
    sizes();
    banks();
    links();
    controller();
    totals();
    return std::move(m_rows);
  }

 private:
  Mapping mapping(std::uint32_t banksPerHead, const SimulatedDecode* simulated) const {
    return {simulated, publishedDecode(m_in.shape, m_rates, m_in.context, banksPerHead),
            correctedDecode(m_in.shape, m_rates, m_in.context, banksPerHead)};
  }
  void row(const char* id, std::string quantity, const char* unit, Value published, Value corrected,
           Value simulated, std::string note = {}) {
    m_rows.push_back({id, std::move(quantity), unit, published, corrected, simulated, std::move(note)});
  }
  /// Returns the simulation with the configured mapping, or else the other one.
  const SimulatedDecode* any() const { return m_in.one != nullptr ? m_in.one : m_in.many; }
  std::string spread() const { return fmt::format("{} banks a head", m_in.spread); }

  void sizes() {
    const double weights = static_cast<double>(m_in.shape.matrixWeights());
    const double chip =
        static_cast<double>(m_in.config.chip.banks()) * static_cast<double>(m_in.config.bank.bmemBytes());
    const double die = chip / m_in.config.chip.dies;
    row("S0-01", "weights read for a token", "params", weights, weights, {});
    row("S0-02", "4-bit weights", "bytes", weights / 2, weights / 2, {});
    row("S0-03", "banks of a die", "bytes", die, die, {});
    row("S0-04", "dies for the weights", "dies", std::ceil(weights / 2 / die), std::ceil(weights / 2 / die),
        {});
    row("S0-05", "banks", "banks", m_rates.banks, m_rates.banks, {});
    row("S0-06", "longest sequence beside them, 4-bit KV", "tokens", publishedContext(m_in.shape, chip),
        correctedContext(m_in.shape, chip),
        of(any(), [](const SimulatedDecode& s) { return double(s.maxContext); }),
        "published counts K or V alone; simulated: as laid out with scales, meta bytes, alignment and "
        "kv.bits");
    row("S0-07", "banks without a head, a bank a head", "fraction", 1 - headShare(m_in.shape, m_rates, 1),
        1 - headShare(m_in.shape, m_rates, 1), {});
    row("S0-08", "operations to saturate the banks", "ops/byte", 2.0, 4.0, {},
        "2 a byte is the figure of 8-bit weights");
    row("S0-09", "bandwidth of all banks", "bytes/s", m_rates.allBanks(), m_rates.allBanks(), {});
    row("S0-10", "bandwidth of all links", "bytes/s", m_rates.allLinks(), m_rates.allLinks(), {});
    row("S0-11", "links to banks", "ratio", m_rates.allLinks() / m_rates.allBanks(),
        m_rates.allLinks() / m_rates.allBanks(), {});
    const double scores = m_in.context / 2.0;
    row("S0-35", "a score row", "bytes", scores, m_in.context * 4.0, {},
        "published at 4 bits; scores are 32-bit integers here");
    row("S0-36", "the score rows of all heads", "bytes", m_in.shape.heads * scores,
        m_in.shape.heads * m_in.context * 4.0, {});
    row("S0-37", "Controller memory for a head's scores", "bytes", m_in.context * (m_in.context / 2.0),
        m_in.config.mapping.tokenTile * (m_in.context * 2.0), {},
        "row-blocked attention needs the rows of a token tile only");
    constexpr double kTile = 16;  // tokens
    row("S0-39", "BRAM for the longest input of 16 tokens", "bytes", kTile * m_in.shape.mlp / 2,
        kTile * m_in.shape.mlp * 2, {},
        "published at 4 bits, here 16; what does not fit is cut along the input");
    row("S0-40", "MAC rate for 16 tokens at the banks' bandwidth", "ops/s", 2 * kTile * m_rates.allBanks(),
        4 * kTile * m_rates.allBanks(), {}, "4-bit weights take 4 operations a byte");
  }

  void banks() {
    row("S0-14", "weights through the banks", "s", m_one.published.bankWeights.seconds,
        m_one.corrected.bankWeights.seconds,
        of(any(), [](const SimulatedDecode& s) { return s.busySeconds(Component::BankWeights); }),
        "published divides GiB by GB/s; simulated reads scales as well");
    row("S0-15", "elements of the KV cache", "elements", kvElements(), kvElements(), {});
    constexpr auto kBankKv = [](const SimulatedDecode& s) { return s.busySeconds(Component::BankKv); };
    row("S0-16", "KV cache through the banks, 1 bank a head", "s", m_one.published.bankKv.seconds,
        m_one.corrected.bankKv.seconds, of(m_one.simulated, kBankKv),
        "published adds the scores, which stay in SRAM; corrected adds the append; simulated reads exponents "
        "and takes the softmax as well, at kv.bits");
    row("S0-17", "KV cache through the banks, " + spread(), "s", m_many.published.bankKv.seconds,
        m_many.corrected.bankKv.seconds, of(m_many.simulated, kBankKv));
  }

  void links() {
    const double volume = m_one.published.linkInWeights.bytes + m_one.published.linkOutWeights.bytes;
    row("S0-18", "messages for the weights", "messages", m_one.published.messagesWeights,
        m_one.corrected.messagesWeights,
        of(any(), [](const SimulatedDecode& s) { return s.messagesWeights; }),
        fmt::format("{:.0f} with fused QKV and gate/up", matrixMessages(m_in.shape, true, true)));
    row("S0-19", "elements over the links for the weights", "elements", 2 * volume, 2 * volume, {});
    row("S0-20", "links for the weights", "s", m_one.published.linkWeights(), m_one.corrected.linkWeights(),
        of(any(), [](const SimulatedDecode& s) { return s.busySeconds(Component::LinkWeights); }),
        fmt::format(
            "published spreads over all links what every die needs; {:.4g} s in its units; simulated at "
            "16-bit inputs and 32-bit results",
            m_one.corrected.linkWeights() / kPublishedUnits));
    row("S0-21", "latency of the messages for the weights", "s",
        m_one.published.messagesWeights * m_rates.lambda, m_one.corrected.messagesWeights * m_rates.lambda,
        {}, "at link.exchange_latency_ns");
    attentionLinks("S0-22", "S0-23", m_one, "1 bank a head",
                   "corrected: the new token's k and v go out as well");
    attentionLinks("S0-24", "S0-25", m_many, spread(), "corrected: the new token's k and v go out as well");
    m_rows[m_rows.size() - 2].note += "; published 192 are 6 a layer, its own formula gives 4";
  }

  void attentionLinks(const char* idMessages, const char* idTime, const Mapping& mapping,
                      const std::string& how, const char* note) {
    const double appends = mapping.corrected.messagesKvAppend;
    Value messages = of(mapping.simulated, [](const SimulatedDecode& s) { return s.messagesKv; });
    if (messages) *messages -= appends;
    row(idMessages, "messages for attention, " + how, "messages", mapping.published.messagesKv,
        mapping.corrected.messagesKv, messages,
        fmt::format("simulated: all counted but the {:.0f} that append K and V", appends));
    row(idTime, "links for attention, " + how, "s", mapping.published.linkKv(), mapping.corrected.linkKv(),
        of(mapping.simulated, [](const SimulatedDecode& s) { return s.busySeconds(Component::LinkKv); }),
        note);
  }

  void controller() {
    row("S0-26", "Controller for the weights", "s", m_one.published.controllerWeights.seconds,
        m_one.corrected.controllerWeights.seconds,
        of(any(), [](const SimulatedDecode& s) { return s.busySeconds(Component::ControllerWeights); }),
        "one pass at 4 bits; simulated reads and writes 16 and 32 bits");
    row("S0-27", "Controller for attention, " + spread(), "s", m_many.published.controllerKv.seconds,
        m_many.corrected.controllerKv.seconds,
        of(m_many.simulated, [](const SimulatedDecode& s) { return s.busySeconds(Component::ControllerKv); }),
        fmt::format("softmax runs over heads x L scores; {:.4g} s in the published units",
                    m_many.corrected.controllerKv.seconds / kPublishedUnits));
  }

  void totals() {
    const auto busy = [](const SimulatedDecode& s) {
      double sum = -s.busySeconds(Component::Latency) - s.busySeconds(Component::Firmware);
      for (const double part : s.busy) sum += part;
      return sum;
    };
    const auto messages = [](const SimulatedDecode& s) { return s.messagesWeights + s.messagesKv; };
    row("S0-28", "a token without latency, 1 bank a head", "s", m_one.published.seconds(),
        m_one.corrected.seconds(), of(m_one.simulated, busy));
    row("S0-29", "messages, 1 bank a head", "messages", total(m_one.published), total(m_one.corrected),
        withoutAppends(of(m_one.simulated, messages)), "simulated: all counted but the appends of K and V");
    row("S0-30", "a token without latency, " + spread(), "s", m_spreadTotal, m_many.corrected.seconds(),
        of(m_many.simulated, busy),
        fmt::format("the published total does not sum its own row, which gives {:.4g} s; {:.4g} s corrected "
                    "in its units",
                    m_many.published.seconds(), m_many.corrected.seconds() / kPublishedUnits));
    row("S0-31", "messages, " + spread(), "messages", total(m_many.published), total(m_many.corrected),
        withoutAppends(of(m_many.simulated, messages)),
        "published 192 for 128; simulated: all counted but the appends of K and V");
    rate("S0-32", "rate without latency, 1 bank a head", 1 / m_one.published.seconds(),
         1 / m_one.corrected.seconds());
    rate("S0-32", "rate without latency, " + spread(), 1 / m_spreadTotal, 1 / m_many.corrected.seconds());
    withLatency(m_one, "rate, 1 bank a head", m_one.published.seconds());
    withLatency(m_many, "rate, " + spread(), m_spreadTotal);
    rate("S0-34", "rate without latency, bandwidths / 10, 1 bank a head", 0.1 / m_one.published.seconds(),
         0.1 / m_one.corrected.seconds());
    rate("S0-34", "rate without latency, bandwidths / 10, " + spread(), 0.1 / m_spreadTotal,
         0.1 / m_many.corrected.seconds());
    // Section 3.3: a chip with the bandwidth of one die.
    const double weights = static_cast<double>(m_in.shape.matrixWeights()),
                 die = m_rates.allBanks() / m_rates.dies;
    rate("S0-41", "prefill at 2 operations a byte, the bandwidth of a die", die / weights, die / weights);
    rate("S0-42", "the same with 16 tokens at once", 16 * die / weights, 16 * die / weights);
    rate("S0-43", "decode at the bandwidth of a die, weights only", die / (weights / 2), die / weights,
         "at 4 bits 2 operations a byte keep pace with half the bandwidth");
  }

  void rate(const char* id, std::string quantity, double published, double corrected, std::string note = {}) {
    row(id, std::move(quantity), "tokens/s", published, corrected, {}, std::move(note));
  }
  void withLatency(const Mapping& mapping, std::string quantity, double publishedSeconds) {
    row("S0-33", std::move(quantity), "tokens/s",
        1 / (total(mapping.published) * m_rates.lambda + publishedSeconds),
        1 / (mapping.corrected.messages() * m_rates.lambda + mapping.corrected.seconds()),
        of(mapping.simulated, [](const SimulatedDecode& s) { return 1 / s.seconds; }),
        "1/(n lambda + t) at link.exchange_latency_ns");
  }
  static double total(const DecodeCost& cost) { return cost.messagesWeights + cost.messagesKv; }
  Value withoutAppends(Value messages) const {
    if (messages) *messages -= m_one.corrected.messagesKvAppend;
    return messages;
  }
  double kvElements() const { return 2.0 * m_in.context * m_in.shape.kvWidth() * m_in.shape.layers; }

  const AnalysisInput& m_in;
  PeakRates m_rates;
  Mapping m_one, m_many;
  double m_spreadTotal = 0;
  std::vector<AnalysisRow> m_rows;
};

}  // namespace

std::vector<AnalysisRow> publishedRows(const AnalysisInput& input) {
  return Published(input).rows();
}

}  // namespace pim::sim
