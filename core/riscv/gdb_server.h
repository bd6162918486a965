#pragma once

#include <cstdint>
#include <string>

#include "core/riscv/debugger.h"
#include "core/riscv/gdb_protocol.h"

namespace pim::riscv {

/// Serves a GDB over a TCP connection on the loopback interface. The hart waits at its first instruction
/// until GDB connects; after GDB disconnects, the hart runs without it.
class GdbServer : public Debugger {
 public:
  /// Listens on `port`; 0: on any free port. UserError: the port is in use.
  explicit GdbServer(std::uint16_t port);
  /// Tells GDB that the program has ended.
  ~GdbServer() override;
  GdbServer(const GdbServer&) = delete;
  GdbServer& operator=(const GdbServer&) = delete;

  std::uint16_t port() const { return m_port; }

  Next onHalt(Hart& hart, DebugMemory& memory, Halt why) override;
  bool wantsHalt() override;

 private:
  void accept();
  /// Receives the next packet; false when GDB has disconnected.
  bool receive(std::string& packet);
  void send(const std::string& packet);
  /// Returns the next byte; -1 at the end.
  int nextByte();
  void close();

  std::uint16_t m_port = 0;
  int m_listening = -1, m_connection = -1;
  bool m_wasConnected = false;
  bool m_runs = false;  ///< GDB waits for the reply to a step or continue
  std::string m_input;
  GdbProtocol m_protocol;
};

}  // namespace pim::riscv
