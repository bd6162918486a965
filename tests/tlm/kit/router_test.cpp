#include "tlm/kit/router.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

#include "tests/support/foreign_initiator.h"
#include "tests/support/systemc_test.h"
#include "tlm/kit/memory.h"

namespace pim::test {
namespace {

/// A target that answers as told and keeps the address it saw; it grants no direct pointer.
class Device : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Device> socket;
  tlm::tlm_response_status answer = tlm::TLM_OK_RESPONSE;
  std::uint64_t seen = 0;

  explicit Device(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_b_transport(this, &Device::transport);
  }
  void invalidate(std::uint64_t start, std::uint64_t end) { socket->invalidate_direct_mem_ptr(start, end); }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    seen = payload.get_address();
    delay += sc_core::sc_time(3, sc_core::SC_NS);
    payload.set_response_status(answer);
  }
};

/// Takes note of invalidated ranges.
class Observer : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Observer> socket;
  std::uint64_t start = 0, end = 0;

  explicit Observer(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_invalidate_direct_mem_ptr(this, &Observer::invalidated);
  }

 private:
  void invalidated(sc_dt::uint64 from, sc_dt::uint64 to) {
    start = from;
    end = to;
  }
};

class RouterTest : public SystemCTest {
 protected:
  static constexpr std::uint64_t kFirst = 0x1000, kSecond = 0x8000, kDevice = 0x20000;
  static constexpr std::uint64_t kDeviceBytes = 0x100;

  RouterTest() {
    m_initiator.socket.bind(m_router.initiators[0]);
    m_observer.socket.bind(m_router.initiators[1]);
    m_router.targets[0].bind(m_first.ports[0]);
    m_router.targets[1].bind(m_second.ports[0]);
    m_router.targets[2].bind(m_device.socket);
  }

  static AddressMap map() {
    AddressMap map;
    map.add({"first", kFirst, 0x100});
    map.add({"second", kSecond, 0x200});
    map.add({"device", kDevice, kDeviceBytes});
    return map;
  }

  Router m_router{"router", map(), 2};
  Memory m_first{"first", 0x100, 1, Bandwidth{}};
  Memory m_second{"second", 0x400, 1, Bandwidth{}};  // larger than its region
  Device m_device{"device"};
  ForeignInitiator m_initiator{"initiator"};
  Observer m_observer{"observer"};
};

TEST_F(RouterTest, ShowsTargetsTheirOwnOffsetsAndTheInitiatorItsAddress) {
  simulate([this] {
    std::uint32_t word = 0;
    const auto answer = m_initiator.write(kDevice + 0x24, &word, 4, 1000);
    EXPECT_EQ(m_device.seen, 0x24u);
    EXPECT_TRUE(answer.payloadKept);
    EXPECT_EQ(answer.delay, 4000) << "what the target took, and nothing for the way";
  });
}

TEST_F(RouterTest, RestoresTheAddressAfterAnErrorToo) {
  simulate([this] {
    std::uint32_t word = 0;
    m_device.answer = tlm::TLM_GENERIC_ERROR_RESPONSE;
    const auto answer = m_initiator.write(kDevice + 8, &word, 4);
    EXPECT_EQ(answer.status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_TRUE(answer.payloadKept);
  });
}

TEST_F(RouterTest, KeepsRegionsApart) {
  simulate([this] {
    m_initiator.writeWord(kFirst + 4, 11);
    m_initiator.writeWord(kSecond + 4, 22);
    EXPECT_EQ(m_initiator.readWord(kFirst + 4), 11u);
    EXPECT_EQ(m_initiator.readWord(kSecond + 4), 22u);
  });
}

TEST_F(RouterTest, AnswersAddressErrorWhereNothingIs) {
  simulate([this] {
    std::uint64_t word = 0;
    for (const std::uint64_t address :
         {std::uint64_t{0}, kFirst - 1, kFirst + 0x100, kFirst + 0xFC, kSecond + 0x200}) {
      const auto answer = m_initiator.write(address, &word, 8);
      EXPECT_EQ(answer.status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
      EXPECT_TRUE(answer.payloadKept);
      EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, address, &word, 8), 0u) << address;
    }
  });
}

TEST_F(RouterTest, RoutesDebugAccesses) {
  simulate([this] {
    std::uint32_t out = 77, in = 0;
    EXPECT_EQ(m_initiator.debug(tlm::TLM_WRITE_COMMAND, kSecond + 16, &out, 4), 4u);
    EXPECT_EQ(m_initiator.debug(tlm::TLM_READ_COMMAND, kSecond + 16, &in, 4), 4u);
    EXPECT_EQ(in, out);
    EXPECT_EQ(m_initiator.readWord(kSecond + 16), 77u);
  });
}

TEST_F(RouterTest, TranslatesDirectPointersToBusAddresses) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(m_initiator.direct(kSecond + 16, dmi));
    EXPECT_EQ(dmi.get_start_address(), kSecond);
    EXPECT_EQ(dmi.get_end_address(), kSecond + 0x1FF) << "no further than the region";
    std::uint32_t word = 99;
    std::memcpy(dmi.get_dmi_ptr() + 16, &word, 4);
    EXPECT_EQ(m_initiator.readWord(kSecond + 16), 99u);
  });
}

TEST_F(RouterTest, DeniesDirectPointersForNoMoreThanItMust) {
  simulate([this] {
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(m_initiator.direct(kDevice + 4, dmi));
    EXPECT_EQ(dmi.get_start_address(), kDevice);
    EXPECT_EQ(dmi.get_end_address(), kDevice + kDeviceBytes - 1);
    EXPECT_FALSE(m_initiator.direct(0x500, dmi));
    EXPECT_EQ(dmi.get_start_address(), 0x500u);
    EXPECT_EQ(dmi.get_end_address(), 0x500u);
    EXPECT_TRUE(dmi.is_read_write_allowed()) << "what is denied: reading and writing";
  });
}

TEST_F(RouterTest, PassesInvalidationsOnInBusAddresses) {
  simulate([this] {
    m_device.invalidate(0x10, 0x1F);
    EXPECT_EQ(m_observer.start, kDevice + 0x10);
    EXPECT_EQ(m_observer.end, kDevice + 0x1F);
    m_device.invalidate(0, ~std::uint64_t{0});
    EXPECT_EQ(m_observer.end, kDevice + kDeviceBytes - 1);
    m_observer.end = 0;
    m_device.invalidate(kDeviceBytes, ~std::uint64_t{0});
    EXPECT_EQ(m_observer.end, 0u) << "nothing of it can be seen from the bus";
  });
}

}  // namespace
}  // namespace pim::test
