# One interface target carries the warnings every target of ours is built with.
# Warnings are errors: a warning that may stay is a warning nobody reads.
add_library(pim_warnings INTERFACE)
add_library(pim::warnings ALIAS pim_warnings)
target_compile_options(pim_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
