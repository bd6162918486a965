#pragma once

#include <cstdint>
#include <string>

#include "core/riscv/debugger.h"
#include "core/riscv/gdb_protocol.h"

namespace pim::riscv {

/// A GDB at the other end of a TCP connection on the loopback interface. The hart stands still at its first
/// instruction until GDB connects; when GDB has gone, it runs on by itself.
class GdbServer : public Debugger {
 public:
  /// Listens; port 0: one that is free. UserError: the port is taken.
  explicit GdbServer(std::uint16_t port);
  /// Tells GDB that the program is over.
  ~GdbServer() override;
  GdbServer(const GdbServer&) = delete;
  GdbServer& operator=(const GdbServer&) = delete;

  std::uint16_t port() const { return m_port; }

  Next onHalt(Hart& hart, DebugMemory& memory, Halt why) override;
  bool wantsHalt() override;

 private:
  void accept();
  /// The next packet; false when GDB has gone.
  bool receive(std::string& packet);
  void send(const std::string& packet);
  /// A byte; -1 at the end.
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
