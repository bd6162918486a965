# Writes OUT, a header that names the commit of SOURCE; where there is no git, or no repository, it says so.
#   cmake -DOUT=commit.h -DSOURCE=dir -P CommitHeader.cmake
set(commit unknown)
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
if(result EQUAL 0)
  set(commit ${found})
endif()
set(text "#pragma once\n#define PIMTLM_COMMIT \"${commit}\"\n")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
