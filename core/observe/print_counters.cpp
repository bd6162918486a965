#include <cstdio>

#include "core/observe/counter_table.h"

int main() {
  return std::fputs(pim::countersMarkdown().c_str(), stdout) < 0 ? 1 : 0;
}
