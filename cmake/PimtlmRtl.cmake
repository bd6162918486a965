# Verilated blocks, in this project and in those that use it installed.

# pimtlm_verilate(TARGET TOP module PREFIX class SOURCES file... INCLUDES dir... [ARGS arg...]): adds to TARGET the C++ that Verilator
# makes of a module, in C++ mode, with assertions. Lanes become megabytes of C++: more optimisation than this costs minutes and
# gains little, but that Verilator's loops over wide signals become copies: a cycle of a bank takes two thirds of the time. What
# happens at a failed assertion is said by tlm/rtl/rtl_assertion.h.
function(pimtlm_verilate target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TOP;PREFIX" "SOURCES;INCLUDES;ARGS")
  verilate(${target} PREFIX ${ARG_PREFIX} TOP_MODULE ${ARG_TOP} SOURCES ${ARG_SOURCES} INCLUDE_DIRS ${ARG_INCLUDES}
    OPT_SLOW -O0
    OPT_FAST -O1 $<$<CXX_COMPILER_ID:GNU>:-ftree-loop-distribute-patterns>
    VERILATOR_ARGS -Wall --assert -O3 --x-assign fast --x-initial fast --output-split 20000 ${ARG_ARGS})
  target_compile_definitions(${target} PUBLIC VL_TIME_CONTEXT VL_USER_STOP)
endfunction()

# pimtlm_rtl_bank(TARGET SOURCES file... [DEFINES name...] [TOP module TRANSACTOR file...])
#
# A static library of a bank of RTL that the benches and a chip take (tlm/rtl/bank_transactor.h). It is the bank of rtl_ref, but
# for SOURCES, SystemVerilog of one's own: a file named as one of rtl_ref/bank or rtl_ref/common stands in its place, any other is
# added. DEFINES are defined for all of them. Lint warnings of SOURCES are not shown.
#
# Without TOP, the top is pim_bank, with its ports, and TARGET.h declares
#   std::unique_ptr<pim::BankTransactor> TARGET();
# With TOP, another module is the top, with ports of any kind. TRANSACTOR is C++ that drives them through the class VTARGET that
# Verilator makes of it: a class of pim::BankTransactor, best by way of pim::VerilatedBank<VTARGET>.
function(pimtlm_rtl_bank target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TOP" "SOURCES;DEFINES;TRANSACTOR")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES OR (ARG_TOP AND NOT ARG_TRANSACTOR))
    message(FATAL_ERROR "pimtlm_rtl_bank(${target}): expected SOURCES file..., DEFINES name..., and TOP module with TRANSACTOR file...; "
      "got ${ARGN}")
  endif()
  find_package(verilator 5.0 REQUIRED)
  set(sources "")
  set(names "")
  foreach(file IN LISTS ARG_SOURCES)
    get_filename_component(file ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    list(APPEND sources ${file})
    list(APPEND names ${name})
  endforeach()
  foreach(folder common bank)
    file(GLOB reference ${PIMTLM_RTL_REF}/${folder}/*.sv)
    foreach(file IN LISTS reference)
      get_filename_component(name ${file} NAME)
      if(NOT name IN_LIST names)
        list(APPEND sources ${file})
      endif()
    endforeach()
  endforeach()
  # Warnings about the sources are their owner's to want: not an error here.
  set(lint ${CMAKE_CURRENT_BINARY_DIR}/${target}_lint.vlt)
  file(CONFIGURE OUTPUT ${lint} CONTENT "`verilator_config\nlint_off -file \"*\"\n")
  list(TRANSFORM ARG_DEFINES PREPEND -D)

  if(ARG_TOP)
    set(adapter ${ARG_TRANSACTOR})
  else()
    set(ARG_TOP pim_bank)
    set(adapter ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.h @ONLY CONTENT [[
#pragma once
#include <memory>
#include "tlm/rtl/bank_transactor.h"
std::unique_ptr<pim::BankTransactor> @target@();
]])
    file(CONFIGURE OUTPUT ${adapter} @ONLY CONTENT [[
#include "@target@.h"
#include "V@target@.h"
#include "tlm/rtl/pim_bank_pins.h"
std::unique_ptr<pim::BankTransactor> @target@() { return std::make_unique<pim::PimBankPins<V@target@>>(); }
]])
  endif()
  add_library(${target} STATIC ${adapter})
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  pimtlm_verilate(${target} TOP ${ARG_TOP} PREFIX V${target} SOURCES ${lint} ${sources}
    INCLUDES ${PIMTLM_RTL_REF}/include ${PIMTLM_RTL_REF}/bank ${PIMTLM_RTL_REF}/common ARGS --trace --savable ${ARG_DEFINES})
  target_link_libraries(${target} PUBLIC pimtlm::rtl_bank fmt::fmt)
endfunction()
