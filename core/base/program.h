#pragma once

namespace pim {

/// Call this first in main(). Opens /dev/null for each standard descriptor that is closed, so that
/// no file of the program gets its number. Installs handlers: on SIGINT, SIGTERM and SIGHUP the
/// program removes unfinished files, names the finished ones on stderr, and exits with status 128
/// + signal. When the reader of its standard output has gone, it does the same without a message.
void startProgram(const char* name);

/// Call this first in a child process that works for its parent.
/// Signals end the child at once; so does the end of the parent.
void startChild();

}  // namespace pim
