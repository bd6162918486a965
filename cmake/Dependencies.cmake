# Every third-party library of the project, found once and given one name.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(hwy REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options iostreams)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SENTENCEPIECE REQUIRED IMPORTED_TARGET GLOBAL sentencepiece)
pkg_check_modules(MUPARSER REQUIRED IMPORTED_TARGET GLOBAL muparser)

# What report pages plot with; built into the executable, with its licence.
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist REQUIRED)
find_file(CHART_JS_LICENCE copyright PATHS /usr/share/doc/libjs-chart.js REQUIRED)

include(SystemCTarget)

if(PIMTLM_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(Eigen3 REQUIRED)
endif()

# The RTL needs Verilator; without it pimtlm and its tests are built without RTL.
set(PIMTLM_RTL AUTO CACHE STRING "Build the RTL: ON, OFF, or AUTO (where Verilator is installed)")
set_property(CACHE PIMTLM_RTL PROPERTY STRINGS AUTO ON OFF)
if(PIMTLM_RTL STREQUAL "ON")
  find_package(verilator 5.0 REQUIRED)
elseif(PIMTLM_RTL STREQUAL "OFF")
  set(verilator_FOUND FALSE)
else()
  find_package(verilator 5.0 QUIET)
endif()
if(NOT verilator_FOUND)
  message(STATUS "built without RTL: rtl.* and pimtlm-cosim are not available")
endif()

if(PIMTLM_BUILD_BENCHMARKS)
  find_package(benchmark QUIET)
endif()
