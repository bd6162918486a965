if(PIMTLM_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
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
