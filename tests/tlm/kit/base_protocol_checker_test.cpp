// The checker itself: an initiator and a target break one rule after another.
#include "tests/support/base_protocol_checker.h"

#include <gmock/gmock.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <functional>

#include "tests/support/systemc_test.h"

namespace pim::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Payload = tlm::tlm_generic_payload;

/// A target that does what the test tells it.
struct Target : sc_core::sc_module, tlm::tlm_fw_transport_if<> {
  tlm::tlm_target_socket<> socket{"socket"};
  std::function<void(Payload&, sc_core::sc_time&)> serve = [](Payload& payload, sc_core::sc_time&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  std::function<tlm::tlm_sync_enum(Payload&, tlm::tlm_phase&, sc_core::sc_time&)> forward;
  std::function<bool(Payload&, tlm::tlm_dmi&)> direct;
  std::function<unsigned(Payload&)> debug;

  explicit Target(const sc_core::sc_module_name& name) : sc_module(name) { socket.bind(*this); }
  void b_transport(Payload& payload, sc_core::sc_time& delay) override { serve(payload, delay); }
  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return forward(payload, phase, delay);
  }
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) override { return direct(payload, dmi); }
  unsigned transport_dbg(Payload& payload) override { return debug(payload); }
};

/// An initiator that does what the test tells it.
struct Initiator : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  tlm::tlm_initiator_socket<> socket{"socket"};
  std::function<tlm::tlm_sync_enum(Payload&, tlm::tlm_phase&, sc_core::sc_time&)> backward =
      [](Payload&, tlm::tlm_phase&, sc_core::sc_time&) { return tlm::TLM_ACCEPTED; };

  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) { socket.bind(*this); }
  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return backward(payload, phase, delay);
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

struct NoPool : tlm::tlm_mm_interface {
  void free(Payload*) override {}
};

struct SomeExtension : tlm::tlm_extension<SomeExtension> {
  tlm::tlm_extension_base* clone() const override { return new SomeExtension(*this); }
  void copy_from(const tlm::tlm_extension_base&) override {}
};

class BaseProtocolCheckerTest : public SystemCTest {
 protected:
  BaseProtocolCheckerTest() {
    m_initiator.socket.bind(m_checker.fromInitiator);
    m_checker.toTarget.bind(m_target.socket);
  }

  /// A payload that keeps all rules.
  void prepare(Payload& payload, tlm::tlm_command command = tlm::TLM_READ_COMMAND) {
    payload.set_command(command);
    payload.set_address(0x100);
    payload.set_data_ptr(m_data.data());
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_byte_enable_length(0);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  void transport(Payload& payload, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    m_initiator.socket->b_transport(payload, delay);
  }
  tlm::tlm_sync_enum send(Payload& payload, tlm::tlm_phase phase,
                          sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return m_initiator.socket->nb_transport_fw(payload, phase, delay);
  }
  tlm::tlm_sync_enum answer(Payload& payload, tlm::tlm_phase phase,
                            sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return m_target.socket->nb_transport_bw(payload, phase, delay);
  }
  void acceptAll() {
    m_target.forward = [](Payload&, tlm::tlm_phase&, sc_core::sc_time&) { return tlm::TLM_ACCEPTED; };
  }
  /// One violation, of this rule; none for "".
  void expectOne(const std::string& rule) {
    if (rule.empty()) {
      EXPECT_THAT(m_checker.violations(), IsEmpty());
      return;
    }
    ASSERT_EQ(m_checker.violations().size(), 1u) << rule;
    EXPECT_THAT(m_checker.violations()[0], HasSubstr(rule));
  }

  std::array<std::uint8_t, 8> m_data{};
  std::array<std::uint8_t, 2> m_enables{TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
  SomeExtension m_extension;
  Target m_target{"target"};
  BaseProtocolChecker m_checker{"checker"};
  Initiator m_initiator{"initiator"};
};

struct Planted {
  const char* rule;
  std::function<void(Payload&, std::array<std::uint8_t, 2>&)> prepare;  ///< beyond what keeps the rules
  std::function<void(Payload&, sc_core::sc_time&)> serve;               ///< before the target says OK
};

class PlantedViolation : public BaseProtocolCheckerTest, public ::testing::WithParamInterface<Planted> {};

TEST_P(PlantedViolation, IsFoundAndNoOther) {
  Payload payload;
  prepare(payload, tlm::TLM_WRITE_COMMAND);
  payload.set_extension(&m_extension);
  if (GetParam().prepare) GetParam().prepare(payload, m_enables);
  m_target.serve = [](Payload& p, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(1, sc_core::SC_NS);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    if (GetParam().serve) GetParam().serve(p, delay);
  };
  transport(payload, sc_core::sc_time(5, sc_core::SC_NS));
  expectOne(GetParam().rule);
  EXPECT_EQ(m_checker.transactions(), 1u);
  payload.clear_extension<SomeExtension>();
}

const Planted kPlanted[] = {
    {"", {}, {}},
    {"14.11: sent without data", [](Payload& p, auto&) { p.set_data_ptr(nullptr); }, {}},
    {"14.12", [](Payload& p, auto&) { p.set_data_length(0); }, {}},
    {"14.14", [](Payload& p, auto& enables) { p.set_byte_enable_ptr(enables.data()); }, {}},
    {"14.15", [](Payload& p, auto&) { p.set_streaming_width(0); }, {}},
    {"14.16", [](Payload& p, auto&) { p.set_dmi_allowed(true); }, {}},
    {"14.17: sent", [](Payload& p, auto&) { p.set_response_status(tlm::TLM_OK_RESPONSE); }, {}},
    {"14.8: sent", [](Payload& p, auto&) { p.set_gp_option(tlm::TLM_FULL_PAYLOAD); }, {}},
    {"14.17: answered", {}, [](Payload& p, auto&) { p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE); }},
    {"11.1", {}, [](Payload&, sc_core::sc_time& delay) { delay = sc_core::SC_ZERO_TIME; }},
    {"14.7: the command", {}, [](Payload& p, auto&) { p.set_command(tlm::TLM_IGNORE_COMMAND); }},
    {"14.7: the address", {}, [](Payload& p, auto&) { p.set_address(0); }},
    {"14.7: the data length", {}, [](Payload& p, auto&) { p.set_data_length(4); }},
    {"14.7: the data pointer", {}, [](Payload& p, auto&) { p.set_data_ptr(p.get_data_ptr() + 1); }},
    {"14.7: the streaming width", {}, [](Payload& p, auto&) { p.set_streaming_width(4); }},
    {"14.7: the byte enable length", {}, [](Payload& p, auto&) { p.set_byte_enable_length(4); }},
    {"14.7: the byte enable pointer", {}, [](Payload& p, auto&) { p.set_byte_enable_ptr(p.get_data_ptr()); }},
    {"14.8: the generic", {}, [](Payload& p, auto&) { p.set_gp_option(tlm::TLM_FULL_PAYLOAD_ACCEPTED); }},
    {"14.11: a target changed", {}, [](Payload& p, auto&) { p.get_data_ptr()[7] = 1; }},
    {"14.11: a target changed", [](Payload& p, auto&) { p.set_command(tlm::TLM_IGNORE_COMMAND); },
     [](Payload& p, auto&) { p.get_data_ptr()[0] = 1; }},
    {"",
     [](Payload& p, auto& enables) {
       p.set_read();
       p.set_byte_enable_ptr(enables.data());
       p.set_byte_enable_length(2);
     },
     [](Payload& p, auto&) { p.get_data_ptr()[6] = 1; }},
    {"14.13: a byte",
     [](Payload& p, auto& enables) {
       p.set_read();
       p.set_byte_enable_ptr(enables.data());
       p.set_byte_enable_length(2);
     },
     [](Payload& p, auto&) { p.get_data_ptr()[7] = 1; }},
    {"14.13: the byte enables",
     [](Payload& p, auto& enables) {
       p.set_byte_enable_ptr(enables.data());
       p.set_byte_enable_length(2);
     },
     [](Payload& p, auto&) { p.get_byte_enable_ptr()[0] = TLM_BYTE_DISABLED; }},
    {"14.21: an extension was taken", {}, [](Payload& p, auto&) { p.clear_extension<SomeExtension>(); }},
};
INSTANTIATE_TEST_SUITE_P(, PlantedViolation, ::testing::ValuesIn(kPlanted));

TEST_F(BaseProtocolCheckerTest, FindsAnExtensionThatWasLeftBehind) {
  Payload payload;
  prepare(payload);
  m_target.serve = [this](Payload& p, sc_core::sc_time&) {
    p.set_extension(&m_extension);
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  transport(payload);
  expectOne("14.21: an extension was left behind");
  payload.clear_extension<SomeExtension>();
}

TEST_F(BaseProtocolCheckerTest, FindsAPayloadThatIsSentAgainWhileUnderWay) {
  Payload payload;
  prepare(payload);
  bool first = true;
  m_target.serve = [&](Payload& p, sc_core::sc_time& delay) {
    if (first) {
      first = false;
      m_initiator.socket->b_transport(p, delay);
      p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  transport(payload);
  expectOne("14.5: sent while it was under way");
}

// ---- non-blocking

class Phases : public BaseProtocolCheckerTest {
 protected:
  Phases() {
    acceptAll();
    for (Payload* payload : {&m_payload, &m_second}) {
      payload->set_mm(&m_pool);
      payload->acquire();
      prepare(*payload);
    }
  }
  NoPool m_pool;
  Payload m_payload, m_second;
};

TEST_F(Phases, InTheirOrderAreRight) {
  send(m_payload, tlm::BEGIN_REQ);
  answer(m_payload, tlm::END_REQ);
  m_payload.set_response_status(tlm::TLM_OK_RESPONSE);
  answer(m_payload, tlm::BEGIN_RESP, sc_core::sc_time(3, sc_core::SC_NS));
  EXPECT_EQ(m_checker.outstanding(), 1u);
  send(m_payload, tlm::END_RESP, sc_core::sc_time(3, sc_core::SC_NS));
  EXPECT_EQ(m_checker.outstanding(), 0u);
  expectOne("");
}

TEST_F(Phases, WithoutEndReqAndWithUpdatesAreRight) {
  m_initiator.backward = [](Payload&, tlm::tlm_phase& phase, sc_core::sc_time&) {
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  };
  send(m_payload, tlm::BEGIN_REQ);
  m_payload.set_response_status(tlm::TLM_OK_RESPONSE);
  answer(m_payload, tlm::BEGIN_RESP);
  EXPECT_EQ(m_checker.outstanding(), 0u);
  send(m_second, tlm::BEGIN_REQ);
  expectOne("");
}

TEST_F(Phases, ARequestNeedsAMemoryManager) {
  Payload payload;
  prepare(payload);
  send(payload, tlm::BEGIN_REQ);
  ASSERT_FALSE(m_checker.violations().empty());
  EXPECT_THAT(m_checker.violations()[0], HasSubstr("14.5: no memory manager"));
}

TEST_F(Phases, ASecondRequestWaitsForEndReq) {
  send(m_payload, tlm::BEGIN_REQ);
  send(m_second, tlm::BEGIN_REQ);
  expectOne("15.2: a request before END_REQ");
}

TEST_F(Phases, ASecondResponseWaitsForEndResp) {
  for (Payload* payload : {&m_payload, &m_second}) {
    send(*payload, tlm::BEGIN_REQ);
    answer(*payload, tlm::END_REQ);
    payload->set_response_status(tlm::TLM_OK_RESPONSE);
  }
  answer(m_payload, tlm::BEGIN_RESP);
  answer(m_second, tlm::BEGIN_RESP);
  expectOne("15.2: a response before END_RESP");
}

TEST_F(Phases, OutOfOrderAreFound) {
  send(m_payload, tlm::BEGIN_REQ);
  send(m_payload, tlm::END_RESP);
  expectOne("15.2: END_RESP after BEGIN_REQ");
}

TEST_F(Phases, OnTheWrongPathAreFound) {
  send(m_payload, tlm::BEGIN_REQ);
  send(m_payload, tlm::END_REQ);
  expectOne("15.2: END_REQ on the wrong path");
}

TEST_F(Phases, OfAPayloadThatIsNotUnderWayAreFound) {
  answer(m_payload, tlm::END_REQ);
  expectOne("15.2: END_REQ for a payload that is not under way");
}

TEST_F(Phases, TimeDoesNotRunBackwards) {
  send(m_payload, tlm::BEGIN_REQ, sc_core::sc_time(5, sc_core::SC_NS));
  answer(m_payload, tlm::END_REQ, sc_core::sc_time(4, sc_core::SC_NS));
  expectOne("15.2: END_REQ before BEGIN_REQ");
}

TEST_F(Phases, AResponseNeedsAStatus) {
  send(m_payload, tlm::BEGIN_REQ);
  answer(m_payload, tlm::BEGIN_RESP);
  expectOne("14.17: answered without");
}

TEST_F(Phases, AcceptedChangesNothing) {
  m_target.forward = [](Payload&, tlm::tlm_phase& phase, sc_core::sc_time&) {
    phase = tlm::END_REQ;
    return tlm::TLM_ACCEPTED;
  };
  send(m_payload, tlm::BEGIN_REQ);
  expectOne("15.2: TLM_ACCEPTED with another phase");
}

TEST_F(Phases, CompletedNeedsAStatus) {
  m_target.forward = [](Payload&, tlm::tlm_phase&, sc_core::sc_time&) { return tlm::TLM_COMPLETED; };
  send(m_payload, tlm::BEGIN_REQ);
  expectOne("14.17: answered without");
  EXPECT_EQ(m_checker.outstanding(), 0u);
}

TEST_F(Phases, APayloadStaysAsItWasSent) {
  send(m_payload, tlm::BEGIN_REQ);
  m_payload.set_data_length(4);
  answer(m_payload, tlm::END_REQ);
  expectOne("14.7: the data length");
}

// ---- debug and direct memory

TEST_F(BaseProtocolCheckerTest, DebugAccessesMoveNoMoreThanAsked) {
  Payload payload;
  prepare(payload);
  m_target.debug = [](Payload&) { return 9u; };
  m_initiator.socket->transport_dbg(payload);
  expectOne("11.3: a debug access moved more");
}

TEST_F(BaseProtocolCheckerTest, DirectPointersHaveARangeAPointerAndAnAccess) {
  struct Case {
    const char* rule;
    std::uint64_t start, end;
    bool granted, pointer, access;
  };
  for (const Case& c : {Case{"", 0, 0x1FF, true, true, true}, Case{"", 0x100, 0x100, false, false, true},
                        Case{"ends before it starts", 0x200, 0x1FF, false, false, true},
                        Case{"does not hold the address", 0x101, 0x1FF, true, true, true},
                        Case{"granted without a pointer", 0, 0x1FF, true, false, true},
                        Case{"granted for no access", 0, 0x1FF, true, true, false},
                        Case{"denied for no access", 0, 0x1FF, false, false, false}}) {
    const std::size_t before = m_checker.violations().size();
    m_target.direct = [&](Payload&, tlm::tlm_dmi& dmi) {
      dmi.set_start_address(c.start);
      dmi.set_end_address(c.end);
      if (c.pointer) dmi.set_dmi_ptr(m_data.data());
      c.access ? dmi.allow_read_write() : dmi.allow_none();
      return c.granted;
    };
    Payload payload;
    prepare(payload);
    tlm::tlm_dmi dmi;
    m_initiator.socket->get_direct_mem_ptr(payload, dmi);
    if (c.rule[0] == '\0') {
      EXPECT_EQ(m_checker.violations().size(), before);
    } else {
      ASSERT_EQ(m_checker.violations().size(), before + 1) << c.rule;
      EXPECT_THAT(m_checker.violations().back(), HasSubstr(c.rule));
    }
  }
}

TEST_F(BaseProtocolCheckerTest, InvalidationsHaveARange) {
  m_target.socket->invalidate_direct_mem_ptr(0x10, 0x1F);
  expectOne("");
  m_target.socket->invalidate_direct_mem_ptr(0x20, 0x1F);
  expectOne("11.2.6");
}

}  // namespace
}  // namespace pim::test
