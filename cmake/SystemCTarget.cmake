# The target SystemC::systemc. Debian's libsystemc-dev has no CMake package; a SystemC built with CMake has. Used by the
# project and by the package that it installs.
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
