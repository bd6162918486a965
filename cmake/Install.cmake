# `cmake --install`: executables, libraries with headers, the CMake package `pimtlm`, pkg-config file, manual page, shell
# completion, Python package, RTL sources. find_package(pimtlm COMPONENTS ...) gives pimtlm::core, ::host, ::tlm, ::platform,
# ::sim and, where it was built, ::rtl.
include(CMakePackageConfigHelpers)
set(PIMTLM_PYTHON_DIR lib/python3/dist-packages CACHE STRING "Where the Python package goes, below the prefix")

# pim_install(COMPONENT target...): installs the targets, those of ours as pimtlm::NAME without the prefix pim_.
set(_installed "")
function(pim_install component)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      string(REGEX REPLACE "^pim_" "" name ${target})
      set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
      install(TARGETS ${target} EXPORT pimtlm COMPONENT ${component} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/pimtlm)
    endif()
  endforeach()
endfunction()
pim_install(core pim_warnings pim_abi pim_core pim_riscv)
pim_install(host pim_host pim_firmware)
pim_install(tlm pim_tlm)
pim_install(platform pim_config pim_rtl_factories pim_platform)
pim_install(sim pim_sim)
pim_install(rtl pim_pin_tape pim_rtl_assertion pim_rtl_mismatch pim_verilated_die pim_verilated_die_narrow pim_rtl_die pim_verilated_alu
  pim_rtl_alu pim_verilated_bank pim_rtl_bank pim_reference_bank pim_tlm_rtl pim_cosim_die pim_cosim_alu pim_cosim_chip pim_cosim)

foreach(folder abi core sw tlm platform sim)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pimtlm
    FILES_MATCHING PATTERN "*.h" PATTERN "*.inc")
endforeach()

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/pimtlm)
install(EXPORT pimtlm NAMESPACE pimtlm:: DESTINATION ${_package} FILE pimtlmTargets.cmake)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pimtlmConfig.cmake.in ${PROJECT_BINARY_DIR}/pimtlmConfig.cmake
  INSTALL_DESTINATION ${_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pimtlmConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pimtlmConfig.cmake ${PROJECT_BINARY_DIR}/pimtlmConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/SystemCTarget.cmake ${PROJECT_SOURCE_DIR}/cmake/PimtlmRtl.cmake DESTINATION ${_package})
# For pimtlm_rtl_bank(), and to read.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/rtl_ref DESTINATION ${CMAKE_INSTALL_DATADIR}/pimtlm
  FILES_MATCHING PATTERN "*.sv" PATTERN "*.svh" PATTERN "*.vlt" PATTERN "tb" EXCLUDE PATTERN "formal" EXCLUDE PATTERN "evidence" EXCLUDE)

file(RELATIVE_PATH _pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/pimtlm.pc.in ${PROJECT_BINARY_DIR}/pimtlm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pimtlm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS pimtlm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET pimtlm-cosim)
  install(TARGETS pimtlm-cosim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS pimref LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/python/pimtlm DESTINATION ${PIMTLM_PYTHON_DIR}
  FILES_MATCHING PATTERN "*.py" PATTERN "py.typed" PATTERN "__pycache__" EXCLUDE)
# Man page and shell completions, from what the executable's --help says.
install(CODE "execute_process(COMMAND \"${PROJECT_SOURCE_DIR}/scripts/cli_pages.py\" \"$<TARGET_FILE:pimtlm>\" \"${PROJECT_BINARY_DIR}/share\"
  COMMAND_ERROR_IS_FATAL ANY)")
install(DIRECTORY ${PROJECT_BINARY_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATADIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
