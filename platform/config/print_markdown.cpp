#include <cstdio>

#include "platform/config/markdown.h"

int main() {
  return std::fputs(pim::platform::configurationMarkdown().c_str(), stdout) < 0 ? 1 : 0;
}
