if(PIMTLM_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  # SystemC gives each process a stack of its own. AddressSanitizer knows one stack of a thread, and takes what an exception
  # leaves behind on its way between two for errors: so it watches heap and globals, not stacks.
  add_compile_options(
    "$<$<CXX_COMPILER_ID:GNU>:--param=asan-stack=0>" "$<$<CXX_COMPILER_ID:Clang>:SHELL:-mllvm -asan-stack=0>")
  target_sources(pim_warnings INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_LIST_DIR}/asan_stacks.cpp>)
  # Under the sanitizers g++ 12 takes members of <regex> for uninitialised (GCC bug 105562).
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
endif()
if(PIMTLM_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# Leaves the comparisons of arithmetic out of what guides the fuzzer: they say nothing about the format of a file and
# took half of an execution. Addresses and undefined behaviour are checked there as elsewhere.
set(PIM_NO_READER_OPTIONS "")
if(PIMTLM_BUILD_FUZZERS)
  set(PIM_NO_READER_OPTIONS -fno-sanitize-coverage=trace-cmp)
endif()
