#include "core/riscv/gdb_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/error.h"

namespace pim::riscv {
namespace {

constexpr int kInterrupt = 3;  // the byte of Ctrl-C
constexpr std::size_t kLongestPacket = 1 << 16;

std::string framed(const std::string& packet) {
  unsigned sum = 0;
  for (const char c : packet) sum += static_cast<unsigned char>(c);
  return fmt::format("${}#{:02x}", packet, sum & 255u);
}

}  // namespace

GdbServer::GdbServer(std::uint16_t port) {
  m_listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int yes = 1;
  if (m_listening >= 0) ::setsockopt(m_listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  socklen_t size = sizeof address;
  if (m_listening < 0 || ::bind(m_listening, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(m_listening, 1) != 0 ||
      ::getsockname(m_listening, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const int error = errno;
    if (m_listening >= 0) ::close(m_listening);
    throw UserError(fmt::format("--gdb: expected a free port, got {}: {}", port, std::strerror(error)));
  }
  m_port = ntohs(address.sin_port);
}

GdbServer::~GdbServer() {
  if (m_connection >= 0 && m_runs) send("W00");
  close();
  if (m_listening >= 0) ::close(m_listening);
}

void GdbServer::close() {
  if (m_connection >= 0) ::close(m_connection);
  m_connection = -1;
}

void GdbServer::accept() {
  do {
    m_connection = ::accept4(m_listening, nullptr, nullptr, SOCK_CLOEXEC);
  } while (m_connection < 0 && errno == EINTR);
  m_wasConnected = true;
  const int yes = 1;
  if (m_connection >= 0) ::setsockopt(m_connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

int GdbServer::nextByte() {
  while (m_input.empty()) {
    char block[4096];
    const ssize_t got = ::recv(m_connection, block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    m_input.assign(block, static_cast<std::size_t>(got));
  }
  const int byte = static_cast<unsigned char>(m_input.front());
  m_input.erase(0, 1);
  return byte;
}

bool GdbServer::receive(std::string& packet) {
  for (;;) {
    int byte = nextByte();
    while (byte >= 0 && byte != '$') byte = nextByte();  // acknowledgements; Ctrl-C where it stands already
    packet.clear();
    unsigned sum = 0;
    for (byte = byte < 0 ? byte : nextByte(); byte >= 0 && byte != '#'; byte = nextByte()) {
      if (packet.size() >= kLongestPacket) return false;
      packet += static_cast<char>(byte);
      sum += static_cast<unsigned>(byte);
    }
    const int high = byte < 0 ? byte : nextByte(), low = high < 0 ? high : nextByte();
    if (low < 0) return false;
    const std::string told{static_cast<char>(high), static_cast<char>(low)};
    const bool right = told == fmt::format("{:02x}", sum & 255u);
    if (::send(m_connection, right ? "+" : "-", 1, MSG_NOSIGNAL) != 1) return false;
    if (right) return true;
  }
}

void GdbServer::send(const std::string& packet) {
  const std::string bytes = framed(packet);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = ::send(m_connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return;  // it has gone, as the next receive() finds
    sent += static_cast<std::size_t>(now);
  }
}

Debugger::Next GdbServer::onHalt(Hart& hart, DebugMemory& memory, Halt why) {
  m_protocol.setLost(why == Halt::Lost);
  if (!m_wasConnected) accept();
  if (m_connection < 0) return Next::Run;
  if (m_runs) send(m_protocol.stopReply());
  m_runs = false;
  std::string packet;
  while (receive(packet)) {
    const GdbProtocol::Answer answer = m_protocol.handle(packet, hart, memory);
    if (answer.packet) send(*answer.packet);
    if (answer.left) break;
    if (answer.goOn) {
      m_runs = true;
      return *answer.goOn;
    }
  }
  if (m_connection >= 0) m_protocol.handle("D", hart, memory);  // its breakpoints go with it
  close();
  return Next::Run;
}

bool GdbServer::wantsHalt() {
  if (m_connection < 0) return false;
  if (m_input.empty()) {
    pollfd file{m_connection, POLLIN, 0};
    if (::poll(&file, 1, 0) <= 0) return false;
    char block[256];
    const ssize_t got = ::recv(m_connection, block, sizeof block, MSG_DONTWAIT);
    if (got <= 0) return got == 0;  // gone: onHalt() finds it
    m_input.assign(block, static_cast<std::size_t>(got));
  }
  while (!m_input.empty() && (m_input.front() == '+' || m_input.front() == '-')) m_input.erase(0, 1);
  if (m_input.empty() || m_input.front() != kInterrupt) return !m_input.empty();
  m_input.erase(0, 1);
  return true;
}

}  // namespace pim::riscv
