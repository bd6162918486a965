#pragma once

namespace pim {

/// To be called first in main(). Opens /dev/null in place of a standard descriptor that is closed, so that no
/// file of the program takes its number. On SIGINT, SIGTERM and SIGHUP the program removes what it has not
/// finished, names on stderr what it has, and exits with 128 + the signal; likewise, without a word, when the
/// reader of its standard output is gone.
void startProgram(const char* name);

/// To be called first in a child process that works for its parent: signals end it at once, and so does the
/// end of the parent.
void startChild();

}  // namespace pim
