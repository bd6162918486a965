# pim_verilated_library(TARGET MODULE DIRECTORIES dir... [PREFIX name] [PARAMETERS -GName=value...] [ARGS arg...]
#                       [COUNT_TABLES] [TOGGLE_WIDTH bits])
#
# A static library of the Verilated MODULE of rtl_ref, class V<name>, which is MODULE unless another is given. The generated
# code is not held to our warnings; whoever wraps it includes it as a system header, in a translation unit away from <systemc>.
#
# With PIMTLM_RTL_COVERAGE the model counts lines, and toggles of signals of at most TOGGLE_WIDTH bits (1): those of data would be
# tens of megabytes of C++ to compile. Entries of tables are counted where there is COUNT_TABLES only, not in each lane.
include(PimtlmRtl)

set(PIMTLM_RTL_DIR ${PROJECT_SOURCE_DIR}/rtl_ref CACHE PATH "The RTL that is Verilated; scripts/rtl_mutants.py gives another")
option(PIMTLM_RTL_COVERAGE "Count lines and toggles of the RTL; see scripts/rtl_coverage.sh" OFF)

function(pim_verilated_library target module)
  cmake_parse_arguments(ARG "COUNT_TABLES" "PREFIX;TOGGLE_WIDTH" "DIRECTORIES;PARAMETERS;ARGS" ${ARGN})
  if(NOT ARG_PREFIX)
    set(ARG_PREFIX ${module})
  endif()
  set(sources "")
  set(includes ${PIMTLM_RTL_DIR}/include)
  foreach(directory IN LISTS ARG_DIRECTORIES)
    file(GLOB found CONFIGURE_DEPENDS ${PIMTLM_RTL_DIR}/${directory}/*.sv)
    list(APPEND sources ${found})
    list(APPEND includes ${PIMTLM_RTL_DIR}/${directory})
  endforeach()
  if(PIMTLM_RTL_COVERAGE)
    if(NOT ARG_TOGGLE_WIDTH)
      set(ARG_TOGGLE_WIDTH 1)
    endif()
    list(REMOVE_ITEM ARG_ARGS --savable)  # the two do not go together
    # A block that is split counts a branch by what holds at its end.
    list(APPEND ARG_ARGS -fno-split -fno-reorder --coverage-line --coverage-toggle --coverage-max-width ${ARG_TOGGLE_WIDTH})
    if(NOT ARG_COUNT_TABLES)
      list(PREPEND sources ${PIMTLM_RTL_DIR}/tables.vlt)
    endif()
  endif()
  add_library(${target} STATIC)
  pimtlm_verilate(${target} TOP ${module} PREFIX V${ARG_PREFIX} SOURCES ${PIMTLM_RTL_DIR}/lint.vlt ${sources}
    INCLUDES ${includes} ARGS ${ARG_PARAMETERS} ${ARG_ARGS})
  if(PIMTLM_RTL_COVERAGE)
    target_compile_definitions(${target} PUBLIC VM_COVERAGE=1)
    target_sources(${target} PRIVATE ${VERILATOR_ROOT}/include/verilated_cov.cpp ${VERILATOR_ROOT}/include/verilated_save.cpp)
  endif()
  get_target_property(generated ${target} INCLUDE_DIRECTORIES)
  # Nobody needs them of an installed library: adapters hide them.
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "$<BUILD_INTERFACE:${generated}>"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "$<BUILD_INTERFACE:${generated}>")
  if(PIMTLM_SANITIZE OR PIMTLM_BUILD_FUZZERS)
    # Megabytes of generated C++ take more than twenty minutes under the sanitizers, and are not ours.
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
  endif()
  target_link_libraries(${target} PRIVATE Threads::Threads pim_rtl_assertion)
endfunction()
