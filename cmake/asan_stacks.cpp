// For builds with AddressSanitizer alone (cmake/Sanitizers.cmake), which then does not mark stacks. Its
// runtime library calls this function when an exception is thrown, to clear marks, and complains on standard
// error that a process of SystemC is not on the thread's own stack. There is nothing to clear.
extern "C" __attribute__((weak, visibility("default"))) void __asan_handle_no_return() {}
