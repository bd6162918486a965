# One interface target carries the warnings every target of ours is built with. Here they are errors: a warning that may
# stay is a warning nobody reads. In somebody else's project they are not, and installed targets carry none.
option(PIMTLM_WARNINGS_AS_ERRORS "Fail at a warning" ${_own_build})

add_library(pim_warnings INTERFACE)
add_library(pim::warnings ALIAS pim_warnings)
set(_warnings -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(PIMTLM_WARNINGS_AS_ERRORS)
  list(APPEND _warnings -Werror)
endif()
target_compile_options(pim_warnings INTERFACE "$<BUILD_INTERFACE:${_warnings}>")
