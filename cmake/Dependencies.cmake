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

# What report pages plot with; built into the executable, with its licence.
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist REQUIRED)
find_file(CHART_JS_LICENCE copyright PATHS /usr/share/doc/libjs-chart.js REQUIRED)

# Debian's libsystemc-dev has no CMake package; a SystemC built with CMake has.
find_package(SystemCLanguage CONFIG QUIET)
if(NOT TARGET SystemC::systemc)
  pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET GLOBAL systemc>=2.3.4)
  # System includes: SystemC's own headers are not held to our warnings.
  get_target_property(_inc PkgConfig::SYSTEMC INTERFACE_INCLUDE_DIRECTORIES)
  if(_inc)
    set_target_properties(PkgConfig::SYSTEMC PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${_inc}")
  endif()
  add_library(SystemC::systemc ALIAS PkgConfig::SYSTEMC)
endif()

if(PIMTLM_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(Eigen3 REQUIRED)
endif()

# The RTL needs Verilator; without it pimtlm is built without RTL.
if(PIMTLM_BUILD_TESTS)
  find_package(verilator 5.0 REQUIRED)
else()
  find_package(verilator 5.0 QUIET)
endif()

if(PIMTLM_BUILD_BENCHMARKS)
  find_package(benchmark QUIET)
endif()
